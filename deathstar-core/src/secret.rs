//! Values that are written to a provider and kept nowhere.

use crate::{
    Raw,
    graph::{self, Marked},
};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::{any::Any, cell::RefCell, fmt, sync::Arc};

/// A value that prints as `***` and is never encoded: specs, plans and rows carry a keyed digest of it.
///
/// The running program supplies the value; a plan that is read from a file is checked against it by the digest.
#[derive(Clone)]
pub struct Sensitive<T>(Held<T>);

#[derive(Clone)]
enum Held<T> {
    Value(Arc<T>),
    /// What a row or a plan knows of it.
    Digest(String),
}

impl<T> Sensitive<T> {
    /// Takes a value.
    pub fn new(value: T) -> Self {
        Self(Held::Value(Arc::new(value)))
    }

    /// The value, at the border to the provider.
    ///
    /// # Errors
    /// When only its digest is known: the program that declares it has to run.
    pub fn reveal(&self) -> crate::Result<&T> {
        match &self.0 {
            Held::Value(value) => Ok(value),
            Held::Digest(_) => Err(crate::Error::internal("the value of a secret is not known here")
                .hint("run the program that declares it")),
        }
    }
}

impl<T> From<T> for Sensitive<T> {
    fn from(value: T) -> Self {
        Self::new(value)
    }
}

impl<T: PartialEq> PartialEq for Sensitive<T> {
    fn eq(&self, other: &Self) -> bool {
        match (&self.0, &other.0) {
            (Held::Value(a), Held::Value(b)) => a == b,
            (Held::Digest(a), Held::Digest(b)) => a == b && a != UNKNOWN,
            _ => false,
        }
    }
}

impl<T> fmt::Debug for Sensitive<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("***")
    }
}

impl<T> fmt::Display for Sensitive<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("***")
    }
}

/// The digest of a secret when there is no key: it equals nothing, so the value is written again.
pub(crate) const UNKNOWN: &str = "?";

/// One secret of a spec: its value for the driver, and its bytes for the digest.
pub(crate) struct Secret {
    value: Arc<dyn Any + Send + Sync>,
    bytes: Vec<u8>,
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("***")
    }
}

impl Secret {
    /// Its keyed digest; without a key it cannot be compared.
    pub(crate) fn digest(&self, key: Option<&[u8; 32]>) -> String {
        key.map_or_else(
            || UNKNOWN.into(),
            |key| blake3::keyed_hash(key, &self.bytes).to_hex()[..32].to_owned(),
        )
    }
}

impl Drop for Secret {
    fn drop(&mut self) {
        self.bytes.fill(0);
    }
}

// Serde gives an implementation no argument, so what an encoding collects and a decoding supplies travels beside it:
// set for the length of one synchronous call, on this thread, and empty outside.
thread_local! {
    static COLLECTED: RefCell<Option<Vec<Secret>>> = const { RefCell::new(None) };
    static SUPPLIED: RefCell<Vec<(String, Arc<dyn Any + Send + Sync>)>> = const { RefCell::new(Vec::new()) };
}

/// Encodes a spec: each secret stands in the text as its number in the list.
pub(crate) fn encode(value: &impl Serialize) -> serde_json::Result<(Raw, Vec<Secret>)> {
    COLLECTED.with_borrow_mut(|collected| *collected = Some(vec![]));
    let encoded = Raw::encode(value);
    let secrets = COLLECTED.take().unwrap_or_default();
    Ok((encoded?, secrets))
}

/// Encodes what an API told: each secret stands in the text as its digest.
pub(crate) fn seal(value: &impl Serialize, key: Option<&[u8; 32]>) -> serde_json::Result<Raw> {
    let (text, secrets) = encode(value)?;
    if secrets.is_empty() {
        return Ok(text);
    }
    let marks = graph::marks(text.text());
    let sealed = graph::splice(text.text(), &marks, |mark, out| {
        let Marked::Secret(number) = &mark.what else { return false };
        let Some(secret) = number.parse().ok().and_then(|number: usize| secrets.get(number)) else {
            return false;
        };
        out.push_str("{\"$deathstar\":{\"secret\":\"");
        out.push_str(&secret.digest(key));
        out.push_str("\"}}");
        true
    });
    Raw::parse(sealed.into_owned())
}

/// Decodes with the values of secrets at hand, by the digest that stands for each in the text.
pub(crate) fn supply<T>(secrets: &[(String, &Secret)], decode: impl FnOnce() -> T) -> T {
    if secrets.is_empty() {
        return decode();
    }
    SUPPLIED.with_borrow_mut(|supplied| {
        *supplied =
            secrets.iter().map(|(digest, secret)| (digest.clone(), Arc::clone(&secret.value))).collect();
    });
    let decoded = decode();
    SUPPLIED.take();
    decoded
}

#[derive(Serialize, Deserialize)]
struct Envelope {
    #[serde(rename = "$deathstar")]
    content: Content,
}

#[derive(Serialize, Deserialize)]
struct Content {
    secret: String,
}

impl<T: Serialize + Send + Sync + 'static> Serialize for Sensitive<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let secret = match &self.0 {
            Held::Digest(digest) => digest.clone(),
            Held::Value(value) => {
                let bytes = serde_json::to_vec(&**value).map_err(serde::ser::Error::custom)?;
                COLLECTED.with_borrow_mut(|collected| match collected {
                    Some(list) => {
                        list.push(Secret { value: Arc::clone(value) as Arc<dyn Any + Send + Sync>, bytes });
                        (list.len() - 1).to_string()
                    }
                    None => UNKNOWN.into(),
                })
            }
        };
        Envelope { content: Content { secret } }.serialize(serializer)
    }
}

impl<'de, T: Send + Sync + 'static> Deserialize<'de> for Sensitive<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let digest = Envelope::deserialize(deserializer)?.content.secret;
        let supplied = SUPPLIED.with_borrow(|all| {
            all.iter().find(|(other, _)| *other == digest).map(|(_, value)| Arc::clone(value))
        });
        Ok(Self(match supplied.map(Arc::downcast::<T>) {
            Some(Ok(value)) => Held::Value(value),
            Some(Err(_)) | None => Held::Digest(digest),
        }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_is_never_encoded_and_comes_back_by_its_digest() {
        let (text, secrets) = encode(&("db", Sensitive::new("hunter2".to_string()))).unwrap();
        assert!(!text.text().contains("hunter2"));
        assert_eq!(format!("{:?}", secrets[0]), "***");
        let digest = secrets[0].digest(Some(&[7; 32]));
        let text = text.text().replace("\"0\"", &format!("{digest:?}"));
        let decode = || serde_json::from_str::<(String, Sensitive<String>)>(&text).unwrap().1;
        assert!(decode().reveal().is_err());
        let supplied = supply(&[(digest.clone(), &secrets[0])], decode);
        assert_eq!(supplied.reveal().unwrap(), "hunter2");
        assert!(decode().reveal().is_err(), "the supply ends with the call");
    }

    #[test]
    fn what_an_api_tells_is_sealed_by_its_digest() {
        let told = ("db", Sensitive::new("hunter2".to_string()), Sensitive::new("hunter3".to_string()));
        let (_, secrets) = encode(&told).unwrap();
        let sealed = seal(&told, Some(&[7; 32])).unwrap();
        let read: (String, Sensitive<String>, Sensitive<String>) = sealed.decode().unwrap();
        assert!(matches!(read.1.0, Held::Digest(digest) if digest == secrets[0].digest(Some(&[7; 32]))));
        assert!(matches!(read.2.0, Held::Digest(digest) if digest == secrets[1].digest(Some(&[7; 32]))));
        assert!(!sealed.text().contains("hunter"));
        assert!(seal(&told, None).unwrap().text().contains(UNKNOWN));
    }

    #[test]
    fn digests_differ_by_key_and_value() {
        let (_, secrets) = encode(&[Sensitive::new(1_u8), Sensitive::new(2)]).unwrap();
        assert_ne!(secrets[0].digest(Some(&[1; 32])), secrets[1].digest(Some(&[1; 32])));
        assert_ne!(secrets[0].digest(Some(&[1; 32])), secrets[0].digest(Some(&[2; 32])));
        assert_eq!(secrets[0].digest(None), UNKNOWN);
    }

    #[test]
    fn an_unknown_digest_equals_nothing() {
        let unknown = || Sensitive::<String>(Held::Digest(UNKNOWN.into()));
        assert_ne!(unknown(), unknown());
    }
}

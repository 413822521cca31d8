//! Fields of which "there is none" is a choice of its own.

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};
use serde_json::Value;

/// A field of which "there is none" is a choice of its own: a subnet's NAT gateway, which is there, is not there, or is left to others.
///
/// It is encoded as `null` while it is not managed, as its value, or as `{"absent":true}`.
///
/// ```
/// use deathstar_core::model::Setting;
///
/// assert_eq!(serde_json::to_string(&Setting::Value("gateway")).unwrap(), r#""gateway""#);
/// assert_eq!(serde_json::to_string(&Setting::<u8>::Absent).unwrap(), r#"{"absent":true}"#);
/// assert_eq!(Setting::<u8>::default(), Setting::Unmanaged);
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub enum Setting<T> {
    /// It is left as it is.
    #[default]
    Unmanaged,
    /// There is none.
    Absent,
    /// It is this.
    Value(T),
}

/// The one member of what [`Setting::Absent`] is encoded as.
const ABSENT: &str = "absent";

impl<T> Setting<T> {
    /// What there is, or that there is none.
    pub fn of(value: Option<T>) -> Self {
        value.map_or(Self::Absent, Self::Value)
    }

    /// The value, where there is one.
    pub fn value(&self) -> Option<&T> {
        match self {
            Self::Value(value) => Some(value),
            Self::Unmanaged | Self::Absent => None,
        }
    }
}

impl Setting<()> {
    /// Whether an encoded value says that there is none.
    pub fn is_absent(encoded: &Value) -> bool {
        let members = encoded.as_object().filter(|members| members.len() == 1);
        members.and_then(|members| members.get(ABSENT)) == Some(&Value::Bool(true))
    }
}

impl<T> From<T> for Setting<T> {
    fn from(value: T) -> Self {
        Self::Value(value)
    }
}

impl<T: Serialize> Serialize for Setting<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Unmanaged => serializer.serialize_none(),
            Self::Absent => serde_json::json!({ ABSENT: true }).serialize(serializer),
            Self::Value(value) => value.serialize(serializer),
        }
    }
}

impl<'de, T: de::DeserializeOwned> Deserialize<'de> for Setting<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let value = Value::deserialize(deserializer)?;
        if value.is_null() {
            Ok(Self::Unmanaged)
        } else if Setting::is_absent(&value) {
            Ok(Self::Absent)
        } else {
            T::deserialize(value).map(Self::Value).map_err(de::Error::custom)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Expr, Input};

    #[test]
    fn it_survives_its_encoding() {
        let pending = Input::<String>::Pending(Expr::Lit("x".into()));
        for setting in [
            Setting::Unmanaged,
            Setting::Absent,
            Setting::Value(Input::Known("a".to_owned())),
            pending.into(),
        ] {
            let text = serde_json::to_string(&setting).unwrap();
            assert_eq!(serde_json::from_str::<Setting<Input<String>>>(&text).unwrap(), setting, "{text}");
        }
    }

    #[test]
    fn only_its_own_mark_says_that_there_is_none() {
        for other in ["null", "false", r#"{"absent":false}"#, r#"{"absent":true,"b":1}"#, r#""absent""#] {
            assert!(!Setting::is_absent(&serde_json::from_str(other).unwrap()), "{other}");
        }
    }
}

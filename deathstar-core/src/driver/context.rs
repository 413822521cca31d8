//! What a call is told beside its arguments.

use super::{Tags, tags};
use crate::Resource;
use std::{fmt, ops::Deref, sync::Arc};

/// What a call is told beside its arguments.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Cx {
    /// The stack's name, which every owner tag carries.
    pub stack: Arc<str>,
    /// The object's address; empty when a call is about several objects.
    pub address: Arc<str>,
    /// The object's token: 26 characters, the same in every repetition; empty when a call is about several objects.
    pub token: Arc<str>,
    /// All tags that the object shall carry: the owner tags and the user's. A create call writes them. None where
    /// the kind carries no tags, and when the object is to be deleted.
    pub tags: Arc<Tags>,
    /// By it secrets are compared that an API tells.
    pub(crate) secret_key: SecretKey,
}

/// The key by which digests of secrets are made.
#[derive(Clone, Copy, Default)]
pub(crate) struct SecretKey(Option<[u8; 32]>);

impl SecretKey {
    pub(crate) fn get(&self) -> Option<&[u8; 32]> {
        self.0.as_ref()
    }
}

impl fmt::Debug for SecretKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("***")
    }
}

impl Cx {
    /// The context of calls about no single object.
    pub(crate) fn of_stack(stack: &Arc<str>) -> Self {
        Self {
            stack: Arc::clone(stack),
            address: "".into(),
            token: "".into(),
            tags: Arc::default(),
            secret_key: SecretKey::default(),
        }
    }

    /// The context of calls about one object.
    ///
    /// `user` are the tags that the object shall carry beside the owner tags; none when it shall carry none at all.
    pub(crate) fn of_object(stack: &Arc<str>, address: &str, token: &str, user: Option<&Tags>) -> Self {
        let mut tags = Tags::new();
        if let Some(user) = user {
            let owner = tags::owner(stack, address, token);
            tags.extend(owner.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned())));
            tags.extend(user.iter().map(|(key, value)| (key.clone(), value.clone())));
        }
        Self {
            stack: Arc::clone(stack),
            address: address.into(),
            token: token.into(),
            tags: Arc::new(tags),
            secret_key: SecretKey::default(),
        }
    }

    /// With the key by which secrets are compared that an API tells.
    pub(crate) fn keyed(mut self, key: Option<[u8; 32]>) -> Self {
        self.secret_key = SecretKey(key);
        self
    }

    /// A context for tests of drivers: no engine is needed to call them.
    pub fn for_tests(stack: &str, address: &str, token: &str) -> Self {
        Self::of_object(&stack.into(), address, token, Some(&Tags::new()))
    }
}

/// A spec whose inputs are all known; only the engine builds it.
pub struct Ready<R>(R);

impl<R: Resource> Ready<R> {
    pub(crate) fn resolved(spec: R) -> Self {
        Self(spec)
    }
}

impl<R> Deref for Ready<R> {
    type Target = R;
    fn deref(&self) -> &R {
        &self.0
    }
}

impl<R: fmt::Debug> fmt::Debug for Ready<R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

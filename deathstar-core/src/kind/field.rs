//! The one total table of a kind's fields, and what a difference in each means.

use serde::Serialize;
use serde_json::Value;
use std::{borrow::Cow, fmt};

/// All fields of a kind; made by [`fields!`](crate::fields), which is total by construction.
pub type Fields<R> = &'static [Field<R>];

/// One field of a kind.
pub struct Field<R: 'static> {
    /// Its name in the encoding.
    pub name: &'static str,
    /// Its value.
    pub get: fn(&R) -> Value,
    /// What a difference means.
    pub class: Class<R>,
}

/// What a difference in a field means.
pub enum Class<R> {
    /// The object has to be replaced.
    Replace,
    /// It is changed in place.
    Update,
    /// It is changed in place, which may change these outputs: what reads them is planned as conditional.
    Moves(&'static [&'static str]),
    /// The API never tells it: it is compared with the row, not with the cloud. Changed in place.
    WriteOnly,
    /// The same, and what it costs depends on the values, of which secrets are digests.
    WriteOnlyBy(fn(prior: &R, want: &R) -> Verdict),
    /// It depends on the values.
    By(fn(prior: &R, want: &R) -> Verdict),
}

/// What a [`Class::By`] says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// Changed in place.
    Update,
    /// Replaced.
    Replace,
    /// Neither is possible; the plan is refused with this reason.
    Refuse(Cow<'static, str>),
}

/// The value of a field as data.
#[doc(hidden)]
pub fn encode(value: &impl Serialize) -> Value {
    serde_json::to_value(value).unwrap_or(Value::Null)
}

impl<R> fmt::Debug for Field<R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {:?}", self.name, self.class)
    }
}

impl<R> fmt::Debug for Class<R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Replace => f.write_str("Replace"),
            Self::Update => f.write_str("Update"),
            Self::Moves(outputs) => write!(f, "Moves({outputs:?})"),
            Self::WriteOnly => f.write_str("WriteOnly"),
            Self::WriteOnlyBy(_) => f.write_str("WriteOnlyBy"),
            Self::By(_) => f.write_str("By"),
        }
    }
}

/// The table of a kind's fields: `fields!(Kind { a: Replace, b: Update, c: Moves(&["output"]), d: WriteOnly, e: By(verdict) })`.
///
/// A field that is left out does not compile.
#[macro_export]
macro_rules! fields {
    ($kind:ident { $($field:ident : $class:expr),* $(,)? }) => {{
        #[allow(dead_code)]
        fn total(kind: &$kind) {
            let $kind { $($field: _),* } = kind;
        }
        #[allow(unused_imports)]
        use $crate::Class::*;
        &[$($crate::Field {
            name: stringify!($field),
            get: |kind: &$kind| $crate::kind::encode(&kind.$field),
            class: $class,
        }),*]
    }};
}

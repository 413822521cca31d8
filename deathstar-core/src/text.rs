//! Types that hold one text, such as ids and names.

/// Gives a type that holds one text (`struct ZoneName(String)`) what all of them have in common: it is shown as its text, and lent as
/// it. With `, made` it is also made of a text, by its own `new`, and becomes one.
///
/// ```
/// pub struct ZoneName(String);
///
/// impl ZoneName {
///     pub fn new(name: impl Into<String>) -> Self {
///         Self(name.into().to_ascii_lowercase())
///     }
/// }
///
/// deathstar_core::text_type!(ZoneName, made);
///
/// assert_eq!(ZoneName::from("A.Example").to_string(), "a.example");
/// ```
#[macro_export]
macro_rules! text_type {
    ($name:ident) => {
        impl ::core::fmt::Display for $name {
            fn fmt(&self, f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
                f.pad(&self.0)
            }
        }

        impl ::core::convert::AsRef<str> for $name {
            fn as_ref(&self) -> &str {
                &self.0
            }
        }
    };
    ($name:ident, made) => {
        $crate::text_type!($name);

        impl ::core::convert::From<::std::string::String> for $name {
            fn from(text: ::std::string::String) -> Self {
                Self::new(text)
            }
        }

        impl ::core::convert::From<&str> for $name {
            fn from(text: &str) -> Self {
                Self::new(text)
            }
        }

        impl ::core::convert::From<$name> for ::std::string::String {
            fn from(text: $name) -> Self {
                text.0
            }
        }
    };
}

//! Choices of which Azure may know more than this crate does.

/// Declares choices: each with its word in documents, and one for all others.
///
/// Azure compares words without regard to case and adds new ones with new versions of its services; a look must not fail for
/// either. What is none of these is seen, and cannot be declared.
macro_rules! choices {
    ($($(#[$doc:meta])* pub enum $name:ident { $($(#[$about:meta])* $choice:ident = $word:literal,)* })*) => {$(
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
        #[serde(from = "String", into = "String")]
        #[non_exhaustive]
        pub enum $name {
            $($(#[$about])* $choice,)*
            /// Something else. It is seen and cannot be declared.
            Other(String),
        }

        impl $name {
            /// Every choice that can be declared.
            pub const ALL: &'static [Self] = &[$(Self::$choice,)*];

            /// Its word in documents.
            pub fn as_str(&self) -> &str {
                match self {
                    $(Self::$choice => $word,)*
                    Self::Other(word) => word,
                }
            }

            /// A finding when it can only be seen.
            #[allow(dead_code, reason = "some have a finding of their own")]
            pub(crate) fn check(&self, at: &str) -> Option<deathstar_core::Diagnostic> {
                match self {
                    Self::Other(word) => Some($crate::choice::unknown(word, Self::ALL.iter().map(Self::as_str), at)),
                    _ => None,
                }
            }
        }

        impl From<String> for $name {
            fn from(word: String) -> Self {
                $(if word.eq_ignore_ascii_case($word) {
                    return Self::$choice;
                })*
                Self::Other(word)
            }
        }

        impl From<$name> for String {
            fn from(choice: $name) -> Self {
                choice.as_str().into()
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.pad(self.as_str())
            }
        }
    )*};
}

pub(crate) use choices;

use deathstar_core::Diagnostic;

/// The finding about a word that can only be seen.
pub(crate) fn unknown<'a>(word: &str, known: impl Iterator<Item = &'a str>, at: &str) -> Diagnostic {
    let known: Vec<_> = known.map(|word| format!("`{word}`")).collect();
    Diagnostic::new("choice.unknown", format!("`{word}` is seen in Azure, and cannot be declared"))
        .at(at)
        .fix(format!("choose {}", known.join(" or ")))
}

#[cfg(test)]
mod tests {
    choices! {
        /// Something.
        pub enum Speed {
            /// Slow.
            Slow = "Standard_Slow",
            /// Fast.
            Fast = "Standard_Fast",
        }
    }

    #[test]
    fn case_means_nothing_and_what_is_new_is_kept() {
        let read = |text: &str| serde_json::from_str::<Speed>(text).unwrap();
        assert_eq!(read("\"standard_SLOW\""), Speed::Slow);
        assert_eq!(read("\"Premium\""), Speed::Other("Premium".into()));
        assert_eq!(serde_json::to_string(&Speed::Fast).unwrap(), "\"Standard_Fast\"");
        assert_eq!(serde_json::to_string(&read("\"Premium\"")).unwrap(), "\"Premium\"");
    }

    #[test]
    fn what_is_only_seen_cannot_be_declared() {
        assert!(Speed::ALL.iter().all(|speed| speed.check("/speed").is_none()));
        let finding = Speed::Other("Premium".into()).check("/speed").unwrap();
        assert_eq!((&*finding.code, &*finding.path), ("choice.unknown", "/speed"));
        assert_eq!(finding.fix, "choose `Standard_Slow` or `Standard_Fast`");
    }
}

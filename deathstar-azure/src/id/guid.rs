//! What Microsoft Entra knows by a GUID.

use deathstar_core::Diagnostic;
use serde::{Deserialize, Serialize};

/// Declares GUIDs: a name, and what they are of.
macro_rules! guids {
    ($($(#[$doc:meta])* $name:ident;)*) => {$(
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(from = "String", into = "String")]
        pub struct $name(String);

        impl $name {
            /// Takes a GUID, in any case.
            pub fn new(guid: impl Into<String>) -> Self {
                Self(guid.into().to_ascii_lowercase())
            }

            /// The text, in small letters.
            pub fn as_str(&self) -> &str {
                &self.0
            }

            /// Whether it has the form of a GUID.
            pub fn is_well_formed(&self) -> bool {
                is_guid(&self.0)
            }

            /// The GUID in the in-memory cloud.
            #[allow(dead_code, reason = "some are only ever named")]
            pub(crate) fn simulated(serial: u64) -> Self {
                Self(simulated(serial))
            }
        }

        deathstar_core::text_type!($name, made);
    )*};
}

guids! {
    /// The object id of who may be given a role: a user, a group, or the service principal of an identity.
    PrincipalId;
    /// The client id of an identity, by which programs ask for tokens.
    ClientId;
    /// The id of a tenant.
    TenantId;
}

/// A GUID in the in-memory cloud.
pub(crate) fn simulated(serial: u64) -> String {
    format!("00000000-0000-4000-8000-{serial:012x}")
}

/// Whether a text has the form of a GUID: 32 digits in five groups.
pub(crate) fn is_guid(text: &str) -> bool {
    let groups: Vec<&str> = text.split('-').collect();
    groups.iter().map(|group| group.len()).eq([8, 4, 4, 4, 12])
        && groups.iter().all(|group| group.bytes().all(|b| b.is_ascii_hexdigit()))
}

/// The finding about a text that is no GUID.
pub(crate) fn no_guid(text: &str, of: &str, at: &str) -> Option<Diagnostic> {
    (!is_guid(text)).then(|| {
        Diagnostic::new("id.form", format!("`{text}` is not the id of {of}"))
            .at(at)
            .fix("write it like `4d97b98b-1d4f-4787-a291-c67834d212e7`")
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn guids_have_one_form() {
        let guid = PrincipalId::new("4D97B98B-1d4f-4787-a291-c67834d212e7");
        assert_eq!(guid.as_str(), "4d97b98b-1d4f-4787-a291-c67834d212e7");
        assert!(guid.is_well_formed() && ClientId::simulated(7).is_well_formed());
        for wrong in
            ["", "4d97b98b1d4f4787a291c67834d212e7", "4d97b98b-1d4f-4787-a291-c67834d212eg", "a-b-c-d-e"]
        {
            assert!(no_guid(wrong, "a role", "/role").is_some(), "{wrong}");
        }
        assert_eq!(serde_json::from_str::<TenantId>("\"AB\"").unwrap().as_str(), "ab");
    }
}

//! Plain data that all clouds share.
/// A tier.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Tier {
    /// a
    Public,
    /// b
    Private,
    /// c
    Intra,
}

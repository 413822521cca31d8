//! Types of resources.

use std::fmt;

/// A type of resources: the namespace of the provider that makes them, and the words of its path.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct ArmType {
    namespace: &'static str,
    path: &'static str,
}

impl ArmType {
    /// Resource groups, which stand in a subscription beside all providers.
    pub const RESOURCE_GROUP: Self = Self::new("Microsoft.Resources", "resourceGroups");

    /// The type `Microsoft.Network`, `virtualNetworks/subnets`.
    pub const fn new(namespace: &'static str, path: &'static str) -> Self {
        Self { namespace, path }
    }

    /// The provider's namespace: `Microsoft.Network`.
    pub const fn namespace(self) -> &'static str {
        self.namespace
    }

    /// Its words: `virtualNetworks/subnets`.
    pub const fn path(self) -> &'static str {
        self.path
    }

    /// Its last word: `subnets`.
    pub fn leaf(self) -> &'static str {
        self.path.rsplit('/').next().unwrap_or(self.path)
    }

    /// The type of the resources in which such stand, where they are parts of resources.
    pub fn parent(self) -> Option<Self> {
        let (parent, _leaf) = self.path.rsplit_once('/')?;
        Some(Self { namespace: self.namespace, path: parent })
    }
}

impl fmt::Display for ArmType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.namespace, self.path)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_part_names_what_it_is_part_of() {
        let subnet = ArmType::new("Microsoft.Network", "virtualNetworks/subnets");
        assert_eq!(
            (subnet.leaf(), subnet.to_string().as_str()),
            ("subnets", "Microsoft.Network/virtualNetworks/subnets")
        );
        assert_eq!(subnet.parent(), Some(ArmType::new("Microsoft.Network", "virtualNetworks")));
        assert_eq!(ArmType::RESOURCE_GROUP.parent(), None);
    }
}

//! Identifiers: compared without regard to case, and spelled as they were when the object was made.

use std::fmt;

/// An identifier without regard to case: what objects are found by.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct Key(String);

impl Key {
    /// Of a text that is an identifier, or an address.
    pub(crate) fn of(text: &str) -> Self {
        Self(text.trim_end_matches('/').to_ascii_lowercase())
    }

    /// In lower case.
    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether it is in another: in its group, or one of its parts.
    pub(crate) fn is_in(&self, other: &Self) -> bool {
        self.0.strip_prefix(&other.0).is_some_and(|rest| rest.starts_with('/'))
    }
}

/// The identifier of one object, taken apart.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct ResourceId {
    /// What it stands in: a subscription, a resource group, or the object that it extends.
    pub(crate) scope: String,
    /// The provider's namespace: `Microsoft.Network`.
    pub(crate) namespace: String,
    /// Types and names, from the outermost to its own.
    pub(crate) chain: Vec<(String, String)>,
}

/// The namespace of resource groups, which has no place in their identifiers.
const RESOURCES: &str = "Microsoft.Resources";
/// The type of resource groups.
pub(crate) const RESOURCE_GROUP: &str = "Microsoft.Resources/resourceGroups";

impl ResourceId {
    /// Takes an identifier apart; none when it is the identifier of no object.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let segments: Vec<_> = text.strip_prefix('/')?.split('/').collect();
        if segments.iter().any(|segment| segment.is_empty()) {
            return None;
        }
        Self::of_segments(&segments)
    }

    /// Likewise, of the segments of a path.
    pub(crate) fn of_segments(segments: &[&str]) -> Option<Self> {
        if let [subscriptions, subscription, groups, group] = segments {
            let group_itself = subscriptions.eq_ignore_ascii_case("subscriptions")
                && groups.eq_ignore_ascii_case("resourceGroups");
            return group_itself.then(|| Self::group(subscription, group));
        }
        let at = segments.iter().rposition(|segment| segment.eq_ignore_ascii_case("providers"))?;
        let (namespace, chain) = segments[at + 1..].split_first()?;
        if chain.is_empty() || chain.len() % 2 != 0 {
            return None;
        }
        let chain = chain.chunks(2).map(|pair| (pair[0].to_owned(), pair[1].to_owned())).collect();
        let scope = segments[..at].iter().fold(String::new(), |scope, segment| scope + "/" + segment);
        Some(Self { scope, namespace: (*namespace).to_owned(), chain })
    }

    /// The identifier of a resource group.
    pub(crate) fn group(subscription: &str, group: &str) -> Self {
        Self {
            scope: format!("/subscriptions/{subscription}"),
            namespace: RESOURCES.to_owned(),
            chain: vec![("resourceGroups".to_owned(), group.to_owned())],
        }
    }

    /// One of its parts.
    pub(crate) fn part(&self, kind: &str, name: &str) -> Self {
        let mut part = self.clone();
        part.chain.push((kind.to_owned(), name.to_owned()));
        part
    }

    /// What it is a part of.
    pub(crate) fn parent(&self) -> Option<Self> {
        let mut parent = self.clone();
        parent.chain.pop();
        (!parent.chain.is_empty()).then_some(parent)
    }

    /// The outermost object that it is a part of; itself, if it is none.
    pub(crate) fn root(&self) -> Self {
        let mut root = self.clone();
        root.chain.truncate(1);
        root
    }

    /// The type, in the spelling of this identifier: `Microsoft.Network/virtualNetworks/subnets`.
    pub(crate) fn type_name(&self) -> String {
        self.chain.iter().fold(self.namespace.clone(), |name, (kind, _)| name + "/" + kind)
    }

    /// Its own name.
    pub(crate) fn name(&self) -> &str {
        self.chain.last().map_or("", |(_, name)| name)
    }

    /// The names of all that it is a part of, and its own: `network/subnet`.
    pub(crate) fn names(&self) -> String {
        self.chain.iter().map(|(_, name)| name.as_str()).collect::<Vec<_>>().join("/")
    }

    /// The type and the names without a scope: `Microsoft.Network/virtualNetworks/network/subnets/subnet`.
    pub(crate) fn relative(&self) -> String {
        self.chain.iter().fold(self.namespace.clone(), |name, (kind, own)| format!("{name}/{kind}/{own}"))
    }

    /// The subscription.
    pub(crate) fn subscription(&self) -> &str {
        self.scope.split('/').nth(2).unwrap_or_default()
    }

    /// The resource group; none for what stands in a subscription, and for a group itself.
    pub(crate) fn group_name(&self) -> Option<&str> {
        let mut segments = self.scope.split('/').skip(3);
        segments.next().filter(|segment| segment.eq_ignore_ascii_case("resourceGroups"))?;
        segments.next()
    }

    /// The identifier of the resource group.
    pub(crate) fn group_id(&self) -> Option<Self> {
        Some(Self::group(self.subscription(), self.group_name()?))
    }

    /// Whether it is a resource group.
    pub(crate) fn is_group(&self) -> bool {
        self.namespace == RESOURCES && self.chain.len() == 1 && self.chain[0].0 == "resourceGroups"
    }

    pub(crate) fn key(&self) -> Key {
        Key::of(&self.to_string())
    }
}

impl fmt::Display for ResourceId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.scope)?;
        if !self.is_group() {
            write!(f, "/providers/{}", self.namespace)?;
        }
        self.chain.iter().try_for_each(|(kind, name)| write!(f, "/{kind}/{name}"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SUBNET: &str =
        "/subscriptions/s/resourceGroups/g/providers/Microsoft.Network/virtualNetworks/n/subnets/a";

    #[test]
    fn identifiers_are_taken_apart_and_put_together() {
        let id = ResourceId::parse(SUBNET).unwrap();
        assert_eq!(id.to_string(), SUBNET);
        assert_eq!(id.type_name(), "Microsoft.Network/virtualNetworks/subnets");
        assert_eq!((id.name(), id.names().as_str()), ("a", "n/a"));
        assert_eq!((id.subscription(), id.group_name()), ("s", Some("g")));
        assert_eq!(id.group_id().unwrap().to_string(), "/subscriptions/s/resourceGroups/g");
        assert_eq!(id.parent().unwrap().type_name(), "Microsoft.Network/virtualNetworks");
        assert_eq!(id.parent().unwrap().parent(), None);
    }

    #[test]
    fn what_extends_an_object_has_it_as_its_scope() {
        let id = ResourceId::parse(&format!("{SUBNET}/providers/Microsoft.Authorization/roleAssignments/r"))
            .unwrap();
        assert_eq!(id.scope, SUBNET);
        assert_eq!(id.type_name(), "Microsoft.Authorization/roleAssignments");
        assert!(id.key().is_in(&Key::of(&SUBNET.to_uppercase())));
    }

    #[test]
    fn what_is_no_identifier_is_none() {
        for wrong in [
            "",
            "subscriptions/s",
            "/subscriptions/s",
            "/subscriptions/s/resourceGroups/g/providers/N/t",
            "/a//b/c",
        ] {
            assert_eq!(ResourceId::parse(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn a_name_that_begins_alike_is_not_inside() {
        let group = Key::of("/subscriptions/s/resourceGroups/g");
        assert!(!Key::of("/subscriptions/s/resourceGroups/gg/providers/N/t/n").is_in(&group));
    }
}

//! Ids as Azure Resource Manager writes them.

use crate::arm::{ArmId, ArmType};
use deathstar_core::Output;
use serde::{Deserialize, Serialize};

/// The full id of anything in Azure: `/subscriptions/S/resourceGroups/G/providers/Microsoft.Network/virtualNetworks/V`.
///
/// Azure compares ids without regard to case and answers them in any. Here an id has the spelling of its documentation where that is
/// known (`subscriptions`, `resourceGroups`, `providers`, a subscription in lower case, and of a typed id its type), and names stay
/// as they are.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(from = "String", into = "String")]
pub struct ResourceId(String);

impl ResourceId {
    /// Takes an id as Azure writes it.
    pub fn new(id: impl Into<String>) -> Self {
        let id = id.into();
        Self(spelled(&id, None).unwrap_or(id))
    }

    /// Takes an id of a type as Azure writes it.
    #[cfg(feature = "client")]
    pub(crate) fn typed(id: &str, of: ArmType) -> Self {
        Self(spelled(id, Some(of)).or_else(|| spelled(id, None)).unwrap_or_else(|| id.to_owned()))
    }

    /// The id of a subscription.
    pub fn of_subscription(subscription: &str) -> Self {
        Self::new(format!("/subscriptions/{subscription}"))
    }

    /// The same id for whoever takes any, from one of a type.
    pub fn of_any<I: ArmId>(id: &Output<I>) -> Output<Self> {
        Output::from_expr(id.expr().clone())
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether it has the form of an id.
    pub fn is_well_formed(&self) -> bool {
        spelled(&self.0, None).is_some()
    }

    /// The subscription that it is in.
    pub fn subscription(&self) -> Option<&str> {
        self.after("subscriptions", 0)
    }

    /// The resource group that it is in, or is.
    pub fn resource_group(&self) -> Option<&str> {
        self.after("resourceGroups", 2)
    }

    fn after(&self, word: &str, place: usize) -> Option<&str> {
        let mut parts = self.0.strip_prefix('/')?.split('/').skip(place);
        (parts.next()? == word).then(|| parts.next())?
    }

    /// The last name in it.
    pub fn name(&self) -> &str {
        self.0.rsplit('/').next().unwrap_or_default()
    }

    /// The type of the resource that it names: `Microsoft.Network/virtualNetworks/subnets`.
    pub fn resource_type(&self) -> Option<String> {
        let (_, resource) = self.0.rsplit_once("/providers/")?;
        let mut parts = resource.split('/');
        let namespace = parts.next()?;
        let words: Vec<&str> = parts.step_by(2).collect();
        Some(format!("{namespace}/{}", words.join("/")))
    }

    /// What it is in: a resource, a resource group, a subscription.
    #[must_use]
    pub fn parent(&self) -> Option<Self> {
        let (rest, _name) = self.0.rsplit_once('/')?;
        let (rest, _kind) = rest.rsplit_once('/')?;
        let parent = match rest.rsplit_once('/') {
            Some((scope, _namespace)) if scope.ends_with("/providers") => scope.strip_suffix("/providers")?,
            _ => rest,
        };
        (!parent.is_empty()).then(|| Self(parent.to_owned()))
    }

    /// The id of something of a type in it.
    #[must_use]
    pub fn child(&self, of: ArmType, name: &str) -> Self {
        Self(format!("{}/{name}", self.collection(of)))
    }

    /// Where all of a type in it are listed.
    pub fn collection(&self, of: ArmType) -> String {
        if of == ArmType::RESOURCE_GROUP {
            format!("{}/resourceGroups", self.0)
        } else if of.parent().is_some() {
            format!("{}/{}", self.0, of.leaf())
        } else {
            format!("{}/providers/{of}", self.0)
        }
    }

    /// Whether both name the same, which case does not tell.
    pub fn is_same(&self, other: &Self) -> bool {
        self.0.eq_ignore_ascii_case(&other.0)
    }
}

deathstar_core::text_type!(ResourceId, made);

/// An id in its documented spelling; of a type, where one is expected. Nothing when it is no such id.
pub(super) fn spelled(id: &str, of: Option<ArmType>) -> Option<String> {
    let parts: Vec<&str> = id.strip_prefix('/')?.split('/').collect();
    if parts.iter().any(|part| part.is_empty() || part.chars().any(char::is_control)) {
        return None;
    }
    let mut out: Vec<String> = Vec::with_capacity(parts.len());
    let is = |at: usize, word: &str| parts.get(at).is_some_and(|part| part.eq_ignore_ascii_case(word));
    let mut at = 0;
    if is(0, "subscriptions") {
        out.extend(["subscriptions".to_owned(), parts.get(1)?.to_ascii_lowercase()]);
        at = 2;
        if is(2, "resourceGroups") {
            out.extend(["resourceGroups".to_owned(), (*parts.get(3)?).to_owned()]);
            at = 4;
        }
    } else if !is(0, "providers") {
        return None;
    }
    let mut kind = None;
    while at < parts.len() {
        if !is(at, "providers") {
            return None;
        }
        let end = (at + 2..parts.len()).find(|at| is(*at, "providers")).unwrap_or(parts.len());
        let (namespace, pairs) = (parts.get(at + 1)?, parts.get(at + 2..end)?);
        if pairs.is_empty() || pairs.len() % 2 != 0 {
            return None;
        }
        out.push("providers".to_owned());
        kind = Some((out.len(), pairs.len() / 2));
        out.push((*namespace).to_owned());
        out.extend(pairs.iter().map(|part| (*part).to_owned()));
        at = end;
    }
    if let Some(of) = of {
        let (namespace, count) = kind?;
        let words: Vec<&str> = of.path().split('/').collect();
        if words.len() != count || !out[namespace].eq_ignore_ascii_case(of.namespace()) {
            return None;
        }
        of.namespace().clone_into(&mut out[namespace]);
        for (number, word) in words.into_iter().enumerate() {
            let place = &mut out[namespace + 1 + 2 * number];
            if !place.eq_ignore_ascii_case(word) {
                return None;
            }
            word.clone_into(place);
        }
    }
    Some(format!("/{}", out.join("/")))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const SUBNET: ArmType = ArmType::new("Microsoft.Network", "virtualNetworks/subnets");
    const NETWORK: ArmType = ArmType::new("Microsoft.Network", "virtualNetworks");
    const ROLE: ArmType = ArmType::new("Microsoft.Authorization", "roleAssignments");

    #[test]
    fn an_id_is_cut_into_what_it_names() {
        let id = ResourceId::new(
            "/subscriptions/S/resourcegroups/Web/providers/Microsoft.Network/virtualNetworks/v/subnets/a",
        );
        assert_eq!(
            id.as_str(),
            "/subscriptions/s/resourceGroups/Web/providers/Microsoft.Network/virtualNetworks/v/subnets/a"
        );
        assert_eq!((id.subscription(), id.resource_group(), id.name()), (Some("s"), Some("Web"), "a"));
        let network = id.parent().unwrap();
        assert_eq!(network.name(), "v");
        let group = network.parent().unwrap();
        assert_eq!(group.as_str(), "/subscriptions/s/resourceGroups/Web");
        assert_eq!(group.parent(), Some(ResourceId::of_subscription("s")));
        assert_eq!(ResourceId::of_subscription("s").parent(), None);
        assert_eq!(group.child(NETWORK, "v").child(SUBNET, "a"), id);
        assert_eq!(id.resource_type(), Some(SUBNET.to_string()));
        assert_eq!(group.resource_type(), None);
        assert_eq!(ResourceId::of_subscription("s").child(ArmType::RESOURCE_GROUP, "Web"), group);
    }

    #[test]
    fn what_extends_a_resource_is_in_it() {
        let group = ResourceId::new("/subscriptions/s/resourceGroups/g");
        let network = group.child(NETWORK, "v");
        let role = network.child(ROLE, "r");
        assert!(
            role.as_str().ends_with("/virtualNetworks/v/providers/Microsoft.Authorization/roleAssignments/r")
        );
        assert_eq!(role.parent(), Some(network));
        let tenant = ResourceId::new("/providers/Microsoft.Authorization/roleDefinitions/d");
        assert!(tenant.is_well_formed() && tenant.subscription().is_none());
    }

    #[test]
    fn what_is_no_id_stays_as_it_is() {
        for text in [
            "",
            "/",
            "x",
            "/subscriptions",
            "/subscriptions/s/x",
            "/subscriptions/s/resourceGroups",
            "/subscriptions/s//",
            "/subscriptions/s/providers/N",
            "/subscriptions/s/providers/N/t",
            "/providers",
            "/subscriptions/s/resourceGroups/g/t/n",
        ] {
            let id = ResourceId::new(text);
            assert!(!id.is_well_formed() && id.as_str() == text, "{text}");
        }
    }

    proptest! {
        #[test]
        fn every_case_of_an_id_has_one_spelling(flips in proptest::collection::vec(any::<bool>(), 120)) {
            let right = "/subscriptions/0a/resourceGroups/G/providers/Microsoft.Network/virtualNetworks/V/subnets/A";
            let flip = |(sign, flip): (char, &bool)| if *flip { sign.to_ascii_uppercase() } else { sign.to_ascii_lowercase() };
            let other: String = right.chars().zip(&flips).map(flip).collect();
            let spelled = spelled(&other, Some(SUBNET)).unwrap();
            prop_assert!(spelled.eq_ignore_ascii_case(right));
            let words = |id: &str| id.split('/').enumerate().filter(|(at, _)| ![4, 8, 10].contains(at)).map(|(_, word)| word.to_owned()).collect::<Vec<_>>();
            prop_assert_eq!(words(&spelled), words(right));
        }

        #[test]
        fn taking_an_id_twice_changes_nothing(text in "(/[a-zA-Z0-9.]{1,12}){0,9}") {
            let once = ResourceId::new(text);
            prop_assert_eq!(ResourceId::new(once.as_str()), once.clone());
        }
    }
}

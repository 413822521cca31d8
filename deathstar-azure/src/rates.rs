//! How often Azure takes which calls.

use deathstar_core::{Rate, Verb};

/// How often Azure Resource Manager takes calls of one sort: all types of resources together.
///
/// Source: Azure Resource Manager documentation, "Understand how Azure Resource Manager throttles requests": for each subscription,
/// service principal and operation type a bucket of tokens, of 250 reads with 25 more in a second, and of 200 writes and 200 deletes
/// with 10 more in a second each. Limits of single providers are found out.
pub(crate) fn rate(_: &str, verb: Verb) -> Rate {
    match verb {
        Verb::Find | Verb::Ask | Verb::Over => Rate::new(250.0, 25.0).shared("reads of a subscription"),
        Verb::Create | Verb::Change | Verb::Retag => {
            Rate::new(200.0, 10.0).shared("writes of a subscription")
        }
        Verb::Delete => Rate::new(200.0, 10.0).shared("deletes of a subscription"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{networking::Subnet, resources::ResourceGroup};
    use deathstar_core::Resource;

    #[test]
    fn all_kinds_share_what_the_subscription_takes() {
        for verb in [Verb::Find, Verb::Create, Verb::Delete] {
            assert_eq!(rate(Subnet::FAMILY, verb), rate(ResourceGroup::FAMILY, verb));
        }
        assert_eq!(rate(Subnet::FAMILY, Verb::Create), rate(Subnet::FAMILY, Verb::Retag));
        assert_ne!(rate(Subnet::FAMILY, Verb::Create), rate(Subnet::FAMILY, Verb::Delete));
    }
}

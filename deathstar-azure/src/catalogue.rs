//! Everything of this crate that can be driven.

use crate::{
    networking::{Subnet, VirtualNetwork},
    resources::ResourceGroup,
};
use deathstar_core::Catalogue;

/// Lists all kinds and facts of this crate, for a macro that adds them.
macro_rules! everything {
    ($add:ident) => {
        $add! {
            kinds: ResourceGroup, VirtualNetwork, Subnet;
            facts:
        }
    };
}

/// Everything of this crate that can be driven, declared or not: its kinds and facts, without calls.
pub fn kinds() -> Catalogue {
    macro_rules! add {
        (kinds: $($kind:ty),* ; facts: $($fact:ty),*) => {
            Catalogue::new()$(.kind::<$kind>())*$(.fact::<$fact>())*
        };
    }
    everything!(add)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_family_is_there() {
        let text = format!("{:?}", kinds());
        for family in
            ["azure.network.subnet", "azure.network.virtual-network", "azure.resources.resource-group"]
        {
            assert!(text.contains(&format!("\"{family}\"")), "{family} in {text}");
        }
    }
}

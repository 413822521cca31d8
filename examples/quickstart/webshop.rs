//! What the webshop needs: for now its network.

use deathstar_aws::{Account, Nat, Vpc, VpcRefs};
use deathstar_core::{component::NetworkRefs, prelude::*};

/// The webshop's stack, and what others may refer to in it.
pub(crate) fn webshop(region: &str, zones: u8, nat: Nat) -> (Stack, VpcRefs) {
    let mut stack = Stack::new("webshop");
    stack.tag("team", "webshop");
    let aws = stack.on(Account::region(region));
    let network = stack.add(&aws, "network", Vpc::new("10.20.0.0/16").zones(zones).nat(nat));
    stack.export("vpc", &network.id());
    (stack, network)
}

//! The network that the webshop stands in: what tests of whole networks live with.

use deathstar_aws::{
    Aws, CallerIdentity, Nat, Vpc, VpcRefs,
    kms::{KmsAlias, KmsKey, KmsKeyOutputs, Rotation, may_administer, may_encrypt_logs},
    logs::LogGroup,
    route53::{RecordSet, RecordType},
};
use deathstar_core::{
    On, Stack,
    component::{Gate, NetworkRefs},
};

#[path = "../../../tests/shared/shop.rs"]
mod shop;

#[allow(unused_imports, reason = "not all tests need it")]
pub(crate) use shop::cache_traffic;
use shop::{quiet_traffic, shop_traffic};

/// A network that a production cluster could have.
pub(crate) fn webshop() -> Vpc {
    Vpc::new("10.20.0.0/16").zones(2).nat(Nat::Single).traffic(shop_traffic())
}

/// A network with one declaration: as few rules as there can be.
pub(crate) fn quiet() -> Vpc {
    Vpc::new("10.20.0.0/16").zones(2).only_traffic(quiet_traffic())
}

/// What stands beside the network: names in its private zone, where it has one, and logs with a key of their own.
pub(crate) fn surroundings(stack: &mut Stack, aws: &On<Aws>, network: &VpcRefs) {
    if let Some(zone) = network.private_zone() {
        let database = RecordSet::new(zone.clone(), "db.shop.internal", RecordType::A, ["10.20.52.7"]);
        stack.add(aws, "names/database", database.ttl(60));
        let owners = RecordSet::new(zone, "shop.internal", RecordType::Txt, ["\"owner=shop\""]);
        stack.add(aws, "names/owner", owners);
    }
    let caller = stack.add(aws, "logs/caller", Gate(CallerIdentity::new()));
    let who = deathstar_aws::iam::PolicyDocument::of([
        may_administer(&caller),
        may_encrypt_logs(&caller, "/shop/"),
    ]);
    let key = KmsKey::symmetric().description("the shop's logs").rotation(Rotation::YEARLY).policy(who);
    let key = stack.add(aws, "logs/key", key.deletion_window(7));
    stack.add(aws, "logs/alias", KmsAlias::new("alias/shop-logs", key.id()));
    stack.add(aws, "logs/audit", LogGroup::new("/shop/audit").days(365).encrypted_with(key.arn()));
}

//! The end of the network while others use it.

use crate::expectations::{end, settle};
use crate::{boto::Others, webshop::quiet, world::World};
use deathstar_aws::Nat;
use deathstar_aws_proxy::Settings;
use deathstar_core::{apply::Quiet, model::Tier};
use serde_json::json;

#[tokio::test(flavor = "multi_thread")]
async fn a_network_that_others_use_stays_whole_and_goes_without_them() {
    let Some(world) = World::new(Settings::default()).await else { return };
    let network = || quiet().nat(Nat::Single).private_zone("shop.internal").endpoint("sts");
    let (stack, refs) = world.declared("network", network(), "shop");
    let plan = world.engine.plan(&stack).await.unwrap();
    let report = settle(&world.engine, &stack, plan.consent_to_all()).await;
    let subnet = report.value(&refs.subnet_ids(Tier::Private)[1]).unwrap();
    let others = Others::of(&world.bench);
    let made = others.ec2(
        "create_network_interface",
        json!({"SubnetId": subnet, "Description": "a database that somebody clicked together"}),
    );
    let foreign = made.pointer("/NetworkInterface/NetworkInterfaceId").unwrap().as_str().unwrap().to_owned();

    let stood = world.standing().await;
    let begun = world.calls().len();
    let plan = world.engine.destroy(&stack).await.unwrap().consent_to_all();
    let report = world.engine.apply(plan, Quiet).await.unwrap();
    let failures: Vec<_> = report.failures().map(|(step, why)| (step.address.as_str(), why)).collect();
    let [("network/no-foreign-interfaces", why)] = failures[..] else { panic!("{report}") };
    let why = why.to_string();
    assert!(why.contains(&foreign) && why.contains("a database that somebody clicked together"), "{why}");
    // What is beside the network goes; of the network, nothing is touched.
    let mut gone = world.calls().since(begun).mutating().names();
    gone.sort();
    let beside = [
        "kms:DeleteAlias",
        "kms:ScheduleKeyDeletion",
        "logs:DeleteLogGroup",
        "route53:ChangeResourceRecordSets",
        "route53:ChangeResourceRecordSets",
    ];
    assert_eq!(gone, beside);
    let stands = world.standing().await;
    let missing: Vec<_> = stood.iter().filter(|id| !stands.contains(id)).collect();
    assert!(
        matches!(
            &missing[..],
            [alias, key, group] if alias.starts_with("alias/")
                && key.starts_with("key/")
                && *group == "log-group//shop/audit"
        ),
        "{missing:?}"
    );

    others.ec2("delete_network_interface", json!({"NetworkInterfaceId": foreign}));
    let plan = world.engine.destroy(&stack).await.unwrap();
    end(&world.engine, plan.consent_to_all()).await;
    assert_eq!(world.standing().await, Vec::<String>::new());
}

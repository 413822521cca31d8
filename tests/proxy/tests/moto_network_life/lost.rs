//! Journals that are lost, and rebuilt from what the cloud shows.

use crate::expectations::{end, settle};
use crate::{boto::Others, webshop::webshop, world::World};
use deathstar_aws_proxy::{Quotas, Settings};
use deathstar_core::{
    Address, Recover,
    component::{IpFamilies, NetworkRefs},
    model::traffic::RuleLimits,
    plan::Action,
    state::Recorded,
};
use serde_json::json;
use std::collections::BTreeSet;

/// An address with the id, the needs and the tags of what stands there.
type Line = (String, String, Vec<Address>, Vec<(String, String)>);

/// What a journal says of each object.
fn rows(recorded: &Recorded) -> BTreeSet<Line> {
    let rows = recorded.rows().map(|row| {
        let id = row.phase.id().map(ToString::to_string).unwrap_or_default();
        let tags = row.tags.iter().map(|(key, value)| (key.to_owned(), value.to_owned())).collect();
        (row.address.to_string(), id, row.needs.clone(), tags)
    });
    rows.collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn the_journal_of_a_whole_network_is_rebuilt_and_ends_it() {
    let settings = Settings::default().quotas(Quotas { entries_per_network_acl: 40, ..Quotas::default() });
    let Some(world) = World::new(settings).await else { return };
    let network = webshop()
        .private_zone("shop.internal")
        .endpoint("sts")
        .families(IpFamilies::DualStack)
        .rule_limits(RuleLimits::AWS.filter_entries(40));
    let (stack, refs) = world.declared("network", network, "shop");
    let plan = world.engine.plan(&stack).await.unwrap();
    let report = settle(&world.engine, &stack, plan.consent_to_all()).await;
    let lost = world.engine.recorded().await.unwrap().recorded;

    let world = World { engine: world.forgetful(), ..world };
    let begun = world.calls().len();
    let plan = world.engine.recover(&stack, Recover::default()).await.unwrap();
    assert_eq!(plan.notes, ["After this the next plan is empty."], "{plan}");
    assert!(
        plan.blockers.is_empty() && plan.steps.iter().all(|step| step.action == Action::Recover),
        "{plan}"
    );
    assert!(plan.unseen.is_empty(), "every field of these kinds can be read: {plan}");
    settle(&world.engine, &stack, plan.consent_to_all()).await;
    assert!(world.calls().since(begun).mutating().is_empty(), "the cloud is not touched");
    assert_eq!(rows(&world.engine.recorded().await.unwrap().recorded), rows(&lost));

    // What carries no tags is ours by its values alone.
    let zone = report.value(&refs.private_zone().unwrap()).unwrap();
    let record = json!({
        "Name": "db.shop.internal.", "Type": "A", "TTL": 60, "ResourceRecords": [{"Value": "10.20.52.8"}],
    });
    let changes = json!({"Changes": [{"Action": "UPSERT", "ResourceRecordSet": record}]});
    let change = json!({"HostedZoneId": zone, "ChangeBatch": changes});
    Others::of(&world.bench).call("route53", "change_resource_record_sets", change);
    let again = world.forgetful();
    let plan = again.recover(&stack, Recover::default()).await.unwrap();
    let [unseen] = &plan.unseen[..] else { panic!("{plan}") };
    assert_eq!(unseen.address, "names/database");
    assert!(unseen.why.contains("10.20.52.8") && unseen.why.contains("import it, if it is"), "{unseen}");
    assert_eq!(plan.steps.len(), lost.len() - 1);

    // Who has the journal repairs it.
    let plan = world.engine.plan(&stack).await.unwrap();
    let changes: Vec<_> = plan.steps.iter().map(|step| (&step.action, step.address.as_str())).collect();
    assert_eq!(changes, [(&Action::Update, "names/database")]);
    settle(&world.engine, &stack, plan.consent_to_all()).await;
    let plan = world.engine.destroy(&stack).await.unwrap();
    end(&world.engine, plan.consent_to_all()).await;
    assert_eq!(world.standing().await, Vec::<String>::new());
}

#![allow(clippy::unwrap_used, reason = "a failed test says where")]

use super::*;
use crate::base::{
    Account, Allowance, Budget, Bytes, Cpu, Disruption, Encryption, Limits, Quota, Reclaim, SizeClass,
    Snapshots, StorageDriver, VolumeClass,
};
use deathstar_core::{
    Engine, Memory, Stack,
    apply::Quiet,
    kube::Cluster,
    model::traffic::{Party, Pods, Service},
    state::MemoryStore,
};
use serde_json::{Value, json};
use std::num::NonZeroU16;

fn stack(base: PlatformBase) -> Stack {
    let mut stack = Stack::new("shop");
    let cluster = stack.on(Cluster::at("shop", "https://shop.example.com"));
    stack.add(&cluster, "base", base);
    stack
}

fn engine() -> Engine {
    Engine::new(MemoryStore::new(), Memory::seeded(7).with(deathstar_core::kube::kinds()))
}

fn base() -> PlatformBase {
    let traffic = Traffic::new().with_pods(Pods::of("web", "shop").label("app", "web")).allow(
        "web",
        Party::Internet,
        Service::tcp(443),
        "payments",
    );
    PlatformBase::new(Environment::Production)
        .grant(Role::Operator, Group::new("on-call"))
        .namespace(
            Namespace::new("shop")
                .granted(Grant::new(Role::Developer, Group::new("Shop Developers")).may(Allowance::Exec))
                .account(Account::new("web"))
                .budget(Budget::new("web", "app", "web", Disruption::ONE)),
        )
        .storage(Storage::new(VolumeClass::new("fast", StorageDriver::EbsCsi)))
        .traffic(traffic)
}

async fn findings(base: PlatformBase) -> String {
    engine().plan(&stack(base)).await.map(|plan| plan.to_string()).unwrap_err().to_string()
}

#[tokio::test]
async fn a_plan_shows_all_of_a_base() {
    let stack = stack(
        ["billing", "search", "mail"]
            .into_iter()
            .fold(base(), |base, name| base.namespace(Namespace::new(name))),
    );
    let plan = engine().plan(&stack).await.unwrap();
    insta::assert_snapshot!(plan.to_string());
}

#[tokio::test]
async fn a_namespace_more_changes_nothing_else() {
    let engine = engine();
    let first = stack(base());
    assert!(engine.apply(engine.plan(&first).await.unwrap(), Quiet).await.unwrap().is_success());
    assert!(engine.plan(&first).await.unwrap().is_empty());
    let more = stack(base().namespace(Namespace::new("billing")).grant(Role::Viewer, Group::new("audit")));
    let plan = engine.plan(&more).await.unwrap();
    assert_eq!((plan.updates(), plan.deletes()), (0, 0), "{plan}");
    assert!(plan.creates() > 5, "{plan}");
}

#[tokio::test]
async fn all_that_is_wrong_with_a_base_is_told_at_once() {
    let storage = Storage::new(VolumeClass::new("Fast", StorageDriver::named("")))
        .class(VolumeClass::new("odd", StorageDriver::EbsCsi).encryption(Encryption::OfDriver))
        .class(VolumeClass::new("even", StorageDriver::named("a")).encryption(Encryption::OfCloud));
    let all = Disruption::UnavailablePercent(NonZeroU16::new(100).unwrap());
    let wrong = Namespace::new("kube-shop")
        .label("pod-security.kubernetes.io/enforce", "privileged")
        .label("-", "-")
        .account(Account::new("default").annotation("a b", "c"))
        .budget(Budget::new("web", "app", "web", all))
        .grant(Role::Viewer, Group::new("system:authenticated"));
    let narrow = Limits::new(Cpu::millicores(50), Bytes::mebi(64)).unless_said(
        Cpu::millicores(100),
        Bytes::mebi(256),
        Bytes::mebi(128),
    );
    let empty = Quota::new(Cpu::cores(1), Bytes::gibi(2)).memory_limits(Bytes::gibi(1)).pods(0);
    let base = base()
        .namespace(Namespace::new("narrow").limits(narrow).quota(empty))
        .namespace(wrong)
        .namespace(Namespace::new("Shop"))
        .grant(Role::PlatformAdmin, Group::new("system:unauthenticated"))
        .storage(storage)
        .traffic(Traffic::new().allow("web", Party::Clock, Service::ntp(), "the time"));
    let text = findings(base).await;
    for part in [
        "`kube-shop` is a namespace of Kubernetes itself",
        "goes round what the namespace says of Pod Security",
        "the account `default` is every namespace's own",
        "lets all pods be away at once",
        "is given to `system:authenticated`",
        "is given to `system:unauthenticated`",
        "a quota of 2Gi of memory can never be used",
        "a quota of no pods",
        "the request of who says nothing is 100m, and more than 50m",
        "the request of who says nothing is 256Mi, and more than 128Mi",
        "the limit of who says nothing is 128Mi, and more than 64Mi",
        "a storage class: ",
        "has a driver without a name",
        "`odd` leaves encryption to a driver that is told how",
        "`even` says how a driver encrypts",
        "a namespace: ",
        "an annotation: ",
        "a label: ",
        "traffic.no-range",
    ] {
        assert!(text.contains(part), "{part}: {text}");
    }
}

#[tokio::test]
async fn a_namespace_is_declared_once() {
    let text = findings(base().namespace(Namespace::new("shop"))).await;
    assert!(text.contains("address.duplicate"), "{text}");
}

fn body(object: &Object) -> Value {
    serde_json::to_value(object).unwrap()["body"].clone()
}

#[test]
fn storage_follows_the_environment() {
    let classes = |environment| {
        let key = Encryption::Key("arn:aws:kms:eu-west-1:1:key/1".into());
        let storage = Storage::new(VolumeClass::new("fast", StorageDriver::EbsCsi).encryption(key))
            .class(VolumeClass::new("disk", StorageDriver::AzureDiskCsi).reclaim(Reclaim::Delete))
            .snapshots(Snapshots::On);
        let objects = storage.objects(environment);
        objects.into_iter().map(|(at, object)| (at, body(&object))).collect::<BTreeMap<_, _>>()
    };
    let production = classes(Environment::Production);
    let fast = &production["classes/fast"];
    assert_eq!(fast["parameters"]["kmsKeyId"], "arn:aws:kms:eu-west-1:1:key/1");
    assert_eq!(
        (&fast["parameters"]["encrypted"], &fast["reclaimPolicy"]),
        (&json!("true"), &json!("Retain"))
    );
    assert_eq!(production["classes/disk"]["reclaimPolicy"], "Delete", "as it says itself");
    assert_eq!(production["snapshot-class"]["deletionPolicy"], "Retain");
    assert_eq!(production["snapshot-class"]["driver"], "ebs.csi.aws.com");
    let staging = classes(Environment::Staging);
    assert_eq!(staging["classes/fast"]["reclaimPolicy"], "Delete");
    assert_eq!(staging["snapshot-class"]["deletionPolicy"], "Delete");
}

#[test]
fn a_quota_says_what_is_in_its_table() {
    let hard = |quota: Quota| body(&Object::of(quota.object("shop")))["spec"]["hard"].clone();
    let small = hard(SizeClass::Small.quota());
    assert_eq!(small["requests.cpu"], "4");
    assert_eq!((&small["requests.memory"], &small["limits.memory"]), (&json!("8Gi"), &json!("12Gi")));
    assert_eq!((&small["services.loadbalancers"], &small["services.nodeports"]), (&json!("0"), &json!("0")));
    let open =
        hard(Quota::new(Cpu::cores(1), Bytes::gibi(1)).load_balancers(1).memory_limits(Bytes::gibi(4)));
    assert!(open["services.nodeports"].is_null() && open["services.loadbalancers"] == "1");
    assert_eq!(open["limits.memory"], "4Gi");
    let limits = Limits::new(Cpu::cores(2), Bytes::gibi(2)).unless_said(
        Cpu::millicores(10),
        Bytes::mebi(32),
        Bytes::mebi(64),
    );
    let limits = body(&Object::of(limits.object("shop")))["spec"]["limits"][0].clone();
    assert_eq!(limits["defaultRequest"], json!({"cpu": "10m", "memory": "32Mi"}));
    assert_eq!(limits["default"], json!({"cpu": "2", "memory": "64Mi"}));
    assert_eq!(limits["max"], json!({"cpu": "2", "memory": "2Gi"}));
}

//! What the tests of this binary share: one control plane, and one base in it, which is applied once.

use crate::counterpart::{beside, left_out};
use deathstar_addons::base::{
    Account, Allowance, Budget, Disruption, Environment, Grant, Group, Level, Namespace, PlatformBase,
    PodSecurity, Priority, Role, SizeClass, Snapshots, Storage, StorageDriver, VolumeClass,
};
use deathstar_core::{
    Engine, Stack,
    apply::Quiet,
    kube::{Access, Manifests},
    model::{
        KubernetesVersion,
        traffic::{Party, Pods, Service, Traffic},
    },
    state::MemoryStore,
    testing::{Assets, ControlPlane, Shared},
};
use std::{path::PathBuf, time::Duration};
use tokio::sync::OnceCell;

/// The namespace that says little: what holds in it holds unless it is said otherwise.
pub const SHOP: &str = "shop";
/// A namespace of what others stand on, with all that can be said.
pub const INGRESS: &str = "ingress";
pub const NAMESPACES: [&str; 2] = [SHOP, INGRESS];

static APPLIED: OnceCell<()> = OnceCell::const_new();

/// The control plane with the base in it; without binaries, the test is left out.
pub async fn applied() -> Option<Shared> {
    if Assets::from_env().is_err() {
        left_out("`KUBEBUILDER_ASSETS` is not set");
        return None;
    }
    let control_plane = ControlPlane::shared().await.expect("the control plane starts");
    APPLIED.get_or_init(|| apply(&control_plane)).await;
    Some(control_plane)
}

/// The definitions of the snapshot controller, beside the clone; without them, the base has no class of snapshots.
pub fn snapshot_definitions() -> Option<PathBuf> {
    beside("crds/snapshot")?.canonicalize().ok()
}

/// Applies the base, and shows that nothing is left to do.
async fn apply(control_plane: &ControlPlane) {
    let access = Access::of_kubeconfigs().poll(Duration::from_millis(50));
    let engine = Engine::new(MemoryStore::new(), access);
    let mut stack = Stack::new("base");
    let cluster = stack.on(control_plane.cluster());
    let definitions = snapshot_definitions();
    let snapshots = if definitions.is_some() { Snapshots::On } else { Snapshots::Off };
    if let Some(directory) = definitions {
        stack.add(&cluster, "definitions", Manifests::read(directory).unwrap());
    }
    stack.add(&cluster, "base", base(snapshots));
    let report = engine.apply(engine.plan(&stack).await.unwrap(), Quiet).await.unwrap();
    assert!(report.is_success(), "{report}");
    let plan = engine.plan(&stack).await.unwrap();
    assert!(plan.is_empty(), "{plan}");
}

pub const fn group_of(role: Role) -> &'static str {
    match role {
        Role::Viewer => "viewers",
        Role::Developer => "developers",
        Role::Operator => "operators",
        Role::PlatformAdmin => "admins",
    }
}

/// The group that has a role in all namespaces.
pub fn everywhere(role: Role) -> String {
    format!("all:{}", group_of(role))
}

/// Developers who may more.
pub const TRUSTED: &str = "trusted developers";

fn base(snapshots: Snapshots) -> PlatformBase {
    let trusted = Grant::new(Role::Developer, Group::new(TRUSTED));
    let trusted = Allowance::ALL.into_iter().fold(trusted, Grant::may);
    let shop = Role::ALL
        .into_iter()
        .fold(Namespace::new(SHOP), |shop, role| shop.grant(role, Group::new(group_of(role))))
        .size(SizeClass::Small)
        .granted(trusted)
        .account(Account::new("web").annotation("eks.amazonaws.com/role-arn", "arn:aws:iam::1:role/web"));
    let ingress = Namespace::new(INGRESS)
        .pod_security(PodSecurity::enforce(Level::Baseline).pinned(KubernetesVersion::new(35)))
        .highest_priority(Priority::Platform)
        .label("example.com/team", "platform")
        .budget(Budget::new("gateway", "app", "gateway", Disruption::ONE));
    let storage = Storage::new(VolumeClass::new("fast", StorageDriver::EbsCsi))
        .class(VolumeClass::new("disk", StorageDriver::AzureDiskCsi))
        .class(VolumeClass::new("local", StorageDriver::named("example.com/local")))
        .snapshots(snapshots);
    let traffic = Traffic::new()
        .with_pods(Pods::of("gateway", INGRESS).label("app", "gateway"))
        .with_pods(Pods::of("web", SHOP).label("app", "web"))
        .allow(Party::Internet, "gateway", Service::tcp(8443), "clients buy")
        .allow("gateway", "web", Service::tcp(8080..=8090), "the gateway forwards to the shop")
        .allow("web", Party::Internet, Service::tcp(443), "payments");
    Role::ALL
        .into_iter()
        .fold(PlatformBase::new(Environment::Production), |base, role| {
            base.grant(role, Group::new(everywhere(role)))
        })
        .namespace(shop)
        .namespace(ingress)
        .storage(storage)
        .traffic(traffic)
}

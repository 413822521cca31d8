//! A cluster, and what it needs on its first day: one stack, one plan.

use crate::cluster::{LocalCluster, LocalClusterOutputs, ThisMachine};
use crate::shop;
use deathstar_addons::base::{
    Account, Allowance, Bytes, Cpu, Environment, Grant, Group, Level, Namespace, PlatformBase, PodSecurity,
    Priority, Quota, Role, SizeClass, Storage, StorageDriver, VolumeClass,
};
use deathstar_core::{
    kube::{Cluster, Object},
    model::{
        IpCidr, KubernetesVersion,
        cidr::CidrError,
        traffic::{Party, Pods, Service, Traffic},
    },
    prelude::*,
};
use k8s_openapi::api::core::v1::ConfigMap;

/// What changes from day to day.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Day {
    /// Which release of the shop runs.
    pub(crate) release: &'static str,
    /// Whether the shop takes payments.
    pub(crate) payments: bool,
    /// Whether the shop's fields are taken back from whoever has changed them by hand.
    pub(crate) take_back: bool,
    /// How carefully the shop was written down.
    pub(crate) care: shop::Care,
}

/// The whole declaration.
pub(crate) fn platform(day: Day) -> Result<Stack, CidrError> {
    let mut stack = Stack::new("webshop");
    let machine = stack.on(ThisMachine);
    let cluster = stack.add(&machine, "cluster", LocalCluster { name: "webshop".into(), nodes: 3 });

    // How the cluster is reached is known when it is made: until then, what stands in it is known and will be created.
    let inside = Cluster::at("webshop", cluster.endpoint()).authority(cluster.authority());
    let inside = stack.connect("inside", inside);
    let base = stack.add(&inside, "base", base(day)?);
    let shop = base.namespace("shop");
    let facts = Object::of(ConfigMap::default()).named("cluster").within(shop.name());
    stack.add(&inside, "shop/facts", facts.set("/data/endpoint", cluster.endpoint()));
    stack.add(&inside, "shop/web", shop::web(&shop, day));
    stack.add(&inside, "shop/service", shop::service(shop.name()));
    stack.export("endpoint", &cluster.endpoint());
    Ok(stack)
}

/// Namespaces, policies, quotas, roles and storage.
fn base(day: Day) -> Result<PlatformBase, CidrError> {
    let shop = Namespace::new("shop")
        .size(SizeClass::Medium)
        .grant(Role::Viewer, Group::new("support"))
        .granted(Grant::new(Role::Developer, Group::new("shop-developers")).may(Allowance::PortForward))
        .account(Account::new("web"));
    let ingress = Namespace::new("ingress")
        .quota(Quota::new(Cpu::cores(8), Bytes::gibi(16)).load_balancers(1))
        .highest_priority(Priority::Platform)
        .account(Account::new("gateway"));
    let monitoring = Namespace::new("monitoring")
        // What reads numbers of nodes needs more than the restricted level gives.
        .pod_security(PodSecurity::enforce(Level::Baseline).pinned(KubernetesVersion::new(35)))
        .size(SizeClass::Small);
    let base = PlatformBase::new(Environment::Production)
        .grant(Role::PlatformAdmin, Group::new("platform"))
        .grant(Role::Operator, Group::new("on-call"))
        .namespace(shop)
        .namespace(ingress)
        .namespace(monitoring)
        .storage(Storage::new(VolumeClass::new("standard", StorageDriver::named("example.com/local"))))
        .traffic(traffic(day)?);
    Ok(base)
}

/// Who may talk to whom. Everything else is closed.
fn traffic(day: Day) -> Result<Traffic, CidrError> {
    let database: IpCidr = "10.20.52.0/24".parse()?;
    let traffic = Traffic::new()
        .with_pods(Pods::of("gateway", "ingress").label("app", "gateway"))
        .with_pods(Pods::of("web", "shop").label("app", "web"))
        .with_pods(Pods::of("scraper", "monitoring"))
        .allow(Party::Internet, "gateway", Service::tcp(8443), "clients reach the shop")
        .allow("gateway", "web", Service::tcp(8080), "the gateway forwards to the shop")
        .allow("scraper", "web", Service::tcp(9090), "numbers are read every 30 s")
        .allow("web", database, Service::tcp(5432), "the shop keeps its orders");
    Ok(if day.payments {
        traffic.allow("web", Party::Internet, Service::tcp(443), "the shop calls the payment provider")
    } else {
        traffic
    })
}

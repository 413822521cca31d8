#![allow(clippy::unwrap_used, reason = "a failed parse is a failed test")]

mod evaluate;
mod policies;
mod properties;

use super::{super::metadata::Texts, Declared, Policy, policies as all_policies};
use deathstar_core::model::{
    Tier, Traffic,
    traffic::{AddressRange, Group, Pods, Terrain},
};
use k8s_openapi::api::networking::v1::NetworkPolicy;

/// The namespaces of the base, beside `kube-system`, which is not.
const NAMESPACES: [&str; 2] = ["shop", "ingress"];

fn known(text: &str) -> AddressRange {
    AddressRange::Known(text.parse().unwrap())
}

/// A network with pods in a range of their own.
fn terrain() -> Terrain {
    Terrain {
        network: ["10.20.0.0/16", "198.18.0.0/16", "fd00:1::/56"].map(known).into(),
        tiers: [
            (Tier::Public, vec![known("10.20.48.0/22")]),
            (Tier::Private, vec![known("10.20.0.0/19"), known("fd00:1:0:1::/64")]),
            (Tier::Intra, vec![known("10.20.52.0/22")]),
            (Tier::Pods, vec![known("198.18.0.0/16")]),
        ]
        .into(),
        ..Terrain::default()
    }
}

fn groups() -> Traffic {
    Traffic::new()
        .group(Group::new("nodes", Tier::Private))
        .group(Group::new("database", Tier::Intra))
        .with_pods(Pods::of("web", "shop").label("app", "web"))
        .with_pods(Pods::of("orders", "shop").label("app", "orders"))
        .with_pods(Pods::of("all-of-shop", "shop"))
        .with_pods(Pods::of("gateway", "ingress").label("app", "gateway"))
        .with_pods(Pods::of("monitoring", "kube-system").label("app", "monitoring"))
}

fn declared(traffic: Traffic) -> Declared {
    Declared { traffic, terrain: terrain(), ..Declared::default() }
}

/// The policies that a declaration makes, as a server has them.
fn computed(declared: &Declared) -> Vec<NetworkPolicy> {
    let (policies, findings) = all_policies(declared, NAMESPACES.into_iter());
    assert_eq!(findings, []);
    policies.into_values().flatten().map(|policy| of_server(&policy)).collect()
}

fn of_server(policy: &Policy) -> NetworkPolicy {
    let object = serde_json::to_value(&policy.object).unwrap();
    let mut of_server: NetworkPolicy = serde_json::from_value(object["body"].clone()).unwrap();
    of_server.metadata.name = Some(policy.name.clone());
    of_server.metadata.namespace = object["namespace"].as_str().map(str::to_owned);
    of_server
}

fn labels<const N: usize>(pairs: [(&str, &str); N]) -> Texts {
    pairs.map(|(key, value)| (key.to_owned(), value.to_owned())).into()
}

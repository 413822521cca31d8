//! The platform base: what a production cluster needs on its first day, with every choice typed.
//!
//! | name | what it is |
//! |---|---|
//! | [`PlatformBase`] | the component that declares all of it |
//! | [`Environment`] | the defaults: development, staging, production |
//! | [`Namespace`] | a namespace that is closed until something is declared |
//! | [`PodSecurity`] | which pods it takes |
//! | [`Quota`], [`Limits`], [`SizeClass`] | how much it may use |
//! | [`Role`], [`Grant`], [`Group`] | who may do what |
//! | [`Account`] | a service account without a token that nobody asked for |
//! | [`Priority`] | which pods go first |
//! | [`Storage`] | storage classes, and the class of snapshots |
//! | [`Budget`] | how many pods of a workload may be away at once |
//! | [`Workload`], [`Check`] | a workload, and what is asked of it before it is let into production |
//!
//! Network policies are computed from the same declared traffic as the network's groups and filters
//! ([`Traffic`](deathstar_core::model::Traffic)).
//!
//! ```
//! use deathstar_addons::base::{Environment, Group, Namespace, PlatformBase, Role, SizeClass};
//! use deathstar_core::{Stack, kube::Cluster, model::traffic::{Party, Pods, Service, Traffic}};
//!
//! let traffic = Traffic::new()
//!     .with_pods(Pods::of("web", "shop").label("app", "web"))
//!     .allow("web", Party::Internet, Service::tcp(443), "the shop calls the payment provider");
//! let base = PlatformBase::new(Environment::Production)
//!     .grant(Role::PlatformAdmin, Group::new("platform"))
//!     .namespace(Namespace::new("shop").size(SizeClass::Medium).grant(Role::Developer, Group::new("shop-developers")))
//!     .traffic(traffic);
//! let mut stack = Stack::new("webshop");
//! let cluster = stack.on(Cluster::of_kubeconfig("clusters.kubeconfig", "production"));
//! let base = stack.add(&cluster, "base", base);
//! assert_eq!(base.namespace("shop").name(), "shop");
//! ```

mod account;
mod budget;
mod environment;
mod metadata;
mod namespace;
mod network;
mod platform;
mod pod_security;
mod priority;
mod quantity;
mod quota;
mod refs;
mod role;
mod storage;
mod workload;

pub use account::Account;
pub use budget::{Budget, Disruption};
pub use environment::{Environment, Judgement};
pub use namespace::Namespace;
pub use network::Dns;
pub use platform::PlatformBase;
pub use pod_security::{Level, LevelVersion, PodSecurity};
pub use priority::{Preemption, Priority};
pub use quantity::{Bytes, Cpu};
pub use quota::{Limits, Quota, SizeClass};
pub use refs::{BaseRefs, NamespaceRefs};
pub use role::{Allowance, Grant, Group, Role};
pub use storage::{Binding, Encryption, Expansion, Reclaim, Snapshots, Storage, StorageDriver, VolumeClass};
pub use workload::{Check, Workload, WorkloadKind};

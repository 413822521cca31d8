//! Plain data that all clouds share: no resource, no call, no engine type.
//!
//! | module | what it holds |
//! |---|---|
//! | [`cidr`] | canonical address ranges, their overlaps, and the planner that cuts a block into subnets |
//! | [`name`] | what each API accepts as a name, and how a legal one follows from an address |
//! | [`kubernetes_version`] | Kubernetes minors, their skew and the path of an upgrade |
//! | [`set`] | values whose order means nothing |
//! | [`setting`] | fields of which "there is none" is a choice |
//! | [`size`] | how many members a pool has |
//! | [`label`] | Kubernetes labels and taints |
//! | [`traffic`] | declared traffic, and the rules that follow from it |
//! | [`zone`] | availability zones and the tiers of a network |
//!
//! Declaring never fails, so values that people write are text or plain enums until they are checked; the checks here
//! return small errors that say what is wrong, where and why, and whose `hint` says what to do.

pub mod cidr;
pub mod kubernetes_version;
pub mod label;
pub mod name;
pub mod set;
pub mod setting;
pub mod size;
pub mod traffic;
pub mod zone;

pub use cidr::{Cidr, CidrPlanner, IpCidr, Ipv4Cidr, Ipv6Cidr, SubnetPlan, TierRequest, TierSize};
pub use kubernetes_version::{KubernetesRelease, KubernetesVersion};
pub use label::{Labels, Taint, TaintEffect};
pub use name::NameRule;
pub use set::Set;
pub use setting::Setting;
pub use size::Size;
pub use traffic::Traffic;
pub use zone::{Tier, ZoneName};

//! Kinds of an imagined cloud. Between them they have every identity, every class of field, every span of hold, passes, facts,
//! secrets, stakes and objects that are shown in others.

mod cluster;
mod machine;
mod network;

pub use cluster::{Cluster, ClusterId, ClusterOutputs, ClusterValues, Pool, PoolId};
pub use machine::{Machine, MachineId, MachineOutputs, MachineValues};
pub use network::{
    Gateway, GatewayId, Net, NetId, NetOutputs, NetValues, Quota, Route, Segment, SegmentId, Table, TableId,
};

use deathstar_core::{
    Catalogue, Connection, Key, Provider, Resource,
    permission::{Call, Look, Permission},
};
use serde::{Deserialize, Serialize};

/// The imagined cloud.
#[derive(Clone, Copy, Debug)]
pub struct Imagined;

/// One region of it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Region {
    /// Its name.
    pub name: String,
    /// How it is reached; it says nothing about where objects live.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub endpoint: Option<String>,
}

impl Region {
    /// A region.
    pub fn new(name: &str) -> Self {
        Self { name: name.into(), endpoint: None }
    }
}

impl Provider for Imagined {
    const NAME: &'static str = "imagined";
    type Config = Region;
}

impl Connection for Region {
    type Provider = Imagined;
    fn place(&self) -> Key {
        Key::of(&self.name)
    }
}

/// What a call has to be allowed in the imagined cloud: one action for each verb of a kind, on the object where its id is known.
pub(crate) fn permissions<R: Resource>(call: &Call<'_, R>) -> Vec<Permission> {
    let id = match call {
        Call::Find(Look::One(id)) => *id,
        Call::Change { object, .. } | Call::Retag { object, .. } | Call::Delete(object) => object.id,
        _ => None,
    };
    let id = id.and_then(|id| serde_json::to_string(id).ok());
    let one = Permission::new(format!("{}:{}", R::FAMILY, call.verb().name())).on(R::FAMILY, id.as_ref());
    vec![if matches!(call, Call::Find(Look::Owned)) { one.because("when an answer was lost") } else { one }]
}

/// All kinds, without calls.
pub fn kinds() -> Catalogue {
    Catalogue::new()
        .kind::<Net>()
        .kind::<Segment>()
        .kind::<Gateway>()
        .kind::<Table>()
        .kind::<Route>()
        .kind::<Machine>()
        .kind::<Cluster>()
        .kind::<Pool>()
        .fact::<Quota>()
}

/// Newtype ids.
macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident $prefix:literal),* $(,)?) => {$(
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, serde::Serialize, serde::Deserialize)]
        #[serde(transparent)]
        pub struct $name(pub String);
        impl $name {
            pub(crate) fn nth(serial: u64) -> Self {
                Self(format!("{}-{serial:08x}", $prefix))
            }
        }
    )*};
}
pub(crate) use ids;

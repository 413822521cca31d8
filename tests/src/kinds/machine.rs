//! Machines.

use super::{Imagined, SegmentId, ids};
use deathstar_core::{
    Fields, Identity, Input, Resource, Sensitive, Stakes, fields, outputs,
    permission::{Call, Permission},
};
use serde::{Deserialize, Serialize};

ids! {
    /// Of a machine.
    MachineId "machine",
}

/// A machine: its API takes a token, an image change moves its revision, its password cannot be read back, it holds data.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Machine {
    /// Where it stands.
    pub segment: Input<SegmentId>,
    /// How large it is.
    pub size: u32,
    /// What runs on it.
    pub image: String,
    /// Something of another machine that it is told.
    pub peer: Option<Input<String>>,
    /// Its password.
    pub password: Option<Sensitive<String>>,
}

impl Machine {
    /// A machine.
    pub fn new(segment: impl Into<Input<SegmentId>>) -> Self {
        Self { segment: segment.into(), size: 1, image: "a".into(), peer: None, password: None }
    }
}

/// What a machine tells.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct MachineValues {
    /// Its address.
    pub address: String,
    /// The revision of what runs on it.
    pub revision: String,
}

outputs! {
    /// What a machine tells.
    pub trait MachineOutputs for Machine {
        /// Its address.
        address: String,
        /// The revision of what runs on it.
        revision: String,
    }
}

impl Resource for Machine {
    type Provider = Imagined;
    type Id = MachineId;
    type Outputs = MachineValues;
    const FAMILY: &'static str = "imagined.machine";
    const STAKES: Stakes = Stakes::Data;
    const IDENTITY: Identity = Identity::Token;
    const FIELDS: Fields<Self> = fields!(Machine {
        segment: Replace,
        size: Update,
        image: Moves(&["revision"]),
        peer: Update,
        password: WriteOnly,
    });
    fn permissions(call: &Call<'_, Self>) -> Vec<Permission> {
        super::permissions(call)
    }
    fn simulate(&self, serial: u64) -> (MachineId, MachineValues) {
        let values = MachineValues {
            address: format!("10.0.{}.{}", serial / 250, serial % 250),
            revision: format!("{}-{serial}", self.image),
        };
        (MachineId::nth(serial), values)
    }
}

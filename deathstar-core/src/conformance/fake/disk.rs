//! The kind of object that the API has.

use crate::{Connection, Fields, Identity, Provider, Resource, Sensitive, fields};
use serde::{Deserialize, Serialize};

/// The provider of disks.
#[derive(Clone, Copy, Debug)]
pub struct Warehouse;

/// One place of it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Room {
    /// Its name.
    pub name: String,
}

impl Provider for Warehouse {
    const NAME: &'static str = "conformance";
    type Config = Room;
}

impl Connection for Room {
    type Provider = Warehouse;
}

/// The id of a disk.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct DiskId(pub String);

/// A disk: its API takes a token, works on after its answer, and never tells the key.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Disk {
    /// Its name; others may have the same.
    pub name: String,
    /// Its size in GiB.
    pub size: u32,
    /// What it is for.
    pub note: Option<String>,
    /// What encrypts it.
    pub key: Option<Sensitive<String>>,
}

impl Disk {
    /// A disk of 2 GiB.
    pub fn new(name: &str) -> Self {
        Self { name: name.into(), size: 2, note: Some("first".into()), key: Some("one".to_owned().into()) }
    }

    /// The same disk with everything that an update reaches changed.
    #[must_use]
    pub fn changed(&self) -> Self {
        Self {
            name: self.name.clone(),
            size: self.size + 1,
            note: Some("second".into()),
            key: Some("two".to_owned().into()),
        }
    }
}

/// What is known of a disk.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct DiskOutputs {
    /// Where it is found.
    pub path: String,
    /// How much of it is used, from 0 to 1.
    pub used: f64,
}

impl Resource for Disk {
    type Provider = Warehouse;
    type Id = DiskId;
    type Outputs = DiskOutputs;
    const FAMILY: &'static str = "conformance.disk";
    const IDENTITY: Identity = Identity::Token;
    const FIELDS: Fields<Self> = fields!(Disk { name: Replace, size: Update, note: Update, key: WriteOnly });

    fn simulate(&self, serial: u64) -> (DiskId, DiskOutputs) {
        let id = format!("disk-{serial:04x}");
        let path = format!("/disks/{id}");
        (DiskId(id), DiskOutputs { path, used: 0.0 })
    }
}

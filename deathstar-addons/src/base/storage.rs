//! Storage classes, and the class of snapshots.

use super::{
    Environment,
    metadata::{Texts, check, named},
};
use deathstar_core::{
    Diagnostic,
    kube::{FieldValue, Object},
    model::name::kubernetes,
};
use k8s_openapi::api::storage::v1::StorageClass;
use serde_json::json;

/// Who makes the volumes of a class.
///
/// Sources: documentation of the parameters of `aws-ebs-csi-driver` and `azuredisk-csi-driver`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum StorageDriver {
    /// Amazon EBS: volumes of type `gp3`.
    EbsCsi,
    /// Azure Disk: premium SSDs.
    AzureDiskCsi,
    /// Another driver, by the name of its provisioner, with its own parameters.
    Named {
        /// The name that the driver registers.
        provisioner: String,
        /// What it is told of each volume.
        parameters: Texts,
    },
}

impl StorageDriver {
    /// Another driver, which needs no parameters.
    pub fn named(provisioner: impl Into<String>) -> Self {
        Self::Named { provisioner: provisioner.into(), parameters: Texts::new() }
    }

    fn provisioner(&self) -> &str {
        match self {
            Self::EbsCsi => "ebs.csi.aws.com",
            Self::AzureDiskCsi => "disk.csi.azure.com",
            Self::Named { provisioner, .. } => provisioner,
        }
    }

    fn parameters(&self) -> Texts {
        let one = |key: &str, value: &str| [(key.to_owned(), value.to_owned())].into();
        match self {
            Self::EbsCsi => one("type", "gp3"),
            Self::AzureDiskCsi => one("skuName", "Premium_LRS"),
            Self::Named { parameters, .. } => parameters.clone(),
        }
    }
}

/// What becomes of a volume, or of a snapshot, when nobody claims it any more.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Reclaim {
    /// It is deleted, and its data with it.
    Delete,
    /// It is kept, and costs, until somebody deletes it.
    Retain,
}

impl Reclaim {
    const fn as_str(self) -> &'static str {
        match self {
            Self::Delete => "Delete",
            Self::Retain => "Retain",
        }
    }
}

/// By which key volumes are encrypted.
#[derive(Clone, Debug, Default)]
pub enum Encryption {
    /// By the cloud's own.
    #[default]
    OfCloud,
    /// By a key of one's own: the ARN of a KMS key, or the id of a disk encryption set. It may be an output.
    Key(FieldValue),
    /// As the driver does it, which nothing here knows: the only choice for a driver that is named.
    OfDriver,
}

/// Whether a volume can be made larger.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Expansion {
    /// By asking for more.
    #[default]
    Allowed,
    /// Not at all.
    Refused,
}

/// When a volume is made.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Binding {
    /// When its first pod is scheduled, in that pod's zone.
    #[default]
    WithFirstPod,
    /// When it is claimed, in any zone.
    AtOnce,
}

/// A class of volumes.
#[derive(Clone, Debug)]
#[must_use = "it is declared with a platform base"]
pub struct VolumeClass {
    name: String,
    driver: StorageDriver,
    encryption: Encryption,
    reclaim: Option<Reclaim>,
    expansion: Expansion,
    binding: Binding,
}

impl VolumeClass {
    /// A class of this name: encrypted, expandable, and kept or deleted as the environment says.
    pub fn new(name: impl Into<String>, driver: StorageDriver) -> Self {
        let encryption = match driver {
            StorageDriver::EbsCsi | StorageDriver::AzureDiskCsi => Encryption::OfCloud,
            StorageDriver::Named { .. } => Encryption::OfDriver,
        };
        let (expansion, binding) = (Expansion::default(), Binding::default());
        Self { name: name.into(), driver, encryption, reclaim: None, expansion, binding }
    }

    /// By which key its volumes are encrypted.
    pub fn encryption(mut self, encryption: Encryption) -> Self {
        self.encryption = encryption;
        self
    }

    /// What becomes of a volume that nobody claims any more: what the environment says unless said otherwise.
    pub fn reclaim(mut self, reclaim: Reclaim) -> Self {
        self.reclaim = Some(reclaim);
        self
    }

    /// Whether its volumes can be made larger: they can unless said otherwise.
    pub fn expansion(mut self, expansion: Expansion) -> Self {
        self.expansion = expansion;
        self
    }

    /// When its volumes are made: with their first pod unless said otherwise.
    pub fn binding(mut self, binding: Binding) -> Self {
        self.binding = binding;
        self
    }

    fn object(self, environment: Environment, is_default: bool) -> Object {
        let mut metadata = named(&self.name);
        let default = ("storageclass.kubernetes.io/is-default-class".to_owned(), is_default.to_string());
        metadata.annotations = Some([default].into());
        let mut parameters = self.driver.parameters();
        if matches!(self.driver, StorageDriver::EbsCsi) {
            parameters.insert("encrypted".into(), "true".into());
        }
        let binding = match self.binding {
            Binding::WithFirstPod => "WaitForFirstConsumer",
            Binding::AtOnce => "Immediate",
        };
        let class = Object::of(StorageClass {
            metadata,
            provisioner: self.driver.provisioner().to_owned(),
            parameters: Some(parameters).filter(|parameters| !parameters.is_empty()),
            reclaim_policy: Some(self.reclaim.unwrap_or_else(|| environment.reclaim()).as_str().into()),
            allow_volume_expansion: Some(self.expansion == Expansion::Allowed),
            volume_binding_mode: Some(binding.into()),
            ..StorageClass::default()
        });
        match (self.encryption, &self.driver) {
            (Encryption::Key(key), StorageDriver::EbsCsi) => class.set("/parameters/kmsKeyId", key),
            (Encryption::Key(key), StorageDriver::AzureDiskCsi) => {
                class.set("/parameters/diskEncryptionSetID", key)
            }
            _ => class,
        }
    }

    fn findings(&self) -> Vec<Diagnostic> {
        const CODE: &str = "base.storage";
        let mut findings: Vec<_> =
            check(&kubernetes::DNS_SUBDOMAIN, CODE, "a storage class", &self.name).into_iter().collect();
        let is_named = matches!(self.driver, StorageDriver::Named { .. });
        if is_named && self.driver.provisioner().is_empty() {
            let why = format!("the storage class `{}` has a driver without a name", self.name);
            findings.push(Diagnostic::new(CODE, why).fix("name its provisioner"));
        }
        let mismatch = match self.encryption {
            Encryption::OfDriver if !is_named => {
                Some(("leaves encryption to a driver that is told how", "choose `OfCloud` or `Key`"))
            }
            Encryption::OfCloud | Encryption::Key(_) if is_named => Some((
                "says how a driver encrypts of which nothing is known here",
                "choose `OfDriver`, and tell the driver by its parameters",
            )),
            _ => None,
        };
        if let Some((why, fix)) = mismatch {
            let why = format!("the storage class `{}` {why}", self.name);
            findings.push(Diagnostic::new(CODE, why).fix(fix));
        }
        findings
    }
}

/// Whether there is a class of snapshots.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Snapshots {
    /// No.
    #[default]
    Off,
    /// Of the first class's driver. The cluster has to have the definitions of the snapshot controller
    /// (`snapshot.storage.k8s.io`).
    On,
}

/// Where claims find storage: classes of volumes, the first of which is that of claims which name none.
///
/// ```
/// use deathstar_addons::base::{Storage, StorageDriver, VolumeClass};
///
/// let storage = Storage::new(VolumeClass::new("fast", StorageDriver::EbsCsi));
/// ```
#[derive(Clone, Debug)]
#[must_use = "it is declared with a platform base"]
pub struct Storage {
    first: VolumeClass,
    more: Vec<VolumeClass>,
    snapshots: Snapshots,
}

impl Storage {
    /// The class of claims that name none.
    pub const fn new(default: VolumeClass) -> Self {
        Self { first: default, more: vec![], snapshots: Snapshots::Off }
    }

    /// One more class.
    pub fn class(mut self, class: VolumeClass) -> Self {
        self.more.push(class);
        self
    }

    /// Whether there is a class of snapshots.
    pub const fn snapshots(mut self, snapshots: Snapshots) -> Self {
        self.snapshots = snapshots;
        self
    }

    /// Its objects, with their addresses.
    pub(super) fn objects(self, environment: Environment) -> Vec<(String, Object)> {
        let mut all = vec![];
        if self.snapshots == Snapshots::On {
            let class = json!({
                "apiVersion": "snapshot.storage.k8s.io/v1",
                "kind": "VolumeSnapshotClass",
                "metadata": {
                    "name": "snapshots",
                    "annotations": {"snapshot.storage.kubernetes.io/is-default-class": "true"},
                },
                "driver": self.first.driver.provisioner(),
                "deletionPolicy": environment.reclaim().as_str(),
            });
            all.push(("snapshot-class".to_owned(), Object::from_value(class)));
        }
        let classes =
            std::iter::once((self.first, true)).chain(self.more.into_iter().map(|one| (one, false)));
        all.extend(classes.map(|(class, is_default)| {
            (format!("classes/{}", class.name), class.object(environment, is_default))
        }));
        all
    }

    pub(super) fn findings(&self) -> Vec<Diagnostic> {
        std::iter::once(&self.first).chain(&self.more).flat_map(VolumeClass::findings).collect()
    }
}

//! What private endpoints lead to.

use crate::id::ResourceId;
use deathstar_core::Input;

/// A resource that a private endpoint leads to.
///
/// ```
/// use deathstar_azure::{Vnet, PrivateTarget, id::ResourceId};
///
/// let registry = ResourceId::new("/subscriptions/11111111-2222-3333-4444-555555555555/resourceGroups/shared/providers/Microsoft.ContainerRegistry/registries/images");
/// let network = Vnet::new("10.20.0.0/16").private_endpoint("images", PrivateTarget::registry(registry));
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct PrivateTarget {
    pub(super) service: Input<ResourceId>,
    pub(super) part: String,
    pub(super) zone: String,
}

impl PrivateTarget {
    /// The part by which container registries are reached.
    pub(super) const REGISTRY: &'static str = "registry";

    /// One part of a resource, and the private zone in which its names are, such as `blob` and `privatelink.blob.core.windows.net`.
    ///
    /// Source of both: Azure Private Link, "Private endpoint private DNS zone values".
    pub fn new(
        service: impl Into<Input<ResourceId>>,
        part: impl Into<String>,
        zone: impl Into<String>,
    ) -> Self {
        Self { service: service.into(), part: part.into(), zone: zone.into() }
    }

    /// A container registry of Azure's public cloud.
    pub fn registry(service: impl Into<Input<ResourceId>>) -> Self {
        Self::new(service, Self::REGISTRY, "privatelink.azurecr.io")
    }

    /// A key vault of Azure's public cloud.
    pub fn key_vault(service: impl Into<Input<ResourceId>>) -> Self {
        Self::new(service, "vault", "privatelink.vaultcore.azure.net")
    }

    /// The blobs of a storage account of Azure's public cloud.
    pub fn blobs(service: impl Into<Input<ResourceId>>) -> Self {
        Self::new(service, "blob", "privatelink.blob.core.windows.net")
    }
}

//! What a chart hands back.

use deathstar_core::{
    Handle,
    kube::{Object, ObjectId},
};
use std::collections::BTreeMap;

/// The objects of a declared chart.
#[derive(Clone, Debug, Default)]
pub struct ChartRefs {
    pub(super) objects: BTreeMap<ObjectId, Handle<Object>>,
}

impl ChartRefs {
    /// The object of this name, such as `Service/shop/web`; none where the chart does not render it, or not at all: then the plan
    /// tells why.
    pub fn get(&self, id: &str) -> Option<&Handle<Object>> {
        self.objects.get(&id.parse().ok()?)
    }

    /// All objects, by their names.
    pub fn iter(&self) -> impl Iterator<Item = (&ObjectId, &Handle<Object>)> {
        self.objects.iter()
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.objects.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.objects.is_empty()
    }
}

//! What a look shows: not yet what is hidden, and pending what settles.

use super::{
    family::Serial,
    object::{MemoryObject, Shown},
    world::World,
};
use crate::{Raw, Result, SeenState, driver::AnySeen};

impl World {
    /// What a look-up by ids shows: the objects, and what is shown in them.
    pub(super) fn see(&mut self, family: &'static str, ids: &[Raw]) -> Result<Vec<AnySeen>> {
        let mut seen = Vec::with_capacity(ids.len());
        for id in ids {
            let Some(of) = self.families.get(family) else { break };
            let itself = of.objects.get(id.text()).copied();
            let mut inside: Vec<Serial> = of.inside.get(id.text()).into_iter().flatten().copied().collect();
            inside.sort_unstable();
            for serial in inside.into_iter().chain(itself) {
                seen.extend(self.look(serial)?);
            }
        }
        Ok(seen)
    }

    /// What a look-up by tag shows.
    pub(super) fn tagged(&mut self, family: &'static str, tag: &str, value: &str) -> Result<Vec<AnySeen>> {
        let of = |object: &&MemoryObject| {
            object.family == family && object.tags.get(tag).is_some_and(|v| v == value)
        };
        self.learn(family);
        let mut serials: Vec<Serial> = self.objects.values().filter(of).map(|object| object.serial).collect();
        serials.sort_unstable();
        let mut seen = vec![];
        for serial in serials {
            seen.extend(self.look(serial)?);
        }
        Ok(seen)
    }

    /// An object as a look shows it; nothing of a family that no kind of this program has.
    fn look(&mut self, serial: Serial) -> Result<Option<AnySeen>> {
        let Some(object) = self.objects.get_mut(&serial) else { return Ok(None) };
        let Some(family) = self.families.get(object.family.as_str()).and_then(|of| of.name) else {
            return Ok(None);
        };
        if object.hidden > 0 {
            object.hidden -= 1;
            return Ok(None);
        }
        let state = if object.pending > 0 {
            object.pending -= 1;
            SeenState::Pending("pending".into())
        } else {
            object.failed.clone().map_or(SeenState::Ready, SeenState::Failed)
        };
        let Shown { id, tags, spec, outputs } = object.show()?;
        Ok(Some(AnySeen { family, id, tags, spec, outputs, state }))
    }
}

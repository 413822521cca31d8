//! The trait of a kind.

use super::{Fields, Hold, Identity, Key, Need, Part, Repair, Stakes};
use crate::{
    Diagnostic, Error, Result,
    driver::{Foresight, Standing},
    graph::Provider,
    permission::{Call, Permission},
};
use serde::{Serialize, de::DeserializeOwned};
use std::borrow::Cow;

/// Plain data that can be kept, compared and sent.
pub trait Data: Serialize + DeserializeOwned + Clone + PartialEq + Send + Sync + 'static {}
impl<T: Serialize + DeserializeOwned + Clone + PartialEq + Send + Sync + 'static> Data for T {}

/// A kind: one object's desired state as a plain struct, and what the engine has to know about such objects.
///
/// A field of type `Option` that is `None` is not managed. Where "unset it" has a meaning of its own, the field's type says so
/// ([`Setting`](crate::model) and the like). Canonical forms live in the types of fields, so that equal values have equal encodings.
pub trait Resource: Data {
    /// Who makes such objects.
    type Provider: Provider;
    /// The provider's id.
    type Id: Data;
    /// What is known once it is made.
    type Outputs: Data;

    /// The key of its driver, stable for ever: rows carry it.
    const FAMILY: &'static str;
    /// The version of the spec's shape; rows carry it, and [`Resource::migrate`] lifts older ones.
    const VERSION: u16 = 1;
    /// What is lost when it is deleted or replaced; more than nothing needs consent.
    const STAKES: Stakes = Stakes::None;
    /// What a plan offers for an object that exists but failed.
    const REPAIR: Repair = Repair::Replace;
    /// How it is identified.
    const IDENTITY: Identity;
    /// Every field and what a difference in it means; see [`fields!`](crate::fields).
    const FIELDS: Fields<Self>;
    /// Whether steps are tried before they are made: [`Resource::foresee`] and [`Driver::rehearse`](crate::Driver::rehearse).
    const REHEARSED: bool = false;
    /// The family whose `find` shows such objects.
    const SHOWN_BY: &'static str = Self::FAMILY;
    /// Whether a look shows everything that was written before it, so that what it does not show is not there. Most clouds are
    /// behind, and what is missing is looked for again.
    const CONSISTENT: bool = false;
    /// Whether a create is refused where something has the key already, whoever made it. Most clouds overwrite it, or cannot tell, and
    /// the engine looks before.
    const EXCLUSIVE: bool = false;
    /// Whether its provider keeps it while others name it. Where it does not (Kubernetes looks names up when it needs them),
    /// it can be replaced under whoever names it, and nobody has to let go of it first.
    const HELD: bool = true;
    /// Whether declared objects can need each other by what they mean; see [`Resource::arrange`].
    const ARRANGED: bool = false;

    /// The object in which this one is shown (its key is that object's id), when another family's `find` shows it.
    fn shown_in(&self) -> Option<Key> {
        None
    }

    /// The kind's name for people; it may be chosen by value.
    fn kind(&self) -> Cow<'static, str> {
        Cow::Borrowed(Self::FAMILY)
    }

    /// For [`Identity::Key`]: the id, which follows from the spec. While planning it is a claim that no one else may make.
    fn key(&self) -> Option<Key> {
        None
    }

    /// For [`Identity::Key`] with tags: whether what exists under its key, and carries nobody's tags, becomes this object.
    fn adopts(&self) -> bool {
        false
    }

    /// What only one object may have.
    fn holds(&self) -> Vec<Hold> {
        vec![]
    }

    /// The furthest spec on the way to `self` that one update from `prior` may reach.
    ///
    /// Must end: from any prior, repeating it reaches `self` within 16 steps.
    #[must_use]
    fn toward(&self, prior: &Self) -> Self {
        let _ = prior;
        self.clone()
    }

    /// Which of all objects of this kind that are declared on one connection need which others first, although no input says so.
    /// Asked where [`Resource::ARRANGED`] says so.
    ///
    /// `given` has the needs that inputs say, also by way of other kinds: who, and what. What is answered makes no circle with them.
    /// Inputs may be pending.
    ///
    /// # Errors
    /// With a finding when objects need each other in a circle.
    fn arrange(all: &[&Self], given: &[(usize, usize)]) -> Result<Vec<Need>, Diagnostic> {
        let _ = (all, given);
        Ok(vec![])
    }

    /// What of an object as seen is managed by `self`: that part alone is compared with it.
    ///
    /// For objects that tell more than a spec declares inside one field (defaults, what others wrote). Where whole fields are
    /// managed or not, `None` says it, and nothing is needed here.
    #[must_use]
    fn managed(&self, seen: Self) -> Self {
        seen
    }

    /// The places inside a field in which an object as seen differs from `self`: plans and drift tell each on its own. Where there
    /// are none, they tell the field as a whole.
    fn parts(&self, seen: &Self, field: &'static str) -> Vec<Part> {
        let _ = (seen, field);
        vec![]
    }

    /// What can be said without the provider of steps that lead to these specs, one answer for each. `beside` are all objects of the
    /// family that the stack declares on the same connection. Inputs may be pending.
    fn foresee(steps: &[&Self], beside: &[(&Self, Standing)]) -> Vec<Foresight> {
        let _ = beside;
        steps.iter().map(|_| Foresight::Ask(None)).collect()
    }

    /// Findings about the spec, all at once, before the first call.
    fn validate(&self) -> Vec<Diagnostic> {
        vec![]
    }

    /// What has to be allowed for a call: every action that its driver may make then, on what and under which conditions.
    ///
    /// Inputs may be pending. Nothing is left out for a caller who seldom needs it: a permission says when it is needed
    /// ([`Permission::because`]).
    fn permissions(call: &Call<'_, Self>) -> Vec<Permission> {
        let _ = call;
        vec![]
    }

    /// Lifts the spec of an older version's row to this version's shape. It changes the shape and never the meaning.
    ///
    /// # Errors
    /// When that version is not known.
    fn migrate(version: u16, spec: serde_json::Value) -> Result<serde_json::Value> {
        let _ = spec;
        Err(Error::internal(format!("{} cannot read a spec of version {version}", Self::FAMILY)))
    }

    /// How the object looks in the in-memory cloud; `serial` is unique in that cloud. The only code that it needs per kind.
    fn simulate(&self, serial: u64) -> (Self::Id, Self::Outputs);
}

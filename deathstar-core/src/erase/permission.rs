//! Calls and what has to be allowed for them, from text to types.

use super::text::{decode, part};
use crate::{
    Error, Resource, Result,
    graph::Provider,
    permission::{AnyCall, AnyKnown, AnyNeeded, Call, Known, Look, Needed, Permission, Policy},
};

/// What has to be allowed for a call on an object of a kind.
pub(super) fn permissions<R: Resource>(call: &AnyCall<'_>) -> Result<Vec<Permission>> {
    Ok(match *call {
        AnyCall::All => R::permissions(&Call::Find(Look::All)),
        AnyCall::Owned => R::permissions(&Call::Find(Look::Owned)),
        AnyCall::One(id) => {
            let id = part::<R::Id>(id, R::FAMILY)?;
            R::permissions(&Call::Find(Look::One(id.as_ref())))
        }
        AnyCall::Create(spec) => R::permissions(&Call::Create(&decode(spec, R::FAMILY)?)),
        AnyCall::Change { object, to, fields } => {
            let (object, to) = (Decoded::<R>::of(object)?, decode(to, R::FAMILY)?);
            R::permissions(&Call::Change { object: object.known(), to: &to, fields })
        }
        AnyCall::Retag { object, set, unset } => {
            let object = Decoded::<R>::of(object)?;
            R::permissions(&Call::Retag { object: object.known(), set, unset })
        }
        AnyCall::Delete(object) => R::permissions(&Call::Delete(Decoded::<R>::of(object)?.known())),
        AnyCall::Ask(_) | AnyCall::Over(_) => {
            return Err(Error::internal(format!("{} is no fact", R::FAMILY)));
        }
    })
}

/// The documents of a provider.
pub(super) fn policies<P: Provider>(stack: &str, needed: &[AnyNeeded<'_>]) -> Result<Vec<Policy>> {
    let decoded = needed.iter().map(|one| {
        let config = one.config.decode().map_err(|error| {
            Error::internal(format!("the config of a `{}` connection cannot be read", P::NAME)).because(error)
        })?;
        Ok(Needed::<P>::new(one.connection, config, one.needs))
    });
    Ok(P::policies(stack, &decoded.collect::<Result<Vec<_>>>()?))
}

/// An object as far as it is known, as types.
struct Decoded<R: Resource> {
    id: Option<R::Id>,
    spec: R,
    outputs: Option<R::Outputs>,
}

impl<R: Resource> Decoded<R> {
    fn of(object: AnyKnown<'_>) -> Result<Self> {
        Ok(Self {
            id: part(object.id, R::FAMILY)?,
            spec: decode(object.spec, R::FAMILY)?,
            outputs: part(object.outputs, R::FAMILY)?,
        })
    }

    fn known(&self) -> Known<'_, R> {
        Known { id: self.id.as_ref(), spec: &self.spec, outputs: self.outputs.as_ref() }
    }
}

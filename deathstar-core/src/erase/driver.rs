//! Drivers and answers of facts, erased.

use crate::{
    Error, Fact, Memory, Raw, Resource, Result,
    driver::{
        AnySeen, AnyWant, Ask, Client, Cx, Driver, Found, Loss, Op, Progress, Ready, Rehearsal, Tags, Want,
    },
    kind::Answered,
    secret::{self, Secret},
};
use futures_util::future::BoxFuture;
use std::{marker::PhantomData, sync::Arc};

/// The id and the operation of a create, erased.
#[derive(Debug)]
pub(crate) struct AnyMade {
    pub(crate) id: Raw,
    pub(crate) op: Option<Op>,
}

/// The values of a spec's secrets, by the digest that stands for each in its text.
pub(crate) type Supply<'a> = &'a [(String, &'a Secret)];

pub(crate) trait AnyDriver: Send + Sync {
    fn find<'a>(&'a self, cx: &'a Cx, want: AnyWant) -> BoxFuture<'a, Result<Vec<AnySeen>>>;
    fn create<'a>(&'a self, cx: &'a Cx, spec: &Raw, secrets: Supply<'_>) -> BoxFuture<'a, Result<AnyMade>>;
    fn change<'a>(
        &'a self,
        cx: &'a Cx,
        seen: &AnySeen,
        to: &Raw,
        secrets: Supply<'_>,
    ) -> BoxFuture<'a, Result<Option<Op>>>;
    fn delete<'a>(&'a self, cx: &'a Cx, seen: &AnySeen) -> BoxFuture<'a, Result<Option<Op>>>;
    fn rehearse<'a>(
        &'a self,
        cx: &'a Cx,
        spec: &Raw,
        seen: Option<&AnySeen>,
        secrets: Supply<'_>,
    ) -> BoxFuture<'a, Result<Rehearsal>>;
    fn losses<'a>(&'a self, cx: &'a Cx, seen: &[&AnySeen]) -> BoxFuture<'a, Result<Vec<Option<Loss>>>>;
    fn retag<'a>(
        &'a self,
        cx: &'a Cx,
        seen: &AnySeen,
        set: &'a Tags,
        unset: &'a [String],
    ) -> BoxFuture<'a, Result<()>>;
    fn poll<'a>(&'a self, op: &'a Op) -> BoxFuture<'a, Result<Progress>>;
    fn holds<'a>(&'a self, fact: &Raw) -> BoxFuture<'a, Result<Answered<Raw>>>;
    fn over<'a>(&'a self, fact: &Raw) -> BoxFuture<'a, Result<Answered<()>>>;
}

struct DriverOf<C, R>(Arc<C>, PhantomData<fn() -> R>);
struct AskOf<C, F>(Arc<C>, PhantomData<fn() -> F>);

pub(crate) fn bind_driver<C: Driver<R>, R: Resource>(client: Client) -> Option<Arc<dyn AnyDriver>> {
    Some(Arc::new(DriverOf::<C, R>(client.downcast().ok()?, PhantomData)))
}

pub(crate) fn bind_ask<C: Ask<F>, F: Fact>(client: Client) -> Option<Arc<dyn AnyDriver>> {
    Some(Arc::new(AskOf::<C, F>(client.downcast().ok()?, PhantomData)))
}

pub(crate) fn on_memory<R: Resource>(memory: &Memory) -> Arc<dyn AnyDriver> {
    Arc::new(DriverOf::<Memory, R>(Arc::new(memory.clone()), PhantomData))
}

pub(crate) fn ask_memory<F: Fact>(memory: &Memory) -> Arc<dyn AnyDriver> {
    Arc::new(AskOf::<Memory, F>(Arc::new(memory.clone()), PhantomData))
}

fn ready<R: Resource>(spec: &Raw, secrets: Supply<'_>) -> Result<Ready<R>> {
    secret::supply(secrets, || spec.decode::<R>()).map(Ready::resolved).map_err(|error| {
        Error::internal(format!(
            "the resolved spec of a {} cannot be read: an input has another type",
            R::FAMILY
        ))
        .because(error)
    })
}

fn ids<I: crate::kind::Data>(ids: &[Raw], family: &str) -> Result<Vec<I>> {
    ids.iter()
        .map(|id| {
            id.decode().map_err(|error| {
                Error::internal(format!("the id of a {family} cannot be read")).because(error)
            })
        })
        .collect()
}

fn failed<'a, T: Send + 'a>(error: Error) -> BoxFuture<'a, Result<T>> {
    Box::pin(std::future::ready(Err(error)))
}

fn wrong<'a, T: Send + 'a>(family: &str, verb: &str) -> BoxFuture<'a, Result<T>> {
    failed(Error::internal(format!("{family} has no `{verb}`")))
}

impl<C: Driver<R>, R: Resource> AnyDriver for DriverOf<C, R> {
    fn find<'a>(&'a self, cx: &'a Cx, want: AnyWant) -> BoxFuture<'a, Result<Vec<AnySeen>>> {
        Box::pin(async move {
            let want = match want {
                AnyWant::All => Want::All,
                AnyWant::Ids(raw) => Want::Ids(ids(&raw, R::FAMILY)?),
                AnyWant::Owned(token) => Want::Owned { token },
            };
            let mut found = Found::keyed(cx.secret_key);
            self.0.find(cx, &want, &mut found).await?;
            found.into_seen()
        })
    }

    fn create<'a>(&'a self, cx: &'a Cx, spec: &Raw, secrets: Supply<'_>) -> BoxFuture<'a, Result<AnyMade>> {
        let spec = match ready::<R>(spec, secrets) {
            Ok(spec) => spec,
            Err(error) => return failed(error),
        };
        Box::pin(async move {
            let made = self.0.create(cx, &spec).await?;
            let id = Raw::encode(&made.id).map_err(|error| {
                Error::internal(format!("the id of a {} cannot be encoded", R::FAMILY))
                    .because(error)
                    .effect_unknown()
            })?;
            Ok(AnyMade { id, op: made.op })
        })
    }

    fn change<'a>(
        &'a self,
        cx: &'a Cx,
        seen: &AnySeen,
        to: &Raw,
        secrets: Supply<'_>,
    ) -> BoxFuture<'a, Result<Option<Op>>> {
        match (seen.decode::<R>(), ready::<R>(to, secrets)) {
            (Ok(seen), Ok(to)) => Box::pin(async move { self.0.change(cx, &seen, &to).await }),
            (Err(error), _) | (_, Err(error)) => failed(error),
        }
    }

    fn delete<'a>(&'a self, cx: &'a Cx, seen: &AnySeen) -> BoxFuture<'a, Result<Option<Op>>> {
        match seen.decode::<R>() {
            Ok(seen) => Box::pin(async move { self.0.delete(cx, &seen).await }),
            Err(error) => failed(error),
        }
    }

    fn rehearse<'a>(
        &'a self,
        cx: &'a Cx,
        spec: &Raw,
        seen: Option<&AnySeen>,
        secrets: Supply<'_>,
    ) -> BoxFuture<'a, Result<Rehearsal>> {
        match (seen.map(AnySeen::decode::<R>).transpose(), ready::<R>(spec, secrets)) {
            (Ok(seen), Ok(spec)) => Box::pin(async move { self.0.rehearse(cx, &spec, seen.as_ref()).await }),
            (Err(error), _) | (_, Err(error)) => failed(error),
        }
    }

    fn losses<'a>(&'a self, cx: &'a Cx, seen: &[&AnySeen]) -> BoxFuture<'a, Result<Vec<Option<Loss>>>> {
        match seen.iter().map(|one| one.decode::<R>()).collect::<Result<Vec<_>>>() {
            Ok(seen) => Box::pin(async move { self.0.losses(cx, &seen).await }),
            Err(error) => failed(error),
        }
    }

    fn retag<'a>(
        &'a self,
        cx: &'a Cx,
        seen: &AnySeen,
        set: &'a Tags,
        unset: &'a [String],
    ) -> BoxFuture<'a, Result<()>> {
        match seen.decode::<R>() {
            Ok(seen) => Box::pin(async move { self.0.retag(cx, &seen, set, unset).await }),
            Err(error) => failed(error),
        }
    }

    fn poll<'a>(&'a self, op: &'a Op) -> BoxFuture<'a, Result<Progress>> {
        Box::pin(self.0.poll(op))
    }

    fn holds<'a>(&'a self, _: &Raw) -> BoxFuture<'a, Result<Answered<Raw>>> {
        wrong(R::FAMILY, "holds")
    }

    fn over<'a>(&'a self, _: &Raw) -> BoxFuture<'a, Result<Answered<()>>> {
        wrong(R::FAMILY, "over")
    }
}

impl<C: Ask<F>, F: Fact> AskOf<C, F> {
    fn fact(fact: &Raw) -> Result<F> {
        fact.decode().map_err(|error| {
            Error::internal(format!("the question of a {} cannot be read", F::FAMILY)).because(error)
        })
    }
}

impl<C: Ask<F>, F: Fact> AnyDriver for AskOf<C, F> {
    fn find<'a>(&'a self, _: &'a Cx, _: AnyWant) -> BoxFuture<'a, Result<Vec<AnySeen>>> {
        wrong(F::FAMILY, "find")
    }
    fn create<'a>(&'a self, _: &'a Cx, _: &Raw, _: Supply<'_>) -> BoxFuture<'a, Result<AnyMade>> {
        wrong(F::FAMILY, "create")
    }
    fn change<'a>(
        &'a self,
        _: &'a Cx,
        _: &AnySeen,
        _: &Raw,
        _: Supply<'_>,
    ) -> BoxFuture<'a, Result<Option<Op>>> {
        wrong(F::FAMILY, "change")
    }
    fn delete<'a>(&'a self, _: &'a Cx, _: &AnySeen) -> BoxFuture<'a, Result<Option<Op>>> {
        wrong(F::FAMILY, "delete")
    }
    fn rehearse<'a>(
        &'a self,
        _: &'a Cx,
        _: &Raw,
        _: Option<&AnySeen>,
        _: Supply<'_>,
    ) -> BoxFuture<'a, Result<Rehearsal>> {
        wrong(F::FAMILY, "rehearse")
    }
    fn losses<'a>(&'a self, _: &'a Cx, _: &[&AnySeen]) -> BoxFuture<'a, Result<Vec<Option<Loss>>>> {
        wrong(F::FAMILY, "losses")
    }

    fn retag<'a>(
        &'a self,
        _: &'a Cx,
        _: &AnySeen,
        _: &'a Tags,
        _: &'a [String],
    ) -> BoxFuture<'a, Result<()>> {
        wrong(F::FAMILY, "retag")
    }
    fn poll<'a>(&'a self, _: &'a Op) -> BoxFuture<'a, Result<Progress>> {
        wrong(F::FAMILY, "poll")
    }

    fn holds<'a>(&'a self, fact: &Raw) -> BoxFuture<'a, Result<Answered<Raw>>> {
        let fact = match Self::fact(fact) {
            Ok(fact) => fact,
            Err(error) => return failed(error),
        };
        Box::pin(async move {
            Ok(match self.0.holds(&fact).await? {
                Answered::Yes(answer) => Answered::Yes(Raw::encode(&answer).map_err(|error| {
                    Error::internal(format!("the answer of a {} cannot be encoded", F::FAMILY)).because(error)
                })?),
                Answered::Waiting(why) => Answered::Waiting(why),
                Answered::No(why) => Answered::No(why),
            })
        })
    }

    fn over<'a>(&'a self, fact: &Raw) -> BoxFuture<'a, Result<Answered<()>>> {
        match Self::fact(fact) {
            Ok(fact) => Box::pin(async move { self.0.over(&fact).await }),
            Err(error) => failed(error),
        }
    }
}

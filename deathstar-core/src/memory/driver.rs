//! The verbs of every kind, in memory.

use super::{Call, CallRecord, Fault, Memory, State};
use crate::{
    Cx, Driver, Effect, Error, Fact, Found, Made, Meaning, Op, Raw, Ready, Resource, Result, Seen, Tags,
    Want,
    driver::{Ask, tags},
    erase,
    kind::Answered,
    secret,
};
use serde::Serialize;

/// What a fault does to a call, beside the effect.
struct Twist {
    hidden: u32,
    pending: Option<u32>,
    failed: Option<String>,
    after: Option<Fault>,
}

impl Memory {
    /// What every call begins with: the log, the time, and what goes wrong before the effect.
    async fn begin(&self, family: &str, call: Call, address: &str, ids: Vec<String>) -> Result<Twist> {
        let fault = {
            let mut state = self.state();
            if state.log_calls {
                let at = self.clock().now();
                let (family, address) = (family.to_owned(), address.to_owned());
                state.calls.push(CallRecord { family, call, address, ids, at });
            }
            state.faults.take(family, call)
        };
        let latency = self.0.latency.of(self.0.seed, family, call, address);
        if !latency.is_zero() {
            self.clock().sleep(latency).await;
        }
        let mut twist = Twist { hidden: 0, pending: None, failed: None, after: None };
        let operation = || format!("{family}:{}", call.name());
        match fault {
            None => {}
            Some(Fault::Fails(meaning)) => {
                return Err(Error::new(meaning, "the cloud was told to refuse").operation(operation()));
            }
            Some(Fault::Throttled) => {
                return Err(Error::new(Meaning::Throttled, "rate exceeded")
                    .operation(operation())
                    .code("Throttling"));
            }
            Some(Fault::LostRequest) => return Err(lost(&operation())),
            Some(Fault::DiesBefore) => std::process::abort(),
            Some(Fault::HangsBefore) => {
                self.state().hung = true;
                std::future::pending::<()>().await;
            }
            Some(Fault::Hidden(looks)) => twist.hidden = looks,
            Some(Fault::Pending(looks)) => twist.pending = Some(looks),
            Some(Fault::FailsAfter(why)) => twist.failed = Some(why),
            Some(after @ (Fault::LostAnswer | Fault::DiesAfter | Fault::Hangs)) => twist.after = Some(after),
        }
        Ok(twist)
    }

    /// What every call ends with.
    async fn answer_with<T>(&self, family: &str, call: Call, twist: Twist, answer: Result<T>) -> Result<T> {
        match twist.after {
            Some(Fault::LostAnswer) => Err(lost(&format!("{family}:{}", call.name()))),
            Some(Fault::DiesAfter) => std::process::abort(),
            Some(Fault::Hangs) => {
                self.state().hung = true;
                std::future::pending().await
            }
            _ => answer.map_err(|error| match error.operation_name() {
                Some(_) => error,
                None => error.operation(format!("{family}:{}", call.name())),
            }),
        }
    }

    /// Decides on a call with the file locked, and writes what changed before anybody is answered.
    fn decide<T>(&self, decide: impl FnOnce(&mut State) -> Result<T>) -> Result<T> {
        let mut guard = self.state();
        let state = &mut *guard;
        let io = |error: std::io::Error| {
            Error::new(Meaning::Transient, "the file of the in-memory cloud cannot be used")
                .because(error)
                .effect_unknown()
        };
        if let Some(file) = &mut state.file {
            file.begin(&mut state.world).map_err(io)?;
        }
        let decided = decide(state);
        let changes = state.world.take_changes();
        if let Some(file) = &mut state.file {
            let written = if changes.is_empty() { Ok(()) } else { file.append(&changes) };
            file.end().and(written).map_err(io)?;
        }
        decided
    }
}

fn lost(operation: &str) -> Error {
    let error =
        Error::new(Meaning::Transient, "the connection was reset").operation(operation).effect_unknown();
    debug_assert_eq!(error.effect(), Effect::Unknown);
    error
}

fn raw(value: &impl Serialize) -> Result<Raw> {
    Raw::encode(value).map_err(|error| Error::internal("a value cannot be encoded").because(error))
}

/// A spec with digests in the place of its secrets.
fn sealed(value: &impl Serialize, cx: &Cx) -> Result<Raw> {
    secret::seal(value, cx.secret_key.get())
        .map_err(|error| Error::internal("a value cannot be encoded").because(error))
}

impl<R: Resource> Driver<R> for Memory {
    async fn find(&self, cx: &Cx, want: &Want<R::Id>, found: &mut Found) -> Result<()> {
        let ids: Vec<Raw> = match want {
            Want::Ids(ids) => ids.iter().map(raw).collect::<Result<_>>()?,
            Want::All | Want::Owned { .. } => vec![],
        };
        let texts = ids.iter().map(|id| id.text().to_owned()).collect();
        let twist = self.begin(R::FAMILY, Call::Find, "", texts).await?;
        let seen = self.decide(|state| match want {
            Want::All => state.world.tagged(R::FAMILY, tags::STACK, &cx.stack),
            Want::Owned { token } => state.world.tagged(R::FAMILY, tags::TOKEN, token),
            Want::Ids(_) => {
                state.world.learn(R::FAMILY);
                state.world.see(R::FAMILY, &ids)
            }
        });
        found.seen.extend(self.answer_with(R::FAMILY, Call::Find, twist, seen).await?);
        Ok(())
    }

    async fn create(&self, cx: &Cx, spec: &Ready<R>) -> Result<Made<R::Id>> {
        let mut twist = self.begin(R::FAMILY, Call::Create, &cx.address, vec![]).await?;
        let kind = erase::kind::<R>();
        let spec = sealed(&**spec, cx)?;
        let state = (twist.pending, twist.failed.take());
        let made = self.decide(|cloud| {
            cloud.world.learn(R::FAMILY);
            cloud.world.create(kind, &cx.token, &cx.tags, &spec, twist.hidden, state)
        });
        let id = self.answer_with(R::FAMILY, Call::Create, twist, made).await?;
        let id: R::Id =
            id.decode().map_err(|error| Error::internal("an id cannot be read").because(error))?;
        Ok(id.into())
    }

    async fn change(&self, cx: &Cx, seen: &Seen<R>, to: &Ready<R>) -> Result<Option<Op>> {
        let (id, to) = (raw(&seen.id)?, sealed(&**to, cx)?);
        let twist = self.begin(R::FAMILY, Call::Change, &cx.address, vec![id.text().to_owned()]).await?;
        let kind = erase::kind::<R>();
        let changed = self.decide(|cloud| cloud.world.change(kind, &id, &to, twist.pending));
        self.answer_with(R::FAMILY, Call::Change, twist, changed).await?;
        Ok(None)
    }

    async fn delete(&self, cx: &Cx, seen: &Seen<R>) -> Result<Option<Op>> {
        let id = raw(&seen.id)?;
        let twist = self.begin(R::FAMILY, Call::Delete, &cx.address, vec![id.text().to_owned()]).await?;
        let deleted = self.decide(|cloud| cloud.world.delete(R::FAMILY, &id));
        self.answer_with(R::FAMILY, Call::Delete, twist, deleted).await?;
        Ok(None)
    }

    async fn retag(&self, cx: &Cx, seen: &Seen<R>, set: &Tags, unset: &[String]) -> Result<()> {
        let id = raw(&seen.id)?;
        let twist = self.begin(R::FAMILY, Call::Retag, &cx.address, vec![id.text().to_owned()]).await?;
        let tagged = self.decide(|cloud| cloud.world.retag(R::FAMILY, &id, set, unset));
        self.answer_with(R::FAMILY, Call::Retag, twist, tagged).await
    }
}

impl<F: Fact> Ask<F> for Memory {
    async fn holds(&self, fact: &F) -> Result<Answered<F::Answer>> {
        let twist = self.begin(F::FAMILY, Call::Ask, "", vec![]).await?;
        let told = self.state().answers.get(F::FAMILY).cloned();
        let answer = match told {
            Some(answer) => {
                let answer = answer.decode().map(Answered::Yes);
                answer.map_err(|error| Error::internal("an answer cannot be read").because(error))
            }
            None => Ok(fact.simulate_holding()),
        };
        let waits = twist.pending;
        let failed = twist.failed.clone();
        let answer = self.answer_with(F::FAMILY, Call::Ask, twist, answer).await?;
        Ok(match (waits, failed) {
            (Some(_), _) => Answered::Waiting("pending".into()),
            (None, Some(why)) => Answered::No(why),
            (None, None) => answer,
        })
    }

    async fn over(&self, _: &F) -> Result<Answered<()>> {
        let twist = self.begin(F::FAMILY, Call::Over, "", vec![]).await?;
        Ok(match (twist.pending, twist.failed) {
            (Some(_), _) => Answered::Waiting("pending".into()),
            (None, Some(why)) => Answered::No(why),
            (None, None) => Answered::Yes(()),
        })
    }
}

//! One run of the suite: its objects, its findings, and the order of what it tries.

mod call;
mod create;
mod delete;
mod find;
mod lose;
mod refuse;
mod settle;
mod tag;
mod update;

use super::{Mutation, Rule, Skipped, Trial, Verdicts, Violation};
use crate::{
    Cx, Driver, Raw, Resource, Seen, Tags,
    driver::token,
    erase::{self, AnyKind, Change},
    kind::Data,
};
use serde_json::Value;
use std::sync::Arc;

/// Why a run cannot go on.
enum Stop {
    /// A call failed in a way that no rule is about.
    Interrupted(String),
    /// A breach is told, and what follows would only repeat it.
    Told,
}

type Went<T> = Result<T, Stop>;

/// An object that the run made.
#[derive(Clone)]
struct Object<R: Resource> {
    cx: Cx,
    spec: R,
    id: R::Id,
}

struct Run<'t, C, R: Resource> {
    trial: &'t Trial<C, R>,
    kind: &'static dyn AnyKind,
    stack: String,
    verdicts: Verdicts,
    /// What was made and not removed yet.
    made: Vec<Object<R>>,
    /// Whether asking about operations was seen to end.
    polls_end: bool,
    /// Whether objects show the tags of their create call; without them, looking by tag says nothing.
    tags_shown: bool,
}

pub(super) async fn run<C: Driver<R>, R: Resource>(trial: &Trial<C, R>) -> Verdicts {
    let mut run = Run {
        trial,
        kind: erase::kind::<R>(),
        stack: String::new(),
        verdicts: Verdicts::default(),
        made: vec![],
        polls_end: true,
        tags_shown: true,
    };
    let went = Box::pin(run.all()).await;
    run.end(went);
    let swept = Box::pin(run.sweep()).await;
    run.end(swept);
    run.account();
    run.verdicts
}

impl<C: Driver<R>, R: Resource> Run<'_, C, R> {
    async fn all(&mut self) -> Went<()> {
        self.stack = stack_name()?;
        let mut sample = Box::pin(self.create_sample()).await?;
        let neighbours = Box::pin(self.look_around(&sample)).await?;
        Box::pin(self.be_refused(&sample)).await?;
        Box::pin(self.update(&mut sample)).await?;
        Box::pin(self.tag(&sample)).await?;
        Box::pin(self.delete_sample(&sample, neighbours.as_ref())).await?;
        Box::pin(self.lose_an_answer()).await
    }

    /// Keeps why the run ended early; the first reason stays.
    fn end(&mut self, went: Went<()>) {
        if let Err(Stop::Interrupted(why)) = went {
            self.verdicts.interrupted.get_or_insert(why);
        }
    }

    /// Removes everything that was made.
    async fn sweep(&mut self) -> Went<()> {
        let mut interrupted = Ok(());
        for object in std::mem::take(&mut self.made) {
            if self.verdicts.breaks(Rule::Encodes) {
                self.leave(&object);
                continue;
            }
            match Box::pin(self.wipe(&object)).await {
                Ok(true) => {}
                Ok(false) => self.leave(&object),
                Err(stop) => {
                    self.leave(&object);
                    interrupted = Err(stop);
                }
            }
        }
        interrupted
    }

    /// Removes an object that may not be visible yet.
    async fn wipe(&mut self, object: &Object<R>) -> Went<bool> {
        self.sight(object).await?;
        self.remove(object).await
    }

    fn leave(&mut self, object: &Object<R>) {
        self.verdicts.left_behind.push(text(&object.id));
    }

    /// Says of every rule whether it was checked.
    fn account(&mut self) {
        for rule in Rule::ALL {
            let skipped = self.verdicts.skipped.iter().any(|skipped| skipped.rule == *rule);
            if !skipped && !self.verdicts.checked.contains(rule) {
                self.skip(*rule, "the suite did not come so far");
            }
        }
        self.verdicts.checked.sort_unstable();
        self.verdicts.skipped.sort_by_key(|skipped| skipped.rule);
    }

    /// Notes that a rule is checked.
    fn check(&mut self, rule: Rule) {
        self.verdicts.skipped.retain(|skipped| skipped.rule != rule);
        if !self.verdicts.checked.contains(&rule) {
            self.verdicts.checked.push(rule);
        }
    }

    /// Notes why a rule is not checked, unless it was checked elsewhere.
    fn skip(&mut self, rule: Rule, why: &str) {
        if !self.verdicts.checked.contains(&rule) {
            self.verdicts.skipped.retain(|skipped| skipped.rule != rule);
            self.verdicts.skipped.push(Skipped { rule, why: why.to_owned() });
        }
    }

    /// Tells a breach.
    fn tell(&mut self, rule: Rule, why: impl Into<String>) {
        self.check(rule);
        let violation = Violation { rule, why: why.into(), fix: rule.fix().to_owned() };
        if !self.verdicts.findings.contains(&violation) {
            self.verdicts.findings.push(violation);
        }
    }

    /// Notes that a rule is checked, and tells a breach unless it holds.
    fn require(&mut self, rule: Rule, holds: bool, why: impl FnOnce() -> String) {
        self.check(rule);
        if !holds {
            self.tell(rule, why());
        }
    }

    /// Notes that a rule about the calls that reached the API is checked, and tells a breach.
    fn require_calls(
        &mut self,
        rule: Rule,
        calls: Option<&[Mutation]>,
        holds: impl FnOnce(&[Mutation]) -> bool,
        what: &str,
    ) {
        match calls {
            None => self.skip(rule, "no witness tells which calls reached the API"),
            Some(calls) => self.require(rule, holds(calls), || {
                format!("{what} made {} mutating calls: {}", calls.len(), operations(calls))
            }),
        }
    }

    fn tagged(&self) -> bool {
        self.kind.about().identity.tagged()
    }

    /// Whether objects can be looked up by their tags; if not, why.
    fn by_tag(&self) -> Result<(), &'static str> {
        if !self.tagged() {
            Err("objects of this kind carry no tags")
        } else if !self.tags_shown {
            Err("created objects do not show their tags")
        } else {
            Ok(())
        }
    }

    /// The context of an object of the run's stack.
    fn cx(&self, address: &str) -> Cx {
        foreign_cx(&self.stack, address, self.tagged())
    }

    /// The fields in which what is seen differs from a spec, with the planner's own comparison.
    fn differences(&self, seen: &R, want: &R) -> Went<Vec<Change>> {
        let encode = |spec: &R| Raw::encode(spec).map_err(|error| Stop::Interrupted(error.to_string()));
        let (seen, want) = (encode(seen)?, encode(want)?);
        self.kind.compare(seen.text(), want.text()).map_err(|error| Stop::Interrupted(error.to_string()))
    }
}

/// The context of an object of any stack.
fn foreign_cx(stack: &str, address: &str, tagged: bool) -> Cx {
    let mut user = Tags::new();
    if tagged {
        user.insert("conformance".to_owned(), address.to_owned());
    }
    // The stack's name is part of it, so that it stands in no other request.
    let address = format!("{stack}.{address}");
    Cx::of_object(&stack.into(), &address, &token(stack, &address, 1), tagged.then_some(&user))
}

/// The context of an object of nobody: it carries no owner tags, and a tag of somebody else, since there are APIs that take no empty
/// list of tags.
fn unowned_cx(stack: &str, address: &str, tagged: bool) -> Cx {
    let mut cx = foreign_cx(stack, address, false);
    if tagged {
        cx.tags = Arc::new(Tags::from([("conformance".to_owned(), address.to_owned())]));
    }
    cx
}

/// Names fields and their values.
fn named(changes: &[Change]) -> String {
    let one =
        |change: &Change| format!("`{}` is {} and should be {}", change.field, change.before, change.after);
    changes.iter().map(one).collect::<Vec<_>>().join(", ")
}

fn operations(calls: &[Mutation]) -> String {
    calls.iter().map(|call| call.operation.as_str()).collect::<Vec<_>>().join(", ")
}

/// A value as JSON text: how ids are compared and shown.
fn text(value: &impl Data) -> String {
    Raw::encode(value).map_or_else(|_| "?".to_owned(), |raw| raw.text().to_owned())
}

fn value(id: &impl Data) -> Value {
    serde_json::to_value(id).unwrap_or(Value::Null)
}

/// Whether an object is among what was seen.
fn among<'s, R: Resource>(seen: &'s [Seen<R>], object: &Object<R>) -> Option<&'s Seen<R>> {
    seen.iter().find(|seen| seen.id == object.id)
}

fn stack_name() -> Went<String> {
    let bytes: [u8; 6] =
        crate::state::random().map_err(|error| Stop::Interrupted(format!("no random name: {error}")))?;
    let number = bytes.iter().fold(0_u64, |number, byte| number << 8 | u64::from(*byte));
    Ok(format!("conformance-{number:012x}"))
}

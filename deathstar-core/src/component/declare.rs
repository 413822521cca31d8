//! How values declare themselves.

use crate::{
    Diagnostic, Fact, Handle, Output, Resource, Verb,
    driver::tags,
    graph::{Address, Options, Provider, Scope},
};
use std::time::Duration;

/// A value that declares resources into a scope and hands back typed references. Every resource is one too.
pub trait Component: Sized {
    /// On whose connection it is declared.
    type Provider: Provider;
    /// What others may refer to.
    type Refs;
    /// Declares itself. It cannot fail; what is wrong becomes a finding ([`Scope::finding`]).
    fn declare(self, scope: &mut Scope<'_, Self::Provider>) -> Self::Refs;
}

impl<R: Resource> Component for R {
    type Provider = R::Provider;
    type Refs = Handle<R>;
    fn declare(self, scope: &mut Scope<'_, R::Provider>) -> Handle<R> {
        scope.resource(self)
    }
}

/// A fact as it is declared: `stack.add(&aws, "zones", Gate(Zones::of(3)))`.
#[derive(Clone, Debug, PartialEq)]
pub struct Gate<F>(pub F);

impl<F: Fact> Component for Gate<F> {
    type Provider = F::Provider;
    type Refs = Output<F::Answer>;
    fn declare(self, scope: &mut Scope<'_, F::Provider>) -> Output<F::Answer> {
        scope.fact(self.0)
    }
}

impl<F> Gate<F> {
    /// Says that it stands on a resource that its question does not name: it is asked after that was made, and has to be over
    /// before that is deleted.
    #[must_use]
    pub fn on<T>(self, other: &Handle<T>) -> Standing<F> {
        Standing { fact: self.0, on: vec![], whole: false }.on(other)
    }

    /// Says that it guards a whole: it is asked when it ends itself, or when what its question names goes; a part of what it
    /// stands on beside that ([`Standing::on`]) may go alone, without a question.
    #[must_use]
    pub fn whole(self) -> Standing<F> {
        Standing { fact: self.0, on: vec![], whole: true }
    }
}

/// A fact with what it stands on beside what its question names; see [`Gate::on`].
#[derive(Clone, Debug)]
pub struct Standing<F> {
    fact: F,
    on: Vec<Address>,
    whole: bool,
}

impl<F> Standing<F> {
    /// Says that it stands on one more resource.
    #[must_use]
    pub fn on<T>(mut self, other: &Handle<T>) -> Self {
        self.on.push(other.at().clone());
        self
    }
}

impl<F: Fact> Component for Standing<F> {
    type Provider = F::Provider;
    type Refs = Output<F::Answer>;
    fn declare(self, scope: &mut Scope<'_, F::Provider>) -> Output<F::Answer> {
        let options = scope.options();
        options.after = self.on;
        options.whole = self.whole;
        scope.fact(self.fact)
    }
}

/// A resource with what a user says about it beyond its spec; see [`ResourceExt`].
#[derive(Clone, Debug)]
pub struct With<R> {
    spec: R,
    options: Options,
}

/// What a user can say about a resource beyond its spec.
pub trait ResourceExt: Sized {
    /// The kind.
    type Kind: Resource;

    /// The spec and the options so far.
    fn with(self) -> With<Self::Kind>;

    /// Refuses plans that would delete or replace it.
    #[must_use]
    fn protect(self) -> With<Self::Kind> {
        set(self, |options| options.protect = true)
    }

    /// Leaves it in the cloud when its declaration goes or its stack is destroyed.
    #[must_use]
    fn retain(self) -> With<Self::Kind> {
        set(self, |options| options.retain = true)
    }

    /// Says where it stood before: its row moves, the cloud is not touched.
    #[must_use]
    fn renamed_from(self, address: &str) -> With<Self::Kind> {
        set(self, |options| options.renamed_from = Some(Address::unchecked(address)))
    }

    /// Adds a tag, over those of its scope and stack.
    #[must_use]
    fn tag(self, key: impl Into<String>, value: impl Into<String>) -> With<Self::Kind> {
        set(self, |options| {
            options.tags.insert(key.into(), value.into());
        })
    }

    /// Says who asked for it and why, for people: a plan shows it with what is done, and a long one on request.
    #[must_use]
    fn because(self, reason: impl Into<String>) -> With<Self::Kind> {
        set(self, |options| options.reasons.push(reason.into()))
    }

    /// Makes it wait for another resource that no input of it names.
    #[must_use]
    fn after<T>(self, other: &Handle<T>) -> With<Self::Kind> {
        let address = other.at().clone();
        set(self, |options| options.after.push(address))
    }

    /// Makes it wait for what an output names: resources, and facts.
    #[must_use]
    fn after_output<T>(self, output: &Output<T>) -> With<Self::Kind> {
        set(self, |options| output.expr().references(&mut |named| options.after.push(named.at.clone())))
    }

    /// Leaves differences in a field alone (`label`), or in a part of one by its JSON pointer (`/settings/replicas`): they are no
    /// drift, and what is written leaves them as they are found.
    #[must_use]
    fn ignore(self, part: impl AsRef<str>) -> With<Self::Kind> {
        set(self, |options| options.ignore.insert(part.as_ref()))
    }

    /// Limits how long one step on it may take, with all its waiting.
    #[must_use]
    fn time_out(self, time: Duration) -> With<Self::Kind> {
        set(self, |options| options.time_out = Some(time))
    }

    /// Limits how long creating, changing or deleting it may take, with all its waiting. When the time is over the step ends as
    /// failed and nothing is lost: the next apply goes on where it is.
    #[must_use]
    fn time_out_of(self, verb: Verb, time: Duration) -> With<Self::Kind> {
        set(self, |options| {
            options.time_outs.insert(verb, time);
        })
    }
}

fn set<T: ResourceExt>(of: T, change: impl FnOnce(&mut Options)) -> With<T::Kind> {
    let mut with = of.with();
    change(&mut with.options);
    with
}

impl<R: Resource> ResourceExt for R {
    type Kind = R;
    fn with(self) -> With<R> {
        With { spec: self, options: Options::default() }
    }
}

impl<R: Resource> ResourceExt for With<R> {
    type Kind = R;
    fn with(self) -> Self {
        self
    }
}

impl<R: Resource> Component for With<R> {
    type Provider = R::Provider;
    type Refs = Handle<R>;
    fn declare(self, scope: &mut Scope<'_, R::Provider>) -> Handle<R> {
        for key in self.options.tags.keys().filter(|key| tags::is_ours(key)) {
            let why = format!("the tag `{key}` begins with `{}`, which is reserved", tags::PREFIX);
            scope.finding(Diagnostic::new("tag.reserved", why).fix("choose another key"));
        }
        let fields: Vec<_> = R::FIELDS.iter().map(|field| field.name).collect();
        if !self.options.ignore.is_empty() {
            let spec = serde_json::to_value(&self.spec).unwrap_or_default();
            for (part, reason) in self.options.ignore.wrong(&fields, &spec) {
                let why = format!("`{part}` is to be ignored, and {} has no such part", R::FAMILY);
                scope.finding(Diagnostic::new("options.ignore", why).fix(reason));
            }
        }
        let timed = [Verb::Create, Verb::Change, Verb::Delete];
        if self.options.time_outs.keys().any(|verb| !timed.contains(verb)) {
            let why = "a time-out is asked for what is part of every step";
            let fix = "give one for `Create`, `Change` or `Delete`";
            scope.finding(Diagnostic::new("options.time-out", why).fix(fix));
        }
        *scope.options() = self.options;
        scope.resource(self.spec)
    }
}

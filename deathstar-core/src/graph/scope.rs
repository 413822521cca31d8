//! The address tree while it is declared.

use super::{Address, Connection, Handle, Node, On, Options, Output, Provider, ProviderNode, Stack, mark};
use crate::{
    Diagnostic, Fact, Resource,
    component::Component,
    driver::{Tags, tags},
    erase::{self, AnyKind},
};
use std::{any::Any, fmt, marker::PhantomData, sync::Arc};

/// What resources can be declared on: a connection.
pub trait Place<P: Provider> {
    /// The connection.
    fn on(&self) -> On<P>;
}

impl<P: Provider> Place<P> for On<P> {
    fn on(&self) -> Self {
        self.clone()
    }
}

/// One place in the address tree of a stack, on one connection.
pub struct Scope<'s, P> {
    pub(super) stack: &'s mut Stack,
    pub(super) on: On<P>,
    pub(super) path: String,
    pub(super) tags: Arc<Tags>,
    pub(super) options: Options,
}

impl<P: Provider> Scope<'_, P> {
    /// Where it stands.
    pub fn path(&self) -> &str {
        &self.path
    }

    /// The stack's name.
    pub fn stack_name(&self) -> &str {
        &self.stack.name
    }

    /// The connection, to declare on it elsewhere.
    pub fn connection(&self) -> On<P> {
        self.on.clone()
    }

    /// What the connection was opened with: where it leads tells a component what names are unique by, and what regions have.
    /// Nothing for a connection of another stack.
    pub fn config(&self) -> Option<P::Config> {
        let own = *self.on.stack == *self.stack.name;
        let node = own.then(|| self.stack.providers.get(usize::try_from(self.on.node).ok()?)).flatten()?;
        node.config.decode().ok()
    }

    /// Declares a resource, a fact or a component below this scope.
    pub fn add<C: Component<Provider = P>>(&mut self, name: impl AsRef<str>, component: C) -> C::Refs {
        let on = self.on.clone();
        self.add_on(&on, name, component)
    }

    /// Declares on another connection, at an address below this scope.
    pub fn add_on<C: Component>(
        &mut self,
        place: &impl Place<C::Provider>,
        name: impl AsRef<str>,
        component: C,
    ) -> C::Refs {
        let path = format!("{}/{}", self.path, name.as_ref());
        let mut scope = Scope {
            on: place.on(),
            path,
            tags: Arc::clone(&self.tags),
            options: Options::default(),
            stack: self.stack,
        };
        component.declare(&mut scope)
    }

    /// Opens another connection, whose config may hold outputs of this stack.
    pub fn connect<C: Connection>(&mut self, name: impl AsRef<str>, config: C) -> On<C::Provider> {
        let name = format!("{}/{}", self.path, name.as_ref());
        self.stack.connect(&name, config)
    }

    /// Adds a tag to all that is declared below this scope from now on.
    pub fn tag(&mut self, key: impl Into<String>, value: impl Into<String>) {
        let (key, value) = (key.into(), value.into());
        self.stack.check_tag(&self.path, &key);
        Arc::make_mut(&mut self.tags).insert(key, value);
    }

    /// Reports a finding about this scope; `plan` tells it with all others.
    pub fn finding(&mut self, diagnostic: Diagnostic) {
        let diagnostic = if diagnostic.address.is_empty() { diagnostic.on(&self.path) } else { diagnostic };
        self.stack.findings.push(diagnostic);
    }

    /// Says something about this scope that a person should know, and that forbids nothing: plans show it.
    pub fn remark(&mut self, text: impl AsRef<str>) {
        let text = format!("{}: {}", self.path, text.as_ref());
        self.stack.remarks.push(text);
    }

    /// The resources of a kind that were declared on this connection so far, anywhere in the stack.
    pub fn declared<R: Resource<Provider = P>>(&self) -> impl Iterator<Item = (&Address, &R)> {
        let on = self.on.node;
        let nodes = self.stack.nodes.iter().filter(move |node| node.provider == on);
        nodes.filter_map(|node| Some((&node.address, node.value.downcast_ref::<R>()?)))
    }

    /// Gives the resource that is declared next at exactly this scope its options.
    pub(crate) fn options(&mut self) -> &mut Options {
        &mut self.options
    }

    /// Declares a resource at exactly this scope.
    pub(crate) fn resource<R: Resource<Provider = P>>(&mut self, spec: R) -> Handle<R> {
        self.declare(erase::kind::<R>(), spec)
    }

    /// Declares a fact at exactly this scope.
    pub(crate) fn fact<F: Fact<Provider = P>>(&mut self, fact: F) -> Output<F::Answer> {
        self.declare::<F>(erase::fact::<F>(), fact).output("/outputs")
    }

    fn declare<T: serde::Serialize + Any + Send + Sync>(
        &mut self,
        kind: &'static dyn AnyKind,
        value: T,
    ) -> Handle<T> {
        let address = Address::unchecked(&self.path);
        let stack = &mut *self.stack;
        let handle = Handle { stack: Arc::clone(&stack.name), address: address.clone(), of: PhantomData };
        if let Err(wrong) = address.check() {
            let fix = "use lower-case letters, digits, `.`, `_` and `-`";
            stack.findings.push(Diagnostic::new("address.form", wrong.to_string()).on(&address).fix(fix));
        }
        if *self.on.stack != *stack.name {
            let why =
                format!("the connection belongs to stack `{}`, this is `{}`", self.on.stack, stack.name);
            let fix = "declare on a connection that this stack opened with `Stack::on`";
            stack.findings.push(Diagnostic::new("stack.foreign-connection", why).on(&address).fix(fix));
            return handle;
        }
        let (spec, secrets) = match crate::secret::encode(&value) {
            Ok(encoded) => encoded,
            Err(error) => {
                let why = format!("the spec cannot be encoded: {error}");
                stack.findings.push(Diagnostic::new("spec.encoding", why).on(&address));
                return handle;
            }
        };
        let options = std::mem::take(&mut self.options);
        let tags = if options.tags.is_empty() {
            Arc::clone(&self.tags)
        } else {
            Arc::new(tags::under(&self.tags, &options.tags))
        };
        let node = Node {
            address: address.clone(),
            provider: self.on.node,
            kind,
            value: Box::new(value),
            marks: mark::marks(spec.text()),
            spec,
            secrets,
            tags,
            options: (options != Options::default()).then(|| Box::new(options)),
        };
        let number = u32::try_from(stack.nodes.len()).unwrap_or(u32::MAX);
        match stack.index.entry(address.clone()) {
            std::collections::hash_map::Entry::Occupied(_) => {
                let why = "another resource is declared at this address";
                let fix = "give one of them another name";
                stack.findings.push(Diagnostic::new("address.duplicate", why).on(&address).fix(fix));
            }
            std::collections::hash_map::Entry::Vacant(free) => {
                free.insert(number);
                stack.nodes.push(node);
            }
        }
        handle
    }
}

impl<P: Provider> Place<P> for Scope<'_, P> {
    fn on(&self) -> On<P> {
        self.on.clone()
    }
}

impl<P> fmt::Debug for Scope<'_, P> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Scope({})", self.path)
    }
}

impl ProviderNode {
    pub(super) fn new<C: Connection>(name: &str, config: &C) -> serde_json::Result<Self> {
        Ok(Self {
            name: name.into(),
            provider: <C::Provider as Provider>::NAME,
            config: crate::Raw::encode(config)?,
            place: super::provider::place::<C>,
            hosts: super::provider::hosts(config),
            findings: config.validate(),
            ignored_tags: Arc::default(),
        })
    }
}

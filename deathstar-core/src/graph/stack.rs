//! The whole desired graph of one unit of change.

use super::{
    Address, AddressMap, Connection, Expr, IgnoredTags, LeftTags, Node, On, Options, Output, Place, Provider,
    ProviderNode, Scope,
};
use crate::{
    Diagnostic,
    component::Component,
    driver::{Tags, tags},
};
use std::{marker::PhantomData, sync::Arc};

/// The whole desired graph of one unit of change: what a program declares, and what is planned, applied and destroyed together.
///
/// Declaring never fails; [`Engine::plan`](crate::Engine::plan) tells all findings at once.
#[derive(Debug)]
pub struct Stack {
    pub(crate) name: Arc<str>,
    pub(crate) providers: Vec<ProviderNode>,
    pub(crate) nodes: Vec<Node>,
    pub(crate) index: AddressMap<u32>,
    pub(crate) exports: Vec<Export>,
    pub(crate) renames: Vec<Rename>,
    pub(crate) findings: Vec<Diagnostic>,
    pub(crate) remarks: Vec<String>,
    pub(crate) ignored_tags: Arc<IgnoredTags>,
    tags: Arc<Tags>,
}

/// A named value of a stack.
#[derive(Debug)]
pub(crate) struct Export {
    pub(crate) name: String,
    pub(crate) expr: Expr,
}

/// An address, or a whole scope, that has moved.
#[derive(Clone, Debug)]
pub(crate) struct Rename {
    pub(crate) from: String,
    pub(crate) to: String,
}

impl Stack {
    /// An empty stack. Its name is written on every object; it keeps the rules of one [`Address`] segment, in at most 63 characters.
    pub fn new(name: impl AsRef<str>) -> Self {
        let name = name.as_ref();
        let mut findings = vec![];
        let wrong = match Address::parse(name) {
            Err(error) => Some(error.to_string()),
            Ok(_) if name.contains('/') => Some("a stack's name is one segment, without `/`".into()),
            Ok(_) if name.len() > 63 => Some(format!("it has {} characters, 63 are allowed", name.len())),
            Ok(_) => None,
        };
        if let Some(why) = wrong {
            let fix = "use lower-case letters, digits, `.`, `_` and `-`";
            findings.push(
                Diagnostic::new("stack.name", format!("`{name}` is no name for a stack: {why}")).fix(fix),
            );
        }
        Self {
            name: name.into(),
            providers: vec![],
            nodes: vec![],
            index: AddressMap::default(),
            exports: vec![],
            renames: vec![],
            findings,
            remarks: vec![],
            ignored_tags: Arc::default(),
            tags: Arc::default(),
        }
    }

    /// Its name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// How many resources and facts are declared.
    pub fn len(&self) -> usize {
        self.nodes.len()
    }

    /// Whether nothing is declared.
    pub fn is_empty(&self) -> bool {
        self.nodes.is_empty()
    }

    /// The declared addresses, in order of declaration.
    pub fn addresses(&self) -> impl Iterator<Item = &Address> {
        self.nodes.iter().map(|node| &node.address)
    }

    /// Opens a connection under its provider's name.
    pub fn on<C: Connection>(&mut self, config: C) -> On<C::Provider> {
        self.connect(<C::Provider as Provider>::NAME, config)
    }

    /// Opens a connection under a name of its own: one stack may span accounts, regions and clusters.
    #[expect(clippy::needless_pass_by_value, reason = "a declaration hands over what it declares")]
    pub fn connect<C: Connection>(&mut self, name: &str, config: C) -> On<C::Provider> {
        let node = u32::try_from(self.providers.len()).unwrap_or(u32::MAX);
        if let Err(wrong) = Address::parse(name) {
            self.findings.push(Diagnostic::new("address.form", wrong.to_string()).on(name));
        }
        if self.providers.iter().any(|other| *other.name == *name) {
            let why = "another connection of this stack has this name";
            let fix = "name it with `Stack::connect`";
            self.findings.push(Diagnostic::new("connection.duplicate", why).on(name).fix(fix));
        }
        match ProviderNode::new(name, &config) {
            Ok(connection) => self.providers.push(connection),
            Err(error) => {
                let why = format!("the connection cannot be encoded: {error}");
                self.findings.push(Diagnostic::new("spec.encoding", why).on(name));
                self.providers.push(ProviderNode {
                    name: name.into(),
                    provider: <C::Provider as Provider>::NAME,
                    config: crate::Raw::null(),
                    place: super::provider::place::<C>,
                    hosts: vec![],
                    findings: vec![],
                    ignored_tags: Arc::default(),
                });
            }
        }
        On { stack: Arc::clone(&self.name), node, of: PhantomData }
    }

    /// Declares a resource, a fact or a component on a connection.
    pub fn add<C: Component>(
        &mut self,
        place: &impl Place<C::Provider>,
        name: impl AsRef<str>,
        component: C,
    ) -> C::Refs {
        let mut scope = Scope {
            on: place.on(),
            path: name.as_ref().into(),
            tags: Arc::clone(&self.tags),
            options: Options::default(),
            stack: self,
        };
        component.declare(&mut scope)
    }

    /// Adds a tag to all that is declared from now on.
    pub fn tag(&mut self, key: impl Into<String>, value: impl Into<String>) {
        let (key, value) = (key.into(), value.into());
        self.check_tag("", &key);
        Arc::make_mut(&mut self.tags).insert(key, value);
    }

    /// Leaves tags alone that others write on any object of the stack; see [`IgnoredTags`].
    pub fn ignore_tags(&mut self, more: &IgnoredTags) {
        self.check_ignored("", more);
        Arc::make_mut(&mut self.ignored_tags).add(more);
    }

    /// Leaves tags alone that others write on objects of one connection.
    pub fn ignore_tags_on<P: Provider>(&mut self, on: &On<P>, more: &IgnoredTags) {
        let Some(connection) = self.providers.get_mut(on.node as usize) else { return };
        Arc::make_mut(&mut connection.ignored_tags).add(more);
        let name = connection.name.to_string();
        self.check_ignored(&name, more);
    }

    fn check_ignored(&mut self, on: &str, more: &IgnoredTags) {
        if let Some(part) = more.of_ours() {
            let why = format!("tags with `{part}` are to be left alone, and with them our own");
            let fix = format!("name keys that do not begin with `{}`", tags::PREFIX);
            self.findings.push(Diagnostic::new("tag.reserved", why).on(on).fix(fix));
        }
    }

    /// The tags that are left alone on a connection, by its name.
    pub(crate) fn left_tags(&self, connection: &str) -> LeftTags {
        let own = self.providers.iter().find(|other| *other.name == *connection);
        LeftTags {
            of_stack: Arc::clone(&self.ignored_tags),
            of_connection: own.map(|own| Arc::clone(&own.ignored_tags)).unwrap_or_default(),
        }
    }

    /// Makes a value readable by name, also from the state alone.
    pub fn export<T>(&mut self, name: impl Into<String>, output: &Output<T>) {
        let name = name.into();
        if self.exports.iter().any(|other| other.name == name) {
            let why = format!("two exports have the name `{name}`");
            self.findings.push(Diagnostic::new("export.duplicate", why));
        }
        self.exports.push(Export { name, expr: output.expr().clone() });
    }

    /// Says that a resource, or a whole scope, has moved from one address to another: rows move, the cloud is not touched.
    pub fn renamed(&mut self, from: impl Into<String>, to: impl Into<String>) {
        self.renames.push(Rename { from: from.into(), to: to.into() });
    }

    /// Reports a finding about the stack.
    pub fn finding(&mut self, diagnostic: Diagnostic) {
        self.findings.push(diagnostic);
    }

    /// Says something about the stack that a person should know, and that forbids nothing: plans show it.
    pub fn remark(&mut self, text: impl Into<String>) {
        self.remarks.push(text.into());
    }

    pub(super) fn check_tag(&mut self, path: &str, key: &str) {
        if tags::is_ours(key) {
            let why = format!("the tag `{key}` begins with `{}`, which is reserved", tags::PREFIX);
            self.findings.push(Diagnostic::new("tag.reserved", why).on(path).fix("choose another key"));
        }
    }
}

//! Which calls a plan makes, and which a stack can ever need.

use super::{AnyCall, AnyKnown, Condition, Need, Permission, Permissions, Target, Use, Which};
use crate::{
    Catalogue, Expr, Identity, Raw, Result, Stack,
    apply::{Known as Recordings, shown_key},
    erase::{AnyKind, Role},
    graph::{Address, Node, Reference, marks},
    plan::{self, Action, PlanData, Step, current_spec, resolve, unknown_family},
    state::{Phase, Recorded, Row},
};
use serde_json::Value;
use std::{
    borrow::Cow,
    collections::{BTreeMap, BTreeSet, HashMap},
};

/// The calls of making a plan again and of carrying it out.
///
/// # Errors
/// When a recorded spec cannot be read.
pub(crate) fn of_plan(
    plan: &PlanData,
    stack: &Stack,
    recorded: &Recorded,
    catalogue: &Catalogue,
) -> Result<Permissions> {
    let mut collector = Collector::new(stack, recorded, catalogue);
    for row in recorded.rows() {
        collector.refresh(row, true)?;
    }
    for node in &stack.nodes {
        collector.question(node, false)?;
    }
    let mut moved: HashMap<(&Address, u32), &Address> = HashMap::new();
    for step in &plan.steps {
        if let Action::Rename { from } = &step.action {
            moved.insert((&step.address, step.generation), from);
        }
        let at = moved.get(&(&step.address, step.generation)).copied().unwrap_or(&step.address);
        collector.step(step, recorded.row(at.as_str(), step.generation))?;
    }
    if plan.destroy {
        for row in recorded.rows() {
            collector.listed(row)?;
        }
    }
    Ok(collector.finish())
}

/// The calls of everything that can become of a stack: made, changed, replaced, deleted, looked at, found again.
///
/// # Errors
/// When a declared or recorded spec cannot be read.
pub(crate) fn of_life(stack: &Stack, recorded: &Recorded, catalogue: &Catalogue) -> Result<Permissions> {
    let mut collector = Collector::new(stack, recorded, catalogue);
    for node in &stack.nodes {
        collector.life(node)?;
    }
    // What was declared once, or elsewhere, has to be deleted still.
    for row in recorded.rows() {
        if !collector.declares(row)? {
            collector.refresh(row, false)?;
            collector.listed(row)?;
            collector.end(row)?;
        }
    }
    Ok(collector.finish())
}

struct Collector<'a> {
    stack: &'a Stack,
    recorded: &'a Recorded,
    catalogue: &'a Catalogue,
    permissions: Permissions,
    needs: BTreeMap<(usize, String), Need>,
}

/// What a call is about: on which connection, at which address, of which kind.
#[derive(Clone, Copy)]
struct At<'a> {
    place: usize,
    address: &'a str,
    kind: &'static dyn AnyKind,
    /// Whether the object lost our tag: it is known by its id alone.
    stripped: bool,
}

impl<'a> Collector<'a> {
    fn new(stack: &'a Stack, recorded: &'a Recorded, catalogue: &'a Catalogue) -> Self {
        let permissions = Permissions::new(stack.name());
        Self { stack, recorded, catalogue, permissions, needs: BTreeMap::new() }
    }

    fn finish(mut self) -> Permissions {
        self.permissions.fill(self.needs);
        self.permissions
    }

    fn kind_of(&self, family: &str) -> Option<&'static dyn AnyKind> {
        let declared = self.stack.nodes.iter().find(|node| node.kind.about().family == family);
        declared.map(|node| node.kind).or_else(|| self.catalogue.of_family(family))
    }

    /// A declared node; its connection as far as it is known.
    fn of_node<'n>(&mut self, node: &'n Node) -> Result<At<'n>> {
        let connection = self.stack.providers.get(node.provider as usize);
        let (name, config) = match connection {
            Some(connection) => (&*connection.name, self.known(&connection.config)?),
            None => ("", Raw::null()),
        };
        let place = self.permissions.place(name, &config, node.kind);
        Ok(At { place, address: node.address.as_str(), kind: node.kind, stripped: false })
    }

    /// A row. Where its connection is declared still, in whatever way, the declared one is used.
    fn of_row<'r>(&mut self, row: &'r Row) -> Result<Option<At<'r>>> {
        let kind = self.kind_of(&row.family).ok_or_else(|| unknown_family(row))?;
        let Some(connection) = self.recorded.connection(row.connection) else { return Ok(None) };
        let mut config = connection.config.clone();
        let declared = self.stack.providers.iter().find(|one| *one.name == *connection.name);
        if let Some(declared) = declared.filter(|one| *one.provider == *connection.provider) {
            let known = self.known(&declared.config)?;
            if (declared.place)(known.text()) == (declared.place)(config.text()) {
                config = known;
            }
        }
        let place = self.permissions.place(&connection.name, &config, kind);
        Ok(Some(At { place, address: row.address.as_str(), kind, stripped: false }))
    }

    /// Whether a row's object is declared: at its address, of its kind and in its place.
    fn declares(&mut self, row: &Row) -> Result<bool> {
        let node = self.stack.index.get(&row.address).and_then(|at| self.stack.nodes.get(*at as usize));
        let Some(node) = node.filter(|node| node.kind.about().family == &*row.family) else {
            return Ok(false);
        };
        let (declared, recorded) = (self.of_node(node)?.place, self.of_row(row)?.map(|at| at.place));
        Ok(recorded == Some(declared))
    }

    fn values(&self, for_life: bool) -> Values<'a> {
        let recordings = Recordings { recorded: self.recorded, catalogue: self.catalogue };
        Values { stack: self.stack, recordings, for_life }
    }

    /// A text with the recorded values of what it names.
    fn known(&self, text: &Raw) -> Result<Raw> {
        fill(text, &self.values(false))
    }

    /// What looking at a recorded object takes.
    fn refresh(&mut self, row: &Row, ids: bool) -> Result<()> {
        let Some(at) = self.of_row(row)? else { return Ok(()) };
        if at.kind.about().role != Role::Resource || matches!(row.phase, Phase::Deleting { .. }) {
            return Ok(());
        }
        let Some(id) = row.phase.id().filter(|_| ids) else { return self.look(at, None) };
        let key = shown_key(at.kind, id, &current_spec(at.kind, row)?)?;
        self.look(at, Some(&key))
    }

    /// Looking for one object, by whatever shows it.
    fn look(&mut self, at: At<'_>, key: Option<&Raw>) -> Result<()> {
        let shown_by = at.kind.about().shown_by;
        let shower = self.kind_of(shown_by).unwrap_or(at.kind);
        self.call(At { kind: shower, ..at }, &AnyCall::One(key))
    }

    /// Looking for an object whose create call has no answer.
    fn look_again(&mut self, at: At<'_>) -> Result<()> {
        let identity = at.kind.about().identity;
        if matches!(identity, Identity::Key { .. }) { Ok(()) } else { self.call(at, &AnyCall::Owned) }
    }

    /// Listing all of a family by owner tag, as the proof after a destroy does.
    fn listed(&mut self, row: &Row) -> Result<()> {
        match self.of_row(row)? {
            Some(at) => self.list(at),
            None => Ok(()),
        }
    }

    fn list(&mut self, at: At<'_>) -> Result<()> {
        let about = at.kind.about();
        if about.role != Role::Resource || !about.identity.tagged() {
            return Ok(());
        }
        self.call(At { address: about.family, ..at }, &AnyCall::All)
    }

    /// A fact, as planning asks it. With `always` also one whose answer is recorded.
    fn question(&mut self, node: &Node, always: bool) -> Result<()> {
        let Role::Fact { frozen } = node.kind.about().role else { return Ok(()) };
        let question = self.known(&node.spec)?;
        let row = self.recorded.newest(node.address.as_str());
        let answered = row.is_some_and(|row| *row.phase.spec() == question && row.phase.outputs().is_some());
        if answered && frozen && !always {
            return Ok(());
        }
        let at = self.of_node(node)?;
        self.call(at, &AnyCall::Ask(question.text()))
    }

    fn step(&mut self, step: &Step, row: Option<&Row>) -> Result<()> {
        let node = self.stack.index.get(&step.address).and_then(|at| self.stack.nodes.get(*at as usize));
        let at = match (row, node) {
            (Some(row), _) => self.of_row(row)?,
            (None, Some(node)) => Some(self.of_node(node)?),
            (None, None) => None,
        };
        let Some(at) = at else { return Ok(()) };
        let at = At { address: step.address.as_str(), ..at };
        let target = step.target.as_ref();
        match (&step.action, target) {
            (Action::Create, Some(target)) => self.create(at, row, target),
            (Action::Update, Some(target)) => self.update(at, row, target, step),
            (Action::Import, Some(target)) => self.import(at, target, step),
            (Action::Release, _) => row.map_or(Ok(()), |row| self.release(at, row)),
            (Action::Delete, _) => row.map_or(Ok(()), |row| self.end(row)),
            (Action::Ask, Some(question)) => match (at.kind.about().role, &step.answer) {
                (Role::Fact { frozen: true }, Some(_)) => Ok(()),
                _ => self.call(at, &AnyCall::Ask(question.text())),
            },
            (Action::Over, Some(question)) => self.call(at, &AnyCall::Over(question.text())),
            (Action::Record, _) if at.kind.about().role == Role::Resource => {
                row.map_or(Ok(()), |row| self.refresh(row, true))
            }
            _ => Ok(()),
        }
    }

    fn create(&mut self, at: At<'_>, row: Option<&Row>, target: &Raw) -> Result<()> {
        // One that was made already has its id: only the rest is missing.
        if let Some(row) = row.filter(|row| row.phase.id().is_some()) {
            self.refresh(row, true)?;
            return self.change_all(at, Some(row), target);
        }
        self.look_again(at)?;
        self.look(at, claimed(at.kind, target)?.as_ref())?;
        self.call(at, &AnyCall::Create(target.text()))
    }

    fn update(&mut self, at: At<'_>, row: Option<&Row>, target: &Raw, step: &Step) -> Result<()> {
        match row {
            Some(row) => self.refresh(row, true)?,
            None => self.look(at, None)?,
        }
        if row.is_some_and(|row| !matches!(row.phase, Phase::Live { .. })) {
            return self.change_all(at, row, target);
        }
        let (tags, fields): (Vec<_>, Vec<_>) =
            step.changes.iter().partition(|change| tag_of(&change.field).is_some());
        let from = before(target, step);
        let object = known(row, from.text());
        // Where our own tag is written again, no condition may ask for it.
        let stripped =
            tags.iter().any(|change| tag_of(&change.field).is_some_and(crate::driver::tags::is_ours));
        let at = At { stripped, ..at };
        if !fields.is_empty() || step.changes.is_empty() {
            let fields: BTreeSet<String> = if step.changes.is_empty() {
                at.kind.updatable(target.text())?
            } else {
                fields.iter().map(|change| change.field.clone()).collect()
            };
            self.call(at, &AnyCall::Change { object, to: target.text(), fields: &fields })?;
        }
        if tags.is_empty() {
            return Ok(());
        }
        let whole = tags.iter().any(|change| tag_of(&change.field) == Some(""));
        let set = whole || tags.iter().any(|change| !change.after.is_null());
        let unset = whole || tags.iter().any(|change| change.after.is_null());
        self.call(at, &AnyCall::Retag { object, set, unset })
    }

    /// Taking over an object of nobody: it is known by its id alone.
    fn import(&mut self, at: At<'_>, target: &Raw, step: &Step) -> Result<()> {
        let at = At { stripped: true, ..at };
        let from = before(target, step);
        if let Some(id) = &step.object {
            let key = shown_key(at.kind, id, target)?;
            self.look(at, Some(&key))?;
        }
        let object = AnyKnown { id: step.object.as_ref(), spec: from.text(), outputs: None };
        let fields = step.changes.iter().filter(|change| tag_of(&change.field).is_none());
        let fields: BTreeSet<String> = fields.map(|change| change.field.clone()).collect();
        if !fields.is_empty() {
            self.call(at, &AnyCall::Change { object, to: target.text(), fields: &fields })?;
        }
        if at.kind.about().identity.tagged() {
            self.call(at, &AnyCall::Retag { object, set: true, unset: false })?;
        }
        Ok(())
    }

    /// Taking our tags off an object.
    fn release(&mut self, at: At<'_>, row: &Row) -> Result<()> {
        self.refresh(row, true)?;
        let spec = current_spec(at.kind, row)?;
        self.call(at, &AnyCall::Retag { object: known(Some(row), spec.text()), set: false, unset: true })
    }

    /// Everything that may be changed in place.
    fn change_all(&mut self, at: At<'_>, row: Option<&Row>, target: &Raw) -> Result<()> {
        let object = known(row, target.text());
        let fields = at.kind.updatable(target.text())?;
        if !fields.is_empty() {
            self.call(at, &AnyCall::Change { object, to: target.text(), fields: &fields })?;
        }
        if at.kind.about().identity.tagged() {
            self.call(at, &AnyCall::Retag { object, set: true, unset: true })?;
        }
        Ok(())
    }

    /// The end of a recorded object.
    fn end(&mut self, row: &Row) -> Result<()> {
        let Some(at) = self.of_row(row)? else { return Ok(()) };
        if at.kind.about().role != Role::Resource {
            return self.call(at, &AnyCall::Over(row.phase.spec().text()));
        }
        let spec = current_spec(at.kind, row)?;
        if let Some(id) = row.phase.id() {
            let key = shown_key(at.kind, id, &spec)?;
            self.look(at, Some(&key))?;
        } else {
            self.look_again(at)?;
            self.look(at, claimed(at.kind, &spec)?.as_ref())?;
        }
        self.call(at, &AnyCall::Delete(known(Some(row), spec.text())))
    }

    /// Everything that can become of a declared node.
    fn life(&mut self, node: &Node) -> Result<()> {
        let at = self.of_node(node)?;
        if at.kind.about().role != Role::Resource {
            self.question(node, true)?;
            let question = self.known(&node.spec)?;
            return self.call(at, &AnyCall::Over(question.text()));
        }
        // Objects of the stack may be replaced: what is recorded of them is not for life. Answers of facts are.
        let spec = fill(&node.spec, &self.values(true))?;
        self.look_again(at)?;
        self.look(at, claimed(at.kind, &spec)?.as_ref())?;
        self.list(at)?;
        self.call(at, &AnyCall::Create(spec.text()))?;
        self.change_all(at, None, &spec)?;
        self.call(at, &AnyCall::Delete(known(None, spec.text())))
    }

    fn call(&mut self, at: At<'_>, call: &AnyCall<'_>) -> Result<()> {
        for mut permission in at.kind.permissions(call)? {
            let why = std::mem::take(&mut permission.why);
            let mut permission = self.settle(permission)?;
            if at.stripped && matches!(permission.target, Target::Objects { which: Which::One(_), .. }) {
                permission.conditions.retain(|condition| *condition != Condition::Ours);
            }
            let one = Use { address: at.address.to_owned(), verb: call.verb(), why };
            let text = serde_json::to_string(&permission).unwrap_or_default();
            let need = self.needs.entry((at.place, text));
            need.or_insert_with(|| Need { permission, uses: BTreeSet::new() }).uses.insert(one);
        }
        Ok(())
    }

    /// Puts what is known in the place of an object that is only named.
    fn settle(&self, mut permission: Permission) -> Result<Permission> {
        let Target::Objects { which, .. } = &mut permission.target else { return Ok(permission) };
        let Which::Later(expr) = which else { return Ok(permission) };
        let (found, ours) = match expr {
            Expr::Ref(reference) if !reference.import => self.named(reference)?,
            _ => (Which::Any, false),
        };
        *which = found;
        Ok(if ours && permission.by_tag { permission.ours() } else { permission })
    }

    /// Which object a reference names, and whether it carries our tag. A reference to `/id` or to an output `arn` names the object
    /// itself.
    fn named(&self, reference: &Reference) -> Result<(Which, bool)> {
        let node = self.stack.index.get(&reference.at).and_then(|at| self.stack.nodes.get(*at as usize));
        let Some(node) = node.filter(|_| matches!(&*reference.path, "/id" | "/outputs/arn")) else {
            return Ok((Which::Any, false));
        };
        let about = node.kind.about();
        if about.role != Role::Resource {
            return Ok((Which::Any, false));
        }
        let key = node.kind.key(self.known(&node.spec)?.text())?.as_ref().and_then(plain);
        Ok(match key.map(|key| key.value()) {
            Some(Value::String(name)) => (Which::One(name), false),
            _ => (Which::Any, about.identity.tagged()),
        })
    }
}

/// The id that a look-up for an object names, where it follows from the spec.
fn claimed(kind: &dyn AnyKind, spec: &Raw) -> Result<Option<Raw>> {
    let shown_in = kind.shown_in(spec.text())?;
    let key = if shown_in.is_some() { shown_in } else { kind.key(spec.text())? };
    Ok(key.as_ref().and_then(plain))
}

/// A key that is known, as an id.
fn plain(key: &crate::Key) -> Option<Raw> {
    Raw::parse(key.text().to_owned()).ok().filter(|key| marks(key.text()).is_empty())
}

fn known<'r>(row: Option<&'r Row>, spec: &'r str) -> AnyKnown<'r> {
    let phase = row.map(|row| &row.phase);
    AnyKnown { id: phase.and_then(Phase::id), spec, outputs: phase.and_then(Phase::outputs) }
}

/// The key of a changed tag; empty where all tags are meant.
fn tag_of(field: &str) -> Option<&str> {
    if field == "tags" { Some("") } else { field.strip_prefix("tags.") }
}

/// The spec from which a step changes its object.
fn before(target: &Raw, step: &Step) -> Raw {
    let mut value = target.value();
    if let Value::Object(fields) = &mut value {
        // What is told by its places is not put together again: whoever tells it so asks for the same whatever stands there.
        for change in step.changes.iter().filter(|change| change.path.is_empty()) {
            if let Some(field) = fields.get_mut(&change.field) {
                *field = change.before.clone();
            }
        }
    }
    Raw::encode(&value).unwrap_or_else(|_| target.clone())
}

fn fill(text: &Raw, values: &Values<'_>) -> Result<Raw> {
    let found = marks(text.text());
    if found.is_empty() {
        return Ok(text.clone());
    }
    let resolved = resolve(text.text(), &found, values, str::to_owned)?;
    Raw::parse(resolved.text.into_owned())
        .map_err(|error| crate::Error::internal("a resolved value is no JSON").because(error))
}

/// What is recorded of what is declared.
struct Values<'a> {
    stack: &'a Stack,
    recordings: Recordings<'a>,
    /// Whether only answers of facts count, which stay when objects are replaced.
    for_life: bool,
}

impl plan::Values for Values<'_> {
    fn value(&self, reference: &Reference) -> Option<Cow<'_, str>> {
        let node = self.stack.nodes.get(*self.stack.index.get(&reference.at)? as usize)?;
        let row = self.recordings.recorded.newest(reference.at.as_str())?;
        let about = node.kind.about();
        if *row.family != *about.family || (self.for_life && about.role == Role::Resource) {
            return None;
        }
        self.recordings.value(reference)
    }

    fn catalogue(&self) -> &Catalogue {
        self.recordings.catalogue
    }
}

//! What exists, and what each declared node will be: the planner's working data.

use super::{Request, Sight};
use crate::{
    Error, Raw, Result,
    driver::AnySeen,
    erase::{AnyKind, Change},
    graph::{Address, Stack},
    state::{Phase, Row},
};
use std::{borrow::Cow, collections::HashMap};

/// One object that exists, or may: a row, or what an earlier pass of this plan leaves.
#[expect(clippy::struct_excessive_bools, reason = "each says something of its own about the object")]
pub(super) struct Existing<'a> {
    /// Where it stands after renames.
    pub(super) address: Address,
    pub(super) generation: u32,
    pub(super) kind: &'static dyn AnyKind,
    /// The declared node whose object it is; none for what is to go.
    pub(super) node: Option<u32>,
    pub(super) life: Life,
    /// Its spec as far as it is known: as seen, or as recorded.
    pub(super) spec: Raw,
    pub(super) id: Option<&'a Raw>,
    pub(super) outputs: Option<&'a Raw>,
    pub(super) needs: Cow<'a, [Address]>,
    pub(super) row: Option<&'a Row>,
    pub(super) seen: Option<&'a AnySeen>,
    pub(super) retain: bool,
    pub(super) protect: bool,
    /// The step that made it what it is, in this plan.
    pub(super) made_by: Option<u32>,
    /// Outputs that a step of this plan may have moved.
    pub(super) moved: Vec<&'static str>,
    /// Whether it is gone after the passes planned so far.
    pub(super) over: bool,
    /// Whether it exists and becomes ours by this plan.
    pub(super) imported: bool,
}

impl Existing<'_> {
    /// Its id, where it has one: a fact has none.
    pub(super) fn object_id(&self) -> Option<Raw> {
        self.id.filter(|id| **id != Raw::null()).cloned()
    }
}

/// Where an object is in its life, for planning.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Life {
    Live,
    Creating,
    Settling,
    Deleting,
    Broken(String),
    /// Recorded, and gone from the cloud.
    Gone,
}

/// What happens to a declared node in one pass.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Decision {
    Stay,
    /// Only its row changes.
    Record,
    Create,
    Update,
    /// It becomes ours, and changes where it differs.
    Import,
    Replace,
    Ask,
}

/// What a declared node will be after one pass.
pub(super) struct Outlook {
    pub(super) existing: Option<u32>,
    pub(super) decision: Decision,
    pub(super) conditional: bool,
    pub(super) target: Raw,
    /// Whether further passes are needed.
    pub(super) limited: bool,
    pub(super) changes: Vec<Change>,
    pub(super) tags: Vec<(String, Option<String>, Option<String>)>,
    pub(super) moves: Vec<&'static str>,
    pub(super) notes: Vec<String>,
    pub(super) answer: Option<Raw>,
    pub(super) blocked: Option<String>,
}

impl Outlook {
    pub(super) fn acts(&self) -> bool {
        self.decision != Decision::Stay
    }
}

/// Everything that is recorded, joined with what was seen and what is declared.
pub(super) fn existing<'a>(request: &Request<'a>) -> Result<Vec<Existing<'a>>> {
    let stack = request.desired.stack;
    let renames = Renames::of(stack, request);
    let mut all: Vec<Existing<'a>> = Vec::with_capacity(request.recorded.len());
    let mut newest: Vec<Option<usize>> = vec![None; stack.nodes.len()];
    for row in request.recorded.rows() {
        let address = renames.new_address(&row.address).unwrap_or_else(|| row.address.clone());
        let declared = stack.index.get(&address).copied();
        let kind = kind_of(request, row, declared)?;
        let sight = request.observed.objects.get(&(row.address.clone(), row.generation));
        let seen = match sight {
            Some(Sight::Seen(seen)) => Some(&**seen),
            Some(Sight::Gone) | None => None,
        };
        let life = match (&row.phase, sight) {
            (Phase::Deleting { .. }, _) => Life::Deleting,
            (_, Some(Sight::Gone)) => Life::Gone,
            (Phase::Creating { .. }, _) => Life::Creating,
            (Phase::Broken { cause, .. }, _) => Life::Broken(cause.clone()),
            (Phase::Settling { .. }, _) => Life::Settling,
            (Phase::Live { .. }, _) => match seen.map(|seen| &seen.state) {
                Some(crate::SeenState::Failed(cause)) => Life::Broken(cause.clone()),
                _ => Life::Live,
            },
        };
        let of_this_kind = declared.filter(|node| {
            stack.nodes[*node as usize].kind.about().family == kind.about().family && life != Life::Deleting
        });
        let index = all.len();
        if let Some(node) = of_this_kind {
            // Rows come in the order in which they were made: the newest generation is the node's object.
            let known = &mut newest[node as usize];
            if known.is_none_or(|known: usize| all[known].generation < row.generation) {
                *known = Some(index);
            }
        }
        let recorded = current_spec(kind, row)?;
        let spec = match seen {
            Some(seen) if matches!(life, Life::Live | Life::Settling) => seen.spec.clone(),
            _ => recorded,
        };
        all.push(Existing {
            address,
            generation: row.generation,
            kind,
            node: None,
            id: row.phase.id(),
            outputs: seen.map(|seen| &seen.outputs).or(row.phase.outputs()),
            needs: needs(request, of_this_kind, renames.needs(&row.needs)),
            row: Some(row),
            seen,
            retain: row.retain,
            protect: row.protect,
            life,
            spec,
            made_by: None,
            moved: vec![],
            over: false,
            imported: request.wishes.imported.contains(&(row.address.clone(), row.generation)),
        });
    }
    for (node, index) in (0..).zip(newest) {
        let Some(index) = index else { continue };
        all[index].node = Some(node);
    }
    Ok(all)
}

/// What an object stands on: as it is recorded, and what its declaration means today.
fn needs<'a>(request: &Request<'a>, node: Option<u32>, recorded: Cow<'a, [Address]>) -> Cow<'a, [Address]> {
    let nodes = &request.desired.stack.nodes;
    let Some(node) = node.filter(|node| nodes[*node as usize].kind.about().arranged) else { return recorded };
    let declared = request.desired.needs.of(node).iter().map(|need| &nodes[*need as usize].address);
    let more: Vec<Address> = declared.filter(|need| !recorded.contains(need)).cloned().collect();
    if more.is_empty() {
        return recorded;
    }
    recorded.iter().cloned().chain(more).collect()
}

/// A row's spec in today's shape.
pub(crate) fn current_spec(kind: &dyn AnyKind, row: &Row) -> Result<Raw> {
    if row.version == kind.about().version {
        return Ok(row.phase.spec().clone());
    }
    kind.migrate(row.version, row.phase.spec())
}

fn kind_of(request: &Request<'_>, row: &Row, declared: Option<u32>) -> Result<&'static dyn AnyKind> {
    let declared = declared.map(|node| request.desired.stack.nodes[node as usize].kind);
    if let Some(kind) = declared
        && kind.about().family == &*row.family
    {
        return Ok(kind);
    }
    request.catalogue.of_family(&row.family).ok_or_else(|| unknown_family(row))
}

/// The error for a row whose kind this program does not know.
pub(crate) fn unknown_family(row: &Row) -> Error {
    Error::internal(format!(
        "`{}` is recorded as a {}, a kind that this program does not know",
        row.address, row.family
    ))
    .hint("add the backend's catalogue of kinds to the engine, such as `deathstar_aws::kinds()`")
}

/// Which recorded addresses have moved.
struct Renames {
    to: HashMap<Address, Address>,
}

impl Renames {
    fn of(stack: &Stack, request: &Request<'_>) -> Self {
        let mut to = HashMap::new();
        let any =
            !stack.renames.is_empty() || stack.nodes.iter().any(|node| node.options().renamed_from.is_some());
        if any {
            for node in &stack.nodes {
                if let Some(from) = &node.options().renamed_from
                    && moves(stack, request, from, &node.address)
                {
                    to.insert(from.clone(), node.address.clone());
                }
            }
            for row in request.recorded.rows() {
                for rename in &stack.renames {
                    if row.address.starts_with(&rename.from) {
                        let rest = &row.address.as_str()[rename.from.len()..];
                        let new = Address::unchecked(&format!("{}{rest}", rename.to));
                        if moves(stack, request, &row.address, &new) {
                            to.entry(row.address.clone()).or_insert(new);
                        }
                    }
                }
            }
        }
        Self { to }
    }

    fn new_address(&self, old: &Address) -> Option<Address> {
        self.to.get(old).cloned()
    }

    fn needs<'a>(&self, needs: &'a [Address]) -> Cow<'a, [Address]> {
        if needs.iter().any(|need| self.to.contains_key(need)) {
            Cow::Owned(needs.iter().map(|need| self.to.get(need).unwrap_or(need).clone()).collect())
        } else {
            Cow::Borrowed(needs)
        }
    }
}

/// A row moves when its new address is declared, its old one is not, and nothing is recorded at the new one.
fn moves(stack: &Stack, request: &Request<'_>, from: &Address, to: &Address) -> bool {
    !stack.index.contains_key(from)
        && stack.index.contains_key(to)
        && request.recorded.newest(to.as_str()).is_none()
}

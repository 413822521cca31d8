//! Objects that carry the stack's tag, and the rows that they get.

use super::{Survey, kind_name};
use crate::{
    Raw, SeenState,
    driver::{AnySeen, Tags, tags, token},
    erase::AnyKind,
    graph::{Address, Node},
    plan::{Blocker, Recovery, Sight, Unseen},
    state::{Phase, Row},
};
use std::{collections::BTreeMap, sync::Arc};

/// How many generations at one address are tried for a token.
const GENERATIONS: u32 = 1000;

/// An object that carries the stack's tag.
pub(super) struct Claim {
    pub(super) connection: u32,
    pub(super) kind: &'static dyn AnyKind,
    pub(super) seen: AnySeen,
}

impl Survey<'_> {
    /// Gives each object its row: the address is what its tag says, the generation what its token says.
    pub(super) fn place(&mut self, claims: Vec<Claim>, lineage: Option<&str>, found: &mut Recovery) {
        let mut at: BTreeMap<Address, Vec<Claim>> = BTreeMap::new();
        for claim in claims {
            let address = claim.seen.tags.get(tags::ADDRESS).and_then(|text| Address::parse(text).ok());
            match (address, claim.seen.tags.get(tags::TOKEN)) {
                (Some(address), Some(_)) => at.entry(self.renamed(address)).or_default().push(claim),
                _ => found.unseen.push(Unseen {
                    address: String::new(),
                    kind: claim.kind.about().family.to_owned(),
                    id: claim.seen.id.value(),
                    field: String::new(),
                    why: "it carries the tag of the stack, and no address and token beside it; it is left alone"
                        .into(),
                }),
            }
        }
        let own = self.recorded.stack.as_ref().map(|stack| stack.lineage.to_string());
        let lineages: Vec<&str> = own.as_deref().into_iter().chain(lineage).collect();
        for (address, claims) in at {
            let mut generations: BTreeMap<u32, &Claim> = BTreeMap::new();
            let alone = claims.len() == 1;
            let mut blocked = vec![];
            let before = self.recorded.newest(address.as_str()).map(|row| name(&row.family, row.phase.id()));
            for claim in &claims {
                let known = generation(&lineages, claim);
                // Which one it was does not matter where there is no other: its token stays, and new ones have another lineage.
                let generation = known.unwrap_or_else(|| self.recorded.next_generation(address.as_str()));
                let this = || name(claim.kind.about().family, Some(&claim.seen.id));
                if let Some(other) = before.as_ref().filter(|_| known.is_none()) {
                    blocked.push((other.clone(), this()));
                } else if let Some(other) = generations.insert(generation, claim) {
                    blocked.push((name(other.kind.about().family, Some(&other.seen.id)), this()));
                }
            }
            found.blockers.extend(blocked.iter().map(|(one, other)| contested(&address, one, other)));
            for (generation, claim) in generations {
                let row = self.row(&address, generation, claim, alone);
                self.observed
                    .objects
                    .insert((address.clone(), generation), Sight::Seen(Box::new(claim.seen.clone())));
                self.keep(row, found);
            }
        }
    }

    /// The address at which an object stands now, where the declaration says that it moved.
    fn renamed(&self, address: Address) -> Address {
        let stack = self.desired.stack;
        if stack.index.contains_key(&address) {
            return address;
        }
        let named = stack.nodes.iter().find(|node| node.options().renamed_from.as_ref() == Some(&address));
        if let Some(node) = named {
            return node.address.clone();
        }
        let moved = stack.renames.iter().find_map(|rename| {
            let rest = address.starts_with(&rename.from).then(|| &address.as_str()[rename.from.len()..])?;
            let new = Address::unchecked(&format!("{}{rest}", rename.to));
            stack.index.contains_key(&new).then_some(new)
        });
        moved.unwrap_or(address)
    }

    fn row(&self, address: &Address, generation: u32, claim: &Claim, alone: bool) -> Row {
        let about = claim.kind.about();
        let declared =
            self.node(address.as_str()).filter(|(_, node)| node.kind.about().family == about.family);
        let written = |node: &Node| -> Tags {
            let keys = node.tags.keys();
            keys.filter_map(|key| Some((key.clone(), claim.seen.tags.get(key)?.clone()))).collect()
        };
        let options = declared.filter(|_| alone).map(|(_, node)| node.options());
        Row {
            address: address.clone(),
            generation,
            family: about.family.into(),
            kind: kind_name(claim.kind, &claim.seen.spec),
            version: about.version,
            connection: claim.connection,
            token: claim.seen.tags.get(tags::TOKEN).map_or("", String::as_str).into(),
            tags: Arc::new(declared.map(|(_, node)| written(node)).unwrap_or_default()),
            needs: declared.map(|(index, _)| self.needs(index)).unwrap_or_default(),
            protect: options.is_some_and(|options| options.protect),
            retain: options.is_some_and(|options| options.retain),
            phase: phase(&claim.seen, claim.seen.spec.clone()),
        }
    }
}

/// Which generation a token is of.
fn generation(lineages: &[&str], claim: &Claim) -> Option<u32> {
    let (address, written) = (claim.seen.tags.get(tags::ADDRESS)?, claim.seen.tags.get(tags::TOKEN)?);
    lineages.iter().find_map(|lineage| {
        (1..=GENERATIONS).find(|generation| token(lineage, address, *generation) == *written)
    })
}

fn name(family: &str, id: Option<&Raw>) -> String {
    format!("{family} {}", id.map_or("?", Raw::text))
}

fn contested(address: &Address, one: &str, other: &str) -> Blocker {
    Blocker {
        address: address.clone(),
        why: format!("{one} and {other} both carry its owner tags, and nothing says which is the newer one"),
        fix: "give the lineage of the lost journal, which stands in its plans; or delete one of them, or take its tags off"
            .into(),
    }
}

/// The phase of what was seen.
pub(super) fn phase(seen: &AnySeen, spec: Raw) -> Phase {
    let id = seen.id.clone();
    match &seen.state {
        SeenState::Ready => Phase::Live { id, spec, outputs: seen.outputs.clone() },
        SeenState::Pending(_) => Phase::Settling { id, was: None, spec, op: None },
        SeenState::Failed(cause) => Phase::Broken { id, spec, cause: cause.clone() },
    }
}

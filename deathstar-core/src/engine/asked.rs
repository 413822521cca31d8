//! What is asked of a plan beside the declaration, checked before any call.

use super::{PlanError, PlanOptions};
use crate::{
    Diagnostic, Findings, Raw,
    apply::Wanted,
    erase::Role,
    graph::Address,
    plan::Desired,
    state::{Phase, Recorded},
};
use std::collections::BTreeSet;

/// What is asked of a plan, found in the declaration.
pub(super) struct Asked {
    pub(super) replace: BTreeSet<u32>,
    pub(super) imports: Vec<Wanted>,
}

/// Checks all options at once.
///
/// # Errors
/// With a finding for each that cannot be meant.
pub(super) fn check(
    options: &PlanOptions,
    desired: &Desired<'_>,
    recorded: &Recorded,
) -> Result<Asked, PlanError> {
    let mut findings = vec![];
    let mut asked = Asked { replace: BTreeSet::new(), imports: vec![] };
    let nodes = &desired.stack.nodes;
    for target in &options.targets {
        let declared = nodes.iter().any(|node| node.address.starts_with(target.as_str()));
        if !declared && !recorded.rows().any(|row| row.address.starts_with(target.as_str())) {
            let why = "nothing is declared or recorded there, so a plan cannot be about it";
            findings.push(finding("target.unknown", target, why, "name a resource or a scope"));
        }
    }
    for address in &options.replace {
        match desired.stack.index.get(address) {
            Some(index) if nodes[*index as usize].kind.about().role == Role::Resource => {
                asked.replace.insert(*index);
            }
            _ => {
                let why = "no resource is declared there, so it cannot be replaced";
                findings.push(finding("replace.unknown", address, why, "name a declared resource"));
            }
        }
    }
    if options.refresh_only {
        let other = [
            (options.destroy, "destroy"),
            (!options.replace.is_empty(), "replace"),
            (!options.imports.is_empty(), "import"),
            (!options.refresh, "no refresh"),
        ];
        findings.extend(other.iter().filter(|(asked, _)| *asked).map(|(_, name)| {
            let why = format!("a plan that only refreshes the record cannot do this too: {name}");
            Diagnostic::new("plan.options", why).fix("make two plans")
        }));
    }
    if options.destroy && !(options.replace.is_empty() && options.imports.is_empty()) {
        let why = "a plan that destroys can neither replace nor import";
        findings.push(Diagnostic::new("plan.options", why).fix("make two plans"));
    }
    imports(options, desired, recorded, &mut asked, &mut findings);
    if findings.is_empty() { Ok(asked) } else { Err(Findings(findings).into()) }
}

fn imports(
    options: &PlanOptions,
    desired: &Desired<'_>,
    recorded: &Recorded,
    asked: &mut Asked,
    findings: &mut Vec<Diagnostic>,
) {
    for (address, text) in &options.imports {
        let node = desired.stack.index.get(address).map(|index| &desired.stack.nodes[*index as usize]);
        let Some(node) = node.filter(|node| node.kind.about().role == Role::Resource) else {
            let why = "no resource is declared there, so nothing can be imported to it";
            findings.push(finding("import.unknown", address, why, "declare the object as it is first"));
            continue;
        };
        let id = match node.kind.read_id(text) {
            Ok(id) => id,
            Err(error) => {
                let fix = "give the id as the provider writes it, or as JSON";
                findings.push(finding("import.id", address, &error.to_string(), fix));
                continue;
            }
        };
        if let Some(row) = recorded.newest(address.as_str()) {
            let what = row.phase.id().map_or_else(|| "an object".into(), |id| format!("{} {id}", row.family));
            let why = format!("{what} is recorded there already");
            let fix = "forget it first, or import to another address";
            findings.push(finding("import.recorded", address, &why, fix));
            continue;
        }
        let family = node.kind.about().family;
        // Ids tell objects apart within a family and a place: a subnet and its association have the same.
        let provider = &desired.stack.providers[node.provider as usize];
        let here = (provider.place)(provider.config.text());
        let is_here = |config: &Raw| {
            let there = (provider.place)(config.text());
            here.is_none() || there.is_none() || here == there
        };
        let known = recorded.rows().find(|row| {
            *row.family == *family
                && row.phase.id() == Some(&id)
                && !matches!(row.phase, Phase::Deleting { .. })
                && recorded.connection(row.connection).is_none_or(|connection| is_here(&connection.config))
        });
        let wanted = asked.imports.iter().find(|other| {
            let of =
                desired.stack.index.get(&other.address).map(|index| &desired.stack.nodes[*index as usize]);
            let same = of.is_none_or(|of| {
                of.kind.about().family == family
                    && is_here(&desired.stack.providers[of.provider as usize].config)
            });
            other.address == *address || other.id == id && same
        });
        let other = known.map(|row| &row.address).or(wanted.map(|other| &other.address));
        if let Some(other) = other {
            let why = format!("{family} {id} cannot be imported there: `{other}` has it");
            findings.push(finding("import.taken", address, &why, "an object stands at one address"));
            continue;
        }
        asked.imports.push(Wanted { address: address.clone(), id });
    }
}

/// Checks that something is recorded at each address.
///
/// # Errors
/// With a finding for each where nothing is.
pub(super) fn recorded(addresses: &[Address], recorded: &Recorded) -> Result<(), PlanError> {
    let mut findings = vec![];
    for address in addresses {
        if !recorded.rows().any(|row| row.address.starts_with(address.as_str())) {
            let why = "nothing is recorded there, so there is nothing to forget";
            findings.push(finding("forget.unknown", address, why, "`state list` lists all addresses"));
        }
    }
    if findings.is_empty() { Ok(()) } else { Err(Findings(findings).into()) }
}

fn finding(code: &'static str, address: &Address, why: &str, fix: &str) -> Diagnostic {
    Diagnostic::new(code, why).on(address).fix(fix)
}

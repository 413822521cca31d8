//! Planning: check, observe, compare.

use super::{Engine, Forget, PlanError, PlanOptions, Recover, asked};
use crate::{
    Diagnostic, Error, Findings, Permissions, Raw, Stack,
    apply::{self, Clients, Survey},
    permission,
    plan::{self, Blocker, Desired, MadeFrom, Mode, Observed, Plan, PlanData, Request, Wishes},
    state::{Loaded, Recorded},
};
use foldhash::HashMap;
use serde_json::Value;
use std::{collections::BTreeMap, sync::Arc};

/// Exports of other stacks, by stack and name.
type Imports = HashMap<(String, String), Raw>;

/// What a plan is made from, but for what was observed.
#[derive(Clone, Copy)]
struct About<'a> {
    desired: &'a Desired<'a>,
    recorded: &'a Recorded,
    secret_key: Option<[u8; 32]>,
    mode: Mode,
    wishes: &'a Wishes,
}

impl Engine {
    /// Plans what brings the cloud to what is declared. All findings of the whole stack come before any call.
    ///
    /// # Errors
    /// With findings, or when the state or the cloud cannot be read.
    ///
    /// # Cancel safety
    /// Safe: planning changes nothing.
    pub async fn plan<'s>(&self, stack: &'s Stack) -> Result<Plan<'s>, PlanError> {
        self.plan_with(stack, PlanOptions::default()).await
    }

    /// Plans the end of everything that the stack has.
    ///
    /// # Errors
    /// As [`Engine::plan`].
    ///
    /// # Cancel safety
    /// Safe: planning changes nothing.
    pub async fn destroy<'s>(&self, stack: &'s Stack) -> Result<Plan<'s>, PlanError> {
        self.plan_with(stack, PlanOptions::default().destroy(true)).await
    }

    /// Plans to make objects ours that exist already, each an address and an id, and does nothing that they do not need.
    ///
    /// The plan reads each object and compares it with its declaration; see [`PlanOptions::import`].
    ///
    /// # Errors
    /// As [`Engine::plan`]; and when an address is not declared, or an object is recorded already.
    ///
    /// # Cancel safety
    /// Safe: planning changes nothing.
    pub async fn import<'s>(
        &self,
        stack: &'s Stack,
        objects: impl IntoIterator<Item = (&str, &str)>,
    ) -> Result<Plan<'s>, PlanError> {
        let objects = objects.into_iter();
        let options = objects.fold(PlanOptions::default(), |all, (at, id)| all.import(at, id).target(at));
        self.plan_with(stack, options).await
    }

    /// Plans in one of these ways.
    ///
    /// # Errors
    /// As [`Engine::plan`].
    ///
    /// # Cancel safety
    /// Safe: planning changes nothing.
    pub async fn plan_with<'s>(&self, stack: &'s Stack, options: PlanOptions) -> Result<Plan<'s>, PlanError> {
        let work = async {
            let desired = plan::check(stack, &self.backend.catalogue)?;
            let loaded = self.store.read().await?;
            let recorded = &loaded.recorded;
            same_stack(recorded, stack)?;
            let asked = asked::check(&options, &desired, recorded)?;
            let key = self.key(stack).await?;
            let clients = Clients::new(Arc::clone(&self.backend), stack, key);
            let imports = self.imports(&desired).await?;
            let mut observed = Observed { imports, ..Observed::default() };
            if options.refresh {
                apply::objects(&clients, recorded, self.patience, &mut observed).await?;
            }
            let mut wishes = Wishes { replace: asked.replace, ..Wishes::default() };
            let mut blockers: Vec<Blocker> = vec![];
            let mut known = None;
            if !asked.imports.is_empty() {
                let mut survey = Survey::new(
                    &clients,
                    &desired,
                    self.patience,
                    key,
                    recorded,
                    std::mem::take(&mut observed),
                );
                let (imported, refused) = survey.import(asked.imports, options.refresh).await?;
                wishes.imported = imported;
                blockers = refused;
                (known, observed) = (Some(survey.recorded), survey.observed);
            }
            let with_found = known.as_ref().unwrap_or(recorded);
            apply::facts(&clients, &desired, with_found, self.patience, &mut observed, options.refresh)
                .await?;
            let mode = if options.destroy { Mode::Destroy } else { Mode::Apply };
            let about =
                About { desired: &desired, recorded: with_found, secret_key: key, mode, wishes: &wishes };
            let request = self.request(about, &observed);
            let mut data =
                if options.refresh_only { plan::refresh_only(&request)? } else { plan::plan(&request)? };
            if options.refresh && options.rehearse && !options.refresh_only && !options.destroy {
                observed.rehearsals = apply::rehearse(&clients, &request, self.patience, &data.steps).await?;
                if observed.rehearsals.values().any(|said| !said.fixed.is_empty()) {
                    data = plan::plan(&self.request(about, &observed))?;
                } else {
                    // Nothing has to be replaced for it: the same steps get the answers.
                    data.blockers.extend(plan::annotate(&mut data.steps, &observed));
                }
            }
            if options.refresh && !options.refresh_only {
                let request = self.request(about, &observed);
                let losses = apply::losses(&clients, &request, self.patience, &data.steps).await?;
                plan::weigh(&mut data.steps, &losses);
            }
            if known.is_some() {
                data.base = plan::base(&desired, recorded, key.as_ref()).base;
            }
            data.blockers.extend(blockers);
            data.blockers.sort_by(|a, b| (&a.address, &a.why).cmp(&(&b.address, &b.why)));
            data.notes.splice(0..0, loaded.notes.iter().cloned());
            if !options.targets.is_empty() {
                plan::select(&mut data, &desired, &options.targets);
            }
            let mut plan = data.with(stack);
            let catalogue = self.backend.catalogue.clone();
            plan.made_from = Some(Box::new(MadeFrom { desired, loaded, catalogue }));
            Ok(plan)
        };
        self.backend.clock.drive(work).await
    }

    /// What has to be allowed for everything that can become of a stack: to make, change, replace and delete each object, to look at
    /// it and to find it again. It asks nobody but the journal, so it can be told before the first plan.
    ///
    /// [`Plan::permissions`] tells what one plan needs.
    ///
    /// # Errors
    /// With findings, or when the state cannot be read.
    pub async fn permissions(&self, stack: &Stack) -> Result<Permissions, PlanError> {
        plan::check(stack, &self.backend.catalogue)?;
        let Loaded { recorded, .. } = self.store.read().await?;
        same_stack(&recorded, stack)?;
        Ok(permission::of_life(stack, &recorded, &self.backend.catalogue)?)
    }

    /// Plans to drop rows from the record and to leave their objects in the cloud, by choice without our tags.
    ///
    /// What others still need is refused, unless they are dropped too.
    ///
    /// # Errors
    /// With findings, when the state cannot be read, or when nothing is recorded at an address.
    ///
    /// # Cancel safety
    /// Safe: planning changes nothing.
    pub async fn forget<'s>(&self, stack: &'s Stack, what: Forget) -> Result<Plan<'s>, PlanError> {
        let desired = plan::check(stack, &self.backend.catalogue)?;
        let Loaded { recorded, notes, .. } = self.store.read().await?;
        same_stack(&recorded, stack)?;
        asked::recorded(&what.addresses, &recorded)?;
        let key = self.key(stack).await?;
        let mut data = plan::forget(&desired, &recorded, key.as_ref(), &what.addresses, what.release);
        data.notes = notes;
        Ok(data.with(stack))
    }

    /// Plans to rebuild a lost journal from what the cloud shows: rows only, the cloud is not touched.
    ///
    /// Every kind of the stack is listed by owner tag on every connection. Tokens stay as they are written; the new journal has a
    /// lineage of its own, so that no new object gets a token that was used before. What cannot be told stands in
    /// [`PlanData::unseen`].
    ///
    /// # Errors
    /// With findings, when the cloud cannot be read, or when the journal has rows: they are never overwritten.
    ///
    /// # Cancel safety
    /// Safe: planning changes nothing.
    pub async fn recover<'s>(&self, stack: &'s Stack, how: Recover) -> Result<Plan<'s>, PlanError> {
        let work = async {
            let desired = plan::check(stack, &self.backend.catalogue)?;
            let Loaded { recorded, notes, .. } = self.store.read().await?;
            same_stack(&recorded, stack)?;
            if !recorded.is_empty() {
                return Err(PlanError::Recorded { rows: recorded.len() });
            }
            let key = self.key(stack).await?;
            let clients = Clients::new(Arc::clone(&self.backend), stack, key);
            let observed = Observed { imports: self.imports(&desired).await?, ..Observed::default() };
            let mut survey = Survey::new(&clients, &desired, self.patience, key, &recorded, observed);
            let found = survey.recover(how.lineage.as_deref(), how.all_kinds).await?;
            let next = self.next(&desired, &survey.recorded, &survey.observed, key)?;
            let mut data = plan::recovery(&desired, &recorded, key.as_ref(), found, Some(next.summary()));
            data.notes.extend(notes);
            Ok(data.with(stack))
        };
        self.backend.clock.drive(work).await
    }

    /// The plan that would follow if this were recorded.
    fn next(
        &self,
        desired: &Desired<'_>,
        recorded: &Recorded,
        observed: &Observed,
        secret_key: Option<[u8; 32]>,
    ) -> Result<PlanData, PlanError> {
        let wishes = Wishes::default();
        let about = About { desired, recorded, secret_key, mode: Mode::Apply, wishes: &wishes };
        Ok(plan::plan(&self.request(about, observed))?)
    }

    fn request<'a>(&'a self, about: About<'a>, observed: &'a Observed) -> Request<'a> {
        let About { desired, recorded, secret_key, mode, wishes } = about;
        Request { desired, recorded, observed, catalogue: &self.backend.catalogue, secret_key, mode, wishes }
    }

    /// The values of all exports that the stack reads from others.
    async fn imports(&self, desired: &Desired<'_>) -> Result<Imports, PlanError> {
        let mut values = Imports::default();
        let mut findings = vec![];
        let mut read: BTreeMap<String, BTreeMap<String, Value>> = BTreeMap::new();
        for (address, stack, export) in desired.imports() {
            if !read.contains_key(stack) {
                let Some((_, store)) = self.others.iter().find(|(name, _)| **name == *stack) else {
                    let why = format!(
                        "it reads `{export}` of stack `{stack}`, whose journal this engine does not know"
                    );
                    let fix = "tell the engine with `Engine::reading`";
                    findings.push(Diagnostic::new("import.unknown-stack", why).on(address).fix(fix));
                    continue;
                };
                let loaded = store.read().await?;
                read.insert(stack.to_owned(), plan::exports(&loaded.recorded, &self.backend.catalogue));
            }
            if let Some(value) = read.get(stack).and_then(|exports| exports.get(export)) {
                let value = Raw::encode(value)
                    .map_err(|error| Error::internal("an export cannot be encoded").because(error))?;
                values.insert((stack.to_owned(), export.to_owned()), value);
            } else {
                let why = format!(
                    "it reads `{export}` of stack `{stack}`, which has no such export with a known value"
                );
                let fix = "export it there and apply that stack first";
                findings.push(Diagnostic::new("import.unknown-export", why).on(address).fix(fix));
            }
        }
        if findings.is_empty() { Ok(values) } else { Err(Findings(findings).into()) }
    }
}

fn same_stack(recorded: &Recorded, stack: &Stack) -> Result<(), PlanError> {
    match &recorded.stack {
        Some(other) if *other.name != *stack.name() => {
            Err(PlanError::OtherStack { recorded: other.name.to_string(), declared: stack.name().to_owned() })
        }
        _ => Ok(()),
    }
}

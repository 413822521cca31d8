//! Planning: check, observe, compare.

use super::{Engine, PlanError, PlanOptions};
use crate::{
    Diagnostic, Error, Findings, Permissions, Raw, Stack,
    apply::{self, Clients},
    permission,
    plan::{self, Desired, MadeFrom, Mode, Plan, Request},
    state::{Loaded, Recorded},
};
use serde_json::Value;
use std::{
    collections::{BTreeMap, HashMap},
    sync::Arc,
};

/// Exports of other stacks, by stack and name.
type Imports = HashMap<(String, String), Raw>;

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
            let key = self.key(stack).await?;
            let clients = Clients::new(Arc::clone(&self.backend), stack);
            let imports = self.imports(&desired).await?;
            let mut observed =
                apply::observe(&clients, &desired, recorded, self.patience, options.refresh).await?;
            observed.imports = imports;
            let mode = if options.destroy { Mode::Destroy } else { Mode::Apply };
            let request = Request {
                desired: &desired,
                recorded,
                observed: &observed,
                catalogue: &self.backend.catalogue,
                secret_key: key,
                mode,
            };
            let mut data = plan::plan(&request)?;
            data.notes.clone_from(&loaded.notes);
            let mut plan = data.with(stack);
            let catalogue = self.backend.catalogue.clone();
            plan.made_from = Some(MadeFrom { desired, loaded, catalogue });
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

    /// The values of all exports that the stack reads from others.
    async fn imports(&self, desired: &Desired<'_>) -> Result<Imports, PlanError> {
        let mut values = Imports::new();
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

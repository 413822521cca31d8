//! `permissions`.

use super::Work;
use crate::{
    Permissions, PlanOptions, Stack,
    cli::{Problem, arguments::PermissionsArguments},
    permission::Policy,
};
use serde_json::json;
use std::path::Path;

/// The name and version of what `permissions --json` prints.
const FORMAT: &str = "deathstar.permissions/1";

impl Work<'_> {
    /// Shows the policies that allow a plan, or everything that can become of the stack.
    ///
    /// # Errors
    /// When planning fails, or when a file cannot be written.
    pub(in crate::cli) async fn permissions(
        &mut self,
        stack: &Stack,
        arguments: &PermissionsArguments,
    ) -> Result<u8, Problem> {
        let permissions = if arguments.whole_life {
            self.engine.permissions(stack).await?
        } else {
            self.engine
                .plan(stack, PlanOptions::default().refresh(!arguments.no_refresh).destroy(arguments.destroy))
                .await?
                .permissions()?
        };
        let policies = permissions.policies()?;
        if arguments.json.json {
            self.console.json(&document(&permissions, &policies))?;
            return Ok(0);
        }
        if permissions.is_empty() {
            self.console.say("Nothing is called, so nothing has to be allowed.\n");
        } else if policies.is_empty() {
            self.console.say("No provider has a form for this; `--json` lists what has to be allowed.\n");
        }
        for policy in &policies {
            if let Some(directory) = &arguments.out {
                let path = write(directory, policy)?;
                self.console.say(&format!("{path}: for {}\n", policy.grantee));
            } else {
                if policies.len() > 1 {
                    self.console.say(&format!("{}: for {}\n", policy.name, policy.grantee));
                }
                self.console.json(&policy.document)?;
            }
            for note in &policy.notes {
                self.console.say(&format!("{}: {note}\n", policy.name));
            }
        }
        Ok(0)
    }
}

fn document(permissions: &Permissions, policies: &[Policy]) -> serde_json::Value {
    let needs: Vec<_> = permissions
        .needs()
        .map(|(connection, need)| {
            let mut one = json!(need);
            one["connection"] = connection.into();
            one
        })
        .collect();
    json!({ "format": FORMAT, "stack": permissions.stack(), "policies": policies, "needs": needs })
}

/// Writes a document into a directory, under its name.
fn write(directory: &Path, policy: &Policy) -> Result<String, Problem> {
    let path = directory.join(&policy.name).with_added_extension("json");
    let mut text = serde_json::to_string_pretty(&policy.document)?;
    text.push('\n');
    std::fs::create_dir_all(directory).and_then(|()| std::fs::write(&path, text)).map_err(|error| {
        Problem::new(format!("the policy cannot be written to {}", path.display())).cause(error.to_string())
    })?;
    Ok(path.display().to_string())
}

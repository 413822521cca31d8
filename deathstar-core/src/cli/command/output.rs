//! `output`.

use super::Work;
use crate::{
    cli::{Problem, arguments::OutputArguments},
    plan::value_text,
};
use serde_json::{Value, json};
use std::fmt::Write as _;

/// The name and version of what `output --json` prints.
const FORMAT: &str = "deathstar.outputs/1";

impl Work<'_> {
    /// Shows exports, from the recorded state alone.
    ///
    /// # Errors
    /// When the state cannot be read, or has no such export.
    pub(in crate::cli) async fn output(&mut self, arguments: &OutputArguments) -> Result<u8, Problem> {
        let outputs = self.engine.outputs().await?;
        let json = arguments.json.json;
        if let Some(name) = &arguments.name {
            let Some(value) = outputs.get(name) else {
                let names: Vec<_> = outputs.keys().map(String::as_str).collect();
                let known = if names.is_empty() { "none are recorded".into() } else { names.join(", ") };
                return Err(Problem::new(format!("there is no export `{name}`"))
                    .hint(format!("the exports are: {known}; one that is new is known after `apply`")));
            };
            match value {
                _ if json => self.console.json(value)?,
                Value::String(text) => self.console.data(&format!("{text}\n"))?,
                value => self.console.data(&format!("{value}\n"))?,
            }
        } else if json {
            self.console.json(&json!({ "format": FORMAT, "outputs": outputs }))?;
        } else {
            let widest = outputs.keys().map(|name| name.chars().count()).max().unwrap_or(0);
            let mut lines = String::new();
            for (name, value) in &outputs {
                let _ = writeln!(lines, "{name:widest$} = {}", value_text(value));
            }
            self.console.data(&lines)?;
        }
        Ok(0)
    }
}

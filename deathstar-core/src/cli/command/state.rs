//! `state list` and `state show`.

use super::Work;
use crate::{
    cli::{Problem, arguments::Json},
    plan::{row_text, value_text},
    state::{Recorded, Row},
};
use serde_json::{Value, json};

/// The name and version of what `state list --json` and `state show --json` print.
const FORMAT: &str = "deathstar.state/1";

impl Work<'_> {
    /// Lists what is recorded.
    ///
    /// # Errors
    /// When the state cannot be read.
    pub(in crate::cli) async fn list(&mut self, arguments: Json) -> Result<u8, Problem> {
        let recorded = self.recorded().await?;
        let mut rows: Vec<_> = recorded.rows().collect();
        rows.sort_by(|a, b| (&a.address, a.generation).cmp(&(&b.address, b.generation)));
        if arguments.json {
            let rows: Vec<_> = rows.iter().map(|row| short(row, &recorded)).collect();
            self.console.json(&document(&recorded, &rows))?;
        } else {
            self.console.data(&table(&rows))?;
        }
        Ok(0)
    }

    /// Shows everything that is recorded of one address.
    ///
    /// # Errors
    /// When the state cannot be read, or has nothing at the address.
    pub(in crate::cli) async fn show(&mut self, address: &str, arguments: Json) -> Result<u8, Problem> {
        let recorded = self.recorded().await?;
        let mut rows: Vec<_> = recorded.at(address).collect();
        rows.sort_by_key(|row| row.generation);
        if rows.is_empty() {
            let below = recorded.rows().filter(|row| row.address.starts_with(address)).count();
            let hint = match below {
                0 => "`state list` lists all addresses".to_owned(),
                count => format!("{count} objects stand below it; `state list` lists all addresses"),
            };
            return Err(Problem::new(format!("nothing is recorded at `{address}`")).hint(hint));
        }
        if arguments.json {
            let rows: Vec<_> = rows.iter().map(|row| whole(row, &recorded)).collect();
            self.console.json(&document(&recorded, &rows))?;
        } else {
            let options = self.options(true, true);
            let texts: Vec<_> = rows.iter().map(|row| row_text(row, &recorded, &options)).collect();
            self.console.data(&texts.join("\n"))?;
        }
        Ok(0)
    }

    async fn recorded(&mut self) -> Result<Recorded, Problem> {
        let loaded = self.engine.recorded().await?;
        for note in &loaded.notes {
            self.console.say(&format!("note: {note}\n"));
        }
        Ok(loaded.recorded)
    }
}

fn document(recorded: &Recorded, rows: &[Value]) -> Value {
    let stack = recorded.stack.as_ref();
    json!({
        "format": FORMAT,
        "stack": stack.map(|stack| stack.name.to_string()),
        "lineage": stack.map(|stack| stack.lineage.to_string()),
        "serial": recorded.serial,
        "rows": rows,
    })
}

/// A row without its spec and outputs.
fn short(row: &Row, recorded: &Recorded) -> Value {
    json!({
        "address": row.address,
        "generation": row.generation,
        "family": row.family,
        "kind": row.kind.as_ref().unwrap_or(&row.family),
        "connection": recorded.connection(row.connection).map(|connection| connection.name.to_string()),
        "phase": row.phase.name(),
        "id": row.phase.id(),
        "protect": row.protect,
        "retain": row.retain,
    })
}

fn whole(row: &Row, recorded: &Recorded) -> Value {
    let mut value = short(row, recorded);
    value["version"] = json!(row.version);
    value["token"] = json!(row.token);
    value["tags"] = json!(row.tags);
    value["needs"] = json!(row.needs);
    value["spec"] = json!(row.phase.spec());
    value["outputs"] = json!(row.phase.outputs());
    value
}

/// Rows as a table.
fn table(rows: &[&Row]) -> String {
    let cells: Vec<[String; 4]> = rows
        .iter()
        .map(|row| {
            let generation = if row.generation > 1 { format!(" #{}", row.generation) } else { String::new() };
            [
                format!("{}{generation}", row.address),
                row.kind.as_ref().unwrap_or(&row.family).to_string(),
                row.phase.name().to_owned(),
                row.phase.id().map_or_else(String::new, |id| match id.value() {
                    Value::String(id) => id,
                    other => value_text(&other),
                }),
            ]
        })
        .collect();
    let width = |column: usize| cells.iter().map(|row| row[column].chars().count()).max().unwrap_or(0);
    let (address, kind, phase) = (width(0), width(1), width(2));
    let line = |row: &[String; 4]| {
        let line = format!("{:address$}  {:kind$}  {:phase$}  {}", row[0], row[1], row[2], row[3]);
        format!("{}\n", line.trim_end())
    };
    cells.iter().map(line).collect()
}

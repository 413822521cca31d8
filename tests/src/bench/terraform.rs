//! Terraform on the same graph: each resource is a `terraform_data`, whose input is the spec.

use super::{case::Case, floor, measure::Stopwatch, process::run_to_end, report::Line};
use anyhow::Result;
use serde_json::{Map, Value, json};
use std::{collections::HashMap, fs, path::Path, process::Command};

/// The largest graph that it is asked to plan.
const LARGEST: usize = 10_000;

/// The Terraform on the `PATH`.
#[derive(Clone, Debug)]
pub struct Terraform {
    version: String,
}

impl Terraform {
    /// Looks for it.
    pub fn on_the_path() -> Option<Self> {
        let output = command(Path::new(".")).args(["version", "-json"]).output().ok()?;
        let told: Value = serde_json::from_slice(&output.stdout).ok()?;
        Some(Self { version: told.get("terraform_version")?.as_str()?.to_owned() })
    }

    /// Its version.
    pub fn version(&self) -> &str {
        &self.version
    }

    /// Whether it takes part in a case.
    pub fn takes(case: Case, resources: usize) -> bool {
        let takes =
            matches!(case, Case::PlanEmpty | Case::PlanNoop | Case::Apply | Case::Destroy | Case::ChainApply);
        takes && resources <= LARGEST
    }

    /// Runs a case so many times, in a directory of its own.
    ///
    /// # Errors
    /// When it fails.
    pub fn run(&self, case: Case, resources: usize, runs: usize, directory: &Path) -> Result<Line> {
        let (mut seconds, mut peak) = (vec![], 0);
        for run in 0..runs {
            let directory = directory.join(format!("terraform-{run}"));
            fs::create_dir_all(&directory)?;
            write(case, resources, &directory)?;
            run_to_end(command(&directory).args(["init", "-input=false"]), &[0])?;
            let watch = Stopwatch::start();
            // With `-detailed-exitcode` 2 says that there are changes.
            let memory = run_to_end(command(&directory).args(arguments(case)), &[0, 2])?;
            seconds.push(watch.read().as_secs_f64());
            peak = peak.max(memory);
        }
        Ok(Line::of(case, "terraform", resources, &seconds, Some(peak)))
    }
}

fn arguments(case: Case) -> &'static [&'static str] {
    match case {
        Case::Apply | Case::ChainApply => &["apply", "-auto-approve", "-input=false"],
        Case::Destroy => &["destroy", "-auto-approve", "-input=false"],
        _ => &["plan", "-refresh=false", "-input=false", "-detailed-exitcode"],
    }
}

fn command(directory: &Path) -> Command {
    let mut command = Command::new("terraform");
    command.current_dir(directory).env("CHECKPOINT_DISABLE", "1").env("TF_IN_AUTOMATION", "1");
    command
}

/// Writes the configuration of a case, and the state where it begins with one.
fn write(case: Case, resources: usize, directory: &Path) -> Result<()> {
    let specs = floor::specs(case.graph(resources))?;
    let (mut declared, mut recorded) = (Map::new(), vec![]);
    let mut known: HashMap<String, Value> = HashMap::new();
    for (number, (address, spec)) in (1..).zip(specs) {
        let name = name(&address);
        let mut needs = vec![];
        let input = input(&spec, &mut |at, path| {
            needs.push(format!("terraform_data.{at}"));
            let path = path.replace("/spec/", "/output/").replace("/outputs/address", "/id");
            json!(format!("${{terraform_data.{at}{}}}", path.replace('/', ".")))
        });
        let resolved = input_of_state(&spec, &known);
        known.insert(format!("{name}/id"), json!(id(number)));
        known.insert(format!("{name}/spec"), resolved.clone());
        let typed = json!({ "value": resolved, "type": type_of(&resolved) });
        recorded.push(json!({
            "mode": "managed",
            "type": "terraform_data",
            "name": name,
            "provider": "provider[\"terraform.io/builtin/terraform\"]",
            "instances": [{
                "schema_version": 0,
                "attributes": { "id": id(number), "input": typed, "output": typed, "triggers_replace": null },
                "sensitive_attributes": [],
                "dependencies": needs,
            }],
        }));
        declared.insert(name, json!({ "input": input }));
    }
    let main = json!({ "resource": { "terraform_data": declared } });
    fs::write(directory.join("main.tf.json"), serde_json::to_vec(&main)?)?;
    if matches!(case, Case::PlanNoop | Case::Destroy) {
        let state = json!({
            "version": 4,
            "terraform_version": "1.0.0",
            "serial": 1,
            "lineage": id(0),
            "outputs": {},
            "resources": recorded,
        });
        fs::write(directory.join("terraform.tfstate"), serde_json::to_vec(&state)?)?;
    }
    Ok(())
}

fn id(number: u64) -> String {
    format!("00000000-0000-4000-8000-{number:012x}")
}

/// An address as a name that Terraform takes.
fn name(address: &str) -> String {
    address.replace('/', "_").replace('.', "-")
}

/// A spec without nulls, its references replaced.
fn input(spec: &Value, replace: &mut impl FnMut(&str, &str) -> Value) -> Value {
    if let Some([_, Value::String(at), Value::String(path)]) = reference(spec) {
        return replace(&name(at), path);
    }
    match spec {
        Value::Object(map) => {
            let fields = map.iter().filter(|(_, value)| !value.is_null());
            Value::Object(fields.map(|(key, value)| (key.clone(), input(value, replace))).collect())
        }
        Value::Array(items) => items.iter().map(|item| input(item, replace)).collect(),
        other => other.clone(),
    }
}

fn reference(value: &Value) -> Option<&[Value]> {
    Some(value.get("$deathstar")?.get("ref")?.as_array()?.as_slice())
}

fn input_of_state(spec: &Value, known: &HashMap<String, Value>) -> Value {
    input(spec, &mut |at, path| {
        let found = match path.strip_prefix("/spec/") {
            Some(field) => known.get(&format!("{at}/spec")).and_then(|spec| spec.get(field)),
            None => known.get(&format!("{at}/id")),
        };
        found.cloned().unwrap_or_default()
    })
}

/// The type of a value, as Terraform's state writes it.
fn type_of(value: &Value) -> Value {
    match value {
        Value::Null => json!("dynamic"),
        Value::Bool(_) => json!("bool"),
        Value::Number(_) => json!("number"),
        Value::String(_) => json!("string"),
        Value::Array(items) => json!(["tuple", items.iter().map(type_of).collect::<Vec<_>>()]),
        Value::Object(map) => {
            let fields: Map<_, _> = map.iter().map(|(key, value)| (key.clone(), type_of(value))).collect();
            json!(["object", fields])
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_configuration_has_the_graph_and_the_state_its_values() {
        let directory = tempfile::tempdir().unwrap();
        write(Case::PlanNoop, 60, directory.path()).unwrap();
        let read = |name: &str| -> Value {
            serde_json::from_slice(&fs::read(directory.path().join(name)).unwrap()).unwrap()
        };
        let declared = read("main.tf.json");
        let declared = declared["resource"]["terraform_data"].as_object().unwrap();
        assert_eq!(declared.len(), 60);
        assert_eq!(
            declared["cluster-0_pool-north-a"]["input"]["version"],
            "${terraform_data.cluster-0_control-plane.output.version}"
        );
        let state = read("terraform.tfstate");
        let pool =
            state["resources"].as_array().unwrap().iter().find(|r| r["name"] == "cluster-0_pool-north-a");
        let instance = &pool.unwrap()["instances"][0];
        assert_eq!(instance["attributes"]["input"]["value"]["version"], "1.33");
        assert_eq!(instance["attributes"]["input"]["type"][1]["least"], "number");
        assert_eq!(instance["dependencies"].as_array().unwrap().len(), 3);
    }
}

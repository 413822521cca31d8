//! The floor: what any correct tool has to do, as a bare loop without the engine.
//!
//! | case | what the loop does |
//! |---|---|
//! | `plan-empty` | builds the typed specs, encodes each once, collects who needs whom, finds an order |
//! | `plan-noop` | reads the state file, parses one row a line; builds the specs with the recorded ids in the place of references, encodes them, compares the bytes; finds an order |
//! | `apply`, `chain-apply` | as `plan-empty`; builds and encodes the specs once more with the ids of what was made; for each level of the graph appends the intents of its resources in one write, syncs once, and writes the id and the outputs of each as its answer comes; a last sync |
//! | `destroy` | reads the state file, finds an order; for each level from the top appends the intents of its resources in one write, syncs once, and writes of each that it is gone as that answer comes; a last sync |
//!
//! It has no cloud: ids come from [`Resource::simulate`], at once. It checks nothing: no holds, no tags, no checksums, no lock, no
//! findings, no report, and it survives no damage.

use super::graph::{Graph, Sink};
use crate::kinds::Imagined;
use anyhow::{Context as _, Result, ensure};
use deathstar_core::{
    Address, Expr, Identity, Input, Resource,
    graph::Reference,
    memory::{Call, Latency},
};
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use serde_json::value::RawValue;
use std::{
    collections::HashMap,
    fs::{self, File},
    io::Write as _,
    path::Path,
    sync::Arc,
    time::Duration,
};

/// One line of the floor's state file.
#[derive(Debug, Serialize, Deserialize)]
struct Row<'a> {
    address: &'a str,
    family: &'a str,
    #[serde(borrow)]
    id: &'a RawValue,
    #[serde(borrow)]
    spec: &'a RawValue,
    #[serde(borrow)]
    outputs: &'a RawValue,
    needs: Vec<&'a str>,
}

/// One line of the floor's journal.
#[derive(Debug, Serialize)]
#[serde(rename_all = "kebab-case")]
enum Entry<'a> {
    Creating { address: &'a str, family: &'a str, spec: &'a RawValue },
    Live { address: &'a str, id: &'a RawValue, outputs: &'a RawValue },
    Deleting { address: &'a str, id: &'a RawValue },
    Gone { address: &'a str },
}

/// What references resolve to while specs are built.
enum Known<'k> {
    /// Nothing: they stay expressions.
    Nothing,
    /// What the resources so far would be made into.
    Simulated,
    /// What is recorded.
    Recorded(&'k HashMap<&'k str, Row<'k>>),
}

struct Node {
    address: Address,
    family: &'static str,
    shown_by: &'static str,
    keyed: bool,
    spec: Box<RawValue>,
    made: Option<(Box<RawValue>, Box<RawValue>)>,
}

/// Everything that the loop knows.
struct Loop<'k> {
    known: Known<'k>,
    stack: Arc<str>,
    id: Arc<str>,
    nodes: Vec<Node>,
    edges: Edges,
    /// What the spec under construction needs.
    named: Vec<u32>,
    failed: Option<anyhow::Error>,
}

/// Who needs whom, in one block.
struct Edges {
    starts: Vec<u32>,
    ends: Vec<u32>,
}

impl Edges {
    fn new() -> Self {
        Self { starts: vec![0], ends: vec![] }
    }

    fn push(&mut self, needs: &mut Vec<u32>) {
        self.ends.append(needs);
        self.starts.push(number(self.ends.len()));
    }

    fn of(&self, node: usize) -> &[u32] {
        &self.ends[self.starts[node] as usize..self.starts[node + 1] as usize]
    }

    fn len(&self) -> usize {
        self.starts.len() - 1
    }

    /// An order in which each node comes after all that it needs, and how deep each stands.
    fn order(&self) -> Result<(Vec<u32>, Vec<u32>)> {
        let mut waits: Vec<u32> = (0..self.len()).map(|node| number(self.of(node).len())).collect();
        let mut starts = vec![0_u32; self.len() + 1];
        for end in &self.ends {
            starts[*end as usize + 1] += 1;
        }
        for node in 0..self.len() {
            starts[node + 1] += starts[node];
        }
        let mut next = starts.clone();
        let mut dependents = vec![0_u32; self.ends.len()];
        for node in 0..self.len() {
            for need in self.of(node) {
                let slot = &mut next[*need as usize];
                dependents[*slot as usize] = number(node);
                *slot += 1;
            }
        }
        let mut order: Vec<u32> = (0..number(self.len())).filter(|node| waits[*node as usize] == 0).collect();
        let mut depth = vec![0_u32; self.len()];
        let mut at = 0;
        while let Some(node) = order.get(at).copied() {
            let node = node as usize;
            for dependent in &dependents[starts[node] as usize..starts[node + 1] as usize] {
                let other = *dependent as usize;
                depth[other] = depth[other].max(depth[node] + 1);
                waits[other] -= 1;
                if waits[other] == 0 {
                    order.push(*dependent);
                }
            }
            at += 1;
        }
        ensure!(order.len() == self.len(), "the graph has a circle");
        Ok((order, depth))
    }

    /// The nodes of each depth.
    fn levels(&self) -> Result<Vec<Vec<u32>>> {
        let (order, depth) = self.order()?;
        let deepest = depth.iter().copied().max().map_or(0, |deepest| deepest as usize + 1);
        let mut levels = vec![vec![]; deepest];
        for node in order {
            levels[depth[node as usize] as usize].push(node);
        }
        Ok(levels)
    }
}

fn number(length: usize) -> u32 {
    u32::try_from(length).unwrap_or(u32::MAX)
}

impl<'k> Loop<'k> {
    fn over(graph: Graph, known: Known<'k>) -> Result<Self> {
        let mut built = Self {
            known,
            stack: "bench".into(),
            id: "/id".into(),
            nodes: vec![],
            edges: Edges::new(),
            named: vec![],
            failed: None,
        };
        graph.build(&mut built);
        match built.failed.take() {
            Some(error) => Err(error),
            None => Ok(built),
        }
    }

    fn reference<T>(&self, of: u32, path: Arc<str>) -> Input<T> {
        let at = self.nodes[of as usize].address.clone();
        Input::Pending(Expr::Ref(Reference { stack: Arc::clone(&self.stack), import: false, at, path }))
    }

    /// The id, the spec and the outputs of a node, when they are known.
    fn recorded(&self, of: u32) -> Option<(&RawValue, &RawValue, &RawValue)> {
        let node = &self.nodes[of as usize];
        match &self.known {
            Known::Nothing => None,
            Known::Simulated => node.made.as_ref().map(|(id, outputs)| (&**id, &*node.spec, &**outputs)),
            Known::Recorded(rows) => {
                rows.get(node.address.as_str()).map(|row| (row.id, row.spec, row.outputs))
            }
        }
    }

    fn add_node<R: Resource>(&mut self, address: &str, spec: &R) -> Result<u32> {
        let made = match self.known {
            Known::Simulated => {
                let (id, outputs) = spec.simulate(self.nodes.len() as u64 + 1);
                Some((serde_json::value::to_raw_value(&id)?, serde_json::value::to_raw_value(&outputs)?))
            }
            Known::Nothing | Known::Recorded(_) => None,
        };
        self.edges.push(&mut self.named);
        self.nodes.push(Node {
            address: Address::parse(address)?,
            family: R::FAMILY,
            shown_by: R::SHOWN_BY,
            keyed: matches!(R::IDENTITY, Identity::Key { .. }),
            spec: serde_json::value::to_raw_value(spec)?,
            made,
        });
        Ok(number(self.nodes.len() - 1))
    }
}

impl Sink for Loop<'_> {
    type At<R> = u32;

    fn add<R: Resource<Provider = Imagined>>(&mut self, address: &str, spec: R) -> u32 {
        self.add_node(address, &spec).unwrap_or_else(|error| {
            self.failed = Some(error);
            0
        })
    }

    fn id<R: Resource<Provider = Imagined>>(&mut self, of: &u32) -> Input<R::Id> {
        self.named.push(*of);
        let known = self.recorded(*of).and_then(|(id, _, _)| serde_json::from_str(id.get()).ok());
        known.map_or_else(|| self.reference(*of, Arc::clone(&self.id)), Input::Known)
    }

    fn value<R, T: DeserializeOwned>(&mut self, of: &u32, path: &str) -> Input<T> {
        self.named.push(*of);
        let known = self.recorded(*of).and_then(|(_, spec, outputs)| {
            let (whole, field) = match path.strip_prefix("/spec/") {
                Some(field) => (spec, field),
                None => (outputs, path.strip_prefix("/outputs/")?),
            };
            let fields: HashMap<&str, &RawValue> = serde_json::from_str(whole.get()).ok()?;
            serde_json::from_str(fields.get(field)?.get()).ok()
        });
        known.map_or_else(|| self.reference(*of, path.into()), Input::Known)
    }

    fn len(&self) -> usize {
        self.nodes.len()
    }
}

/// Plans the graph against nothing; answers how many resources are to be made.
///
/// # Errors
/// When the graph is not sound.
pub fn plan_empty(graph: Graph) -> Result<usize> {
    let built = Loop::over(graph, Known::Nothing)?;
    let (order, _) = built.edges.order()?;
    Ok(order.len())
}

/// Writes the state file that [`plan_noop`] and [`destroy`] read.
///
/// # Errors
/// When it cannot be written.
pub fn write_state(graph: Graph, path: &Path) -> Result<()> {
    let built = Loop::over(graph, Known::Simulated)?;
    let mut bytes = vec![];
    for (index, node) in built.nodes.iter().enumerate() {
        let (id, outputs) = node.made.as_ref().context("nothing was simulated")?;
        let needs = built.edges.of(index).iter().map(|need| built.nodes[*need as usize].address.as_str());
        let row = Row {
            address: node.address.as_str(),
            family: node.family,
            id,
            spec: &node.spec,
            outputs,
            needs: needs.collect(),
        };
        line(&mut bytes, &row)?;
    }
    Ok(fs::write(path, bytes)?)
}

/// The address and the spec of every resource, references in it.
///
/// # Errors
/// When the graph is not sound.
pub fn specs(graph: Graph) -> Result<Vec<(String, serde_json::Value)>> {
    let built = Loop::over(graph, Known::Nothing)?;
    let of = |node: &Node| Ok((node.address.to_string(), serde_json::from_str(node.spec.get())?));
    built.nodes.iter().map(of).collect()
}

fn line(bytes: &mut Vec<u8>, entry: &impl Serialize) -> Result<()> {
    serde_json::to_writer(&mut *bytes, entry)?;
    bytes.push(b'\n');
    Ok(())
}

fn rows(text: &str) -> Result<Vec<Row<'_>>> {
    text.lines().map(|line| Ok(serde_json::from_str(line)?)).collect()
}

/// Plans the graph against its state file; answers how many resources differ.
///
/// # Errors
/// When the file cannot be read.
pub fn plan_noop(graph: Graph, state: &Path) -> Result<usize> {
    let text = fs::read_to_string(state)?;
    let rows: HashMap<&str, Row<'_>> = rows(&text)?.into_iter().map(|row| (row.address, row)).collect();
    let built = Loop::over(graph, Known::Recorded(&rows))?;
    let (order, _) = built.edges.order()?;
    let same =
        |node: &Node| rows.get(node.address.as_str()).is_some_and(|row| row.spec.get() == node.spec.get());
    Ok(order.into_iter().filter(|node| !same(&built.nodes[*node as usize])).count())
}

/// Plans the graph against nothing and records that it is made.
///
/// # Errors
/// When the journal cannot be written.
pub fn apply(graph: Graph, directory: &Path) -> Result<usize> {
    let planned = plan_empty(graph)?;
    let made = Loop::over(graph, Known::Simulated)?;
    let mut journal = Journal::create(directory)?;
    for level in made.edges.levels()? {
        for node in &level {
            let node = &made.nodes[*node as usize];
            let (address, family) = (node.address.as_str(), node.family);
            journal.write(&Entry::Creating { address, family, spec: &node.spec })?;
        }
        journal.sync()?;
        for node in &level {
            let node = &made.nodes[*node as usize];
            let (id, outputs) = node.made.as_ref().context("nothing was simulated")?;
            journal.write(&Entry::Live { address: node.address.as_str(), id, outputs })?;
            journal.flush()?;
        }
    }
    journal.sync()?;
    Ok(planned)
}

/// Records that everything in a state file is deleted.
///
/// # Errors
/// When the file cannot be read or the journal cannot be written.
pub fn destroy(state: &Path, directory: &Path) -> Result<usize> {
    let text = fs::read_to_string(state)?;
    let rows = rows(&text)?;
    let index: HashMap<&str, u32> = (0..).zip(&rows).map(|(number, row)| (row.address, number)).collect();
    let mut edges = Edges::new();
    for row in &rows {
        let needs =
            row.needs.iter().map(|need| index.get(need).copied().context("a row needs what is not there"));
        edges.push(&mut needs.collect::<Result<_>>()?);
    }
    let mut journal = Journal::create(directory)?;
    for level in edges.levels()?.iter().rev() {
        for row in level.iter().map(|node| &rows[*node as usize]) {
            journal.write(&Entry::Deleting { address: row.address, id: row.id })?;
        }
        journal.sync()?;
        for row in level.iter().map(|node| &rows[*node as usize]) {
            journal.write(&Entry::Gone { address: row.address })?;
            journal.flush()?;
        }
    }
    journal.sync()?;
    Ok(rows.len())
}

/// The time of the longest chain of calls that have to come after each other, without any work between them.
///
/// Each step makes a create call and the look-up that shows its object to be ready. An object whose id follows from its spec is looked
/// for before the create call too: the call could overwrite what others made. A look-up takes the time of the kind that shows the object.
///
/// # Errors
/// When the graph is not sound.
pub fn critical_path(graph: Graph, seed: u64, latency: &Latency) -> Result<Duration> {
    let built = Loop::over(graph, Known::Nothing)?;
    let (order, _) = built.edges.order()?;
    let mut ends = vec![Duration::ZERO; order.len()];
    for node in order {
        let at = node as usize;
        let Node { address, family, shown_by, keyed, .. } = &built.nodes[at];
        let find = latency.of(seed, shown_by, Call::Find, "");
        let create = latency.of(seed, family, Call::Create, address.as_str());
        let start = built.edges.of(at).iter().map(|need| ends[*need as usize]).max().unwrap_or_default();
        ends[at] = start + create + find * if *keyed { 2 } else { 1 };
    }
    Ok(ends.into_iter().max().unwrap_or_default())
}

/// A file that is only appended to.
struct Journal {
    file: File,
    buffer: Vec<u8>,
}

impl Journal {
    fn create(directory: &Path) -> Result<Self> {
        fs::create_dir_all(directory)?;
        let file = File::create(directory.join("journal"))?;
        File::open(directory)?.sync_all()?;
        Ok(Self { file, buffer: vec![] })
    }

    fn write(&mut self, entry: &Entry<'_>) -> Result<()> {
        line(&mut self.buffer, entry)
    }

    fn flush(&mut self) -> Result<()> {
        self.file.write_all(&self.buffer)?;
        self.buffer.clear();
        Ok(())
    }

    fn sync(&mut self) -> Result<()> {
        self.flush()?;
        Ok(self.file.sync_data()?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::bench::graph::Shape;

    const GRAPH: Graph = Graph { shape: Shape::Clusters, resources: 130 };

    #[test]
    fn the_floor_carries_a_graph_through_its_life() {
        let directory = tempfile::tempdir().unwrap();
        let state = directory.path().join("state");
        write_state(GRAPH, &state).unwrap();
        assert_eq!(plan_empty(GRAPH).unwrap(), 130);
        assert_eq!(plan_noop(GRAPH, &state).unwrap(), 0);
        assert_eq!(apply(GRAPH, &directory.path().join("apply")).unwrap(), 130);
        assert_eq!(destroy(&state, &directory.path().join("destroy")).unwrap(), 130);
    }

    #[test]
    fn the_floor_sees_what_differs() {
        let directory = tempfile::tempdir().unwrap();
        let state = directory.path().join("state");
        write_state(GRAPH, &state).unwrap();
        let text = fs::read_to_string(&state).unwrap().replacen("m7g.large", "m7g.small", 1);
        fs::write(&state, text).unwrap();
        assert_eq!(plan_noop(GRAPH, &state).unwrap(), 1);
    }

    #[test]
    fn the_critical_path_of_a_chain_is_the_sum_of_its_calls() {
        let chain = |resources| Graph { shape: Shape::Chain, resources };
        let latency = Latency::between(10, 10);
        assert_eq!(critical_path(chain(7), 0, &latency).unwrap(), Duration::from_millis(7 * 20));
        assert!(critical_path(GRAPH, 0, &latency).unwrap() < Duration::from_millis(130 * 20));
    }
}

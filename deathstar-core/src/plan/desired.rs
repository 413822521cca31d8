//! The declared graph, checked: who needs whom, in which order, and all findings at once.

use super::arrange;
use crate::{
    Diagnostic, Findings, Span, Stack,
    digest::Digest,
    driver::Catalogue,
    erase::Role,
    graph::{Expr, Mark, Marked, Node, Reference},
};
use std::collections::{BinaryHeap, HashMap};

/// The declared graph with its edges.
#[derive(Clone, Debug)]
pub(crate) struct Desired<'s> {
    pub(crate) stack: &'s Stack,
    /// For each node the nodes that it needs, without repetition.
    pub(crate) needs: Edges,
    /// An order in which each node comes after all that it needs.
    pub(crate) order: Vec<u32>,
    /// Who stands in what and goes with it, container and content.
    pub(crate) within: Vec<(u32, u32)>,
}

/// Edges of a graph with dense numbers, in one block.
#[derive(Clone, Debug, Default)]
pub(crate) struct Edges {
    starts: Vec<u32>,
    ends: Vec<u32>,
}

impl Edges {
    fn with_capacity(nodes: usize) -> Self {
        let mut starts = Vec::with_capacity(nodes + 1);
        starts.push(0);
        Self { starts, ends: Vec::with_capacity(nodes * 2) }
    }

    fn push(&mut self, mut to: Vec<u32>) {
        to.sort_unstable();
        to.dedup();
        self.ends.extend(to);
        self.starts.push(u32::try_from(self.ends.len()).unwrap_or(u32::MAX));
    }

    /// The same edges and more.
    fn with(&self, more: &HashMap<u32, Vec<u32>>) -> Self {
        let nodes = self.starts.len().saturating_sub(1);
        let mut all = Self::with_capacity(nodes);
        for node in 0..u32::try_from(nodes).unwrap_or(u32::MAX) {
            let mut to = self.of(node).to_vec();
            to.extend(more.get(&node).into_iter().flatten());
            all.push(to);
        }
        all
    }

    pub(crate) fn of(&self, node: u32) -> &[u32] {
        let at = node as usize;
        match (self.starts.get(at), self.starts.get(at + 1)) {
            (Some(from), Some(to)) => &self.ends[*from as usize..*to as usize],
            _ => &[],
        }
    }
}

/// Checks a stack and finds its order.
///
/// # Errors
/// With all findings of the whole stack.
pub(crate) fn check<'s>(stack: &'s Stack, catalogue: &Catalogue) -> Result<Desired<'s>, Findings> {
    let mut findings = stack.findings.clone();
    for connection in &stack.providers {
        findings.extend(connection.findings.iter().cloned().map(|finding| finding.on(&connection.name)));
    }
    let of_connections: Vec<Vec<Mark>> =
        stack.providers.iter().map(|connection| crate::graph::marks(connection.config.text())).collect();
    let mut needs = Edges::with_capacity(stack.nodes.len());
    for node in &stack.nodes {
        findings
            .extend(node.kind.validate(&*node.value).into_iter().map(|finding| finding.on(&node.address)));
        needs.push(edges(stack, node, &of_connections, catalogue, &mut findings));
    }
    claims(stack, &mut findings);
    exports(stack, &mut findings);
    let mut order = circle_free(stack, &needs, &mut findings);
    let mut within = vec![];
    if stack.nodes.iter().any(|node| node.kind.about().arranged) && order.len() == stack.nodes.len() {
        let arranged = arrange::arrange(stack, &needs, &order, &mut findings);
        if !arranged.needs.is_empty() {
            needs = needs.with(&arranged.needs);
            order = circle_free(stack, &needs, &mut findings);
        }
        within = arranged.within;
    }
    if findings.is_empty() {
        return Ok(Desired { stack, needs, order, within });
    }
    findings.sort();
    findings.dedup();
    Err(Findings(findings))
}

/// The nodes that a node needs, by its expressions, its connection and its explicit order.
fn edges(
    stack: &Stack,
    node: &Node,
    of_connections: &[Vec<Mark>],
    catalogue: &Catalogue,
    findings: &mut Vec<Diagnostic>,
) -> Vec<u32> {
    let mut needs = vec![];
    let mut see = |reference: &Reference| {
        if let Some(found) = target(stack, reference, node.address.as_str(), findings) {
            needs.push(found);
        }
    };
    let of_connection = of_connections.get(node.provider as usize).map_or(&[][..], Vec::as_slice);
    for mark in node.marks.iter().chain(of_connection) {
        if let Marked::Expr(expr) = &mark.what {
            expr.references(&mut see);
        }
    }
    for mark in &node.marks {
        if let Marked::Expr(expr) = &mark.what {
            calls(expr, catalogue, node.address.as_str(), findings);
        }
    }
    for address in &node.options().after {
        match stack.index.get(address) {
            Some(index) => needs.push(*index),
            None => findings.push(
                Diagnostic::new(
                    "order.unknown",
                    format!("it is to come after `{address}`, which is not declared"),
                )
                .on(&node.address),
            ),
        }
    }
    needs
}

fn target(stack: &Stack, reference: &Reference, on: &str, findings: &mut Vec<Diagnostic>) -> Option<u32> {
    if reference.import {
        return None;
    }
    if *reference.stack != *stack.name {
        let why = format!(
            "it refers to `{}` of stack `{}`, and this is stack `{}`",
            reference.at, reference.stack, stack.name
        );
        let fix = "use a handle of this stack, or read an export of the other with `Output::import`";
        findings.push(Diagnostic::new("reference.foreign-stack", why).on(on).fix(fix));
        return None;
    }
    let Some(found) = stack.index.get(&reference.at) else {
        let why = format!("it refers to `{}`, which is not declared", reference.at);
        findings
            .push(Diagnostic::new("reference.unknown", why).on(on).fix("declare it, or correct the address"));
        return None;
    };
    let spec_path =
        reference.path.strip_prefix("/spec").filter(|rest| rest.is_empty() || rest.starts_with('/'));
    let outputs_path =
        reference.path.strip_prefix("/outputs").filter(|rest| rest.is_empty() || rest.starts_with('/'));
    if let Some(path) = spec_path {
        let of = &stack.nodes[*found as usize];
        if super::fragment(of.spec.text(), path).is_none() {
            let why = format!("it refers to `{path}` of `{}`, whose spec has no such field", reference.at);
            findings.push(Diagnostic::new("reference.path", why).on(on));
        }
    } else if outputs_path.is_none() && &*reference.path != "/id" {
        let why = format!("`{}` of `{}` is no path to a value", reference.path, reference.at);
        let fix = "use `/id`, or a path below `/outputs` or `/spec`";
        findings.push(Diagnostic::new("reference.path", why).on(on).fix(fix));
    }
    Some(*found)
}

fn calls(expr: &Expr, catalogue: &Catalogue, on: &str, findings: &mut Vec<Diagnostic>) {
    if let Expr::Call(name, args) = expr {
        if catalogue.named(name).is_none() {
            let why = format!("it calls `{name}`, and the catalogue has no such function");
            findings
                .push(Diagnostic::new("call.unknown", why).on(on).fix("add it with `Catalogue::function`"));
        }
        for arg in args {
            calls(arg, catalogue, on, findings);
        }
    }
}

/// What only one may have for its life, and two declare.
fn claims(stack: &Stack, findings: &mut Vec<Diagnostic>) {
    let mut holders: HashMap<(u32, crate::Key), u32, foldhash::fast::RandomState> = HashMap::default();
    for (index, node) in (0_u32..).zip(&stack.nodes) {
        if node.kind.about().role != Role::Resource {
            continue;
        }
        for hold in node.kind.declared_holds(&*node.value) {
            if hold.span != Span::Life {
                continue;
            }
            let slot = hold.slot;
            let key = hold.key.clone();
            if let Some(other) = holders.insert((node.provider, hold.key), index) {
                let other = &stack.nodes[other as usize];
                let what = held(&key);
                let why =
                    format!("it and `{}` both hold {slot} ({what}), which only one can have", other.address);
                let fix = "remove one of them, or give one another value";
                findings.push(Diagnostic::new("hold.duplicate", why).on(&node.address).fix(fix));
            }
        }
    }
}

/// What a hold's key names, as people read it: its parts after the slot.
fn held(key: &crate::Key) -> String {
    let parts: Vec<serde_json::Value> = serde_json::from_str(key.text()).unwrap_or_default();
    let named: Vec<String> = parts.iter().skip(1).map(super::value_text).collect();
    named.join(", ")
}

fn exports(stack: &Stack, findings: &mut Vec<Diagnostic>) {
    for export in &stack.exports {
        let on = format!("export `{}`", export.name);
        export.expr.references(&mut |reference| {
            target(stack, reference, &on, findings);
        });
    }
}

/// A topological order that keeps the order of declaration where it can; a cycle is a finding.
fn circle_free(stack: &Stack, needs: &Edges, findings: &mut Vec<Diagnostic>) -> Vec<u32> {
    let count = u32::try_from(stack.nodes.len()).unwrap_or(u32::MAX);
    if (0..count).all(|node| needs.of(node).iter().all(|need| *need < node)) {
        return (0..count).collect();
    }
    let mut waits: Vec<usize> = (0..count).map(|node| needs.of(node).len()).collect();
    let mut dependents: Vec<Vec<u32>> = vec![vec![]; stack.nodes.len()];
    for node in 0..count {
        for need in needs.of(node) {
            dependents[*need as usize].push(node);
        }
    }
    let ready = (0..count).filter(|node| waits[*node as usize] == 0).map(std::cmp::Reverse);
    let mut ready: BinaryHeap<_> = ready.collect();
    let mut order = Vec::with_capacity(stack.nodes.len());
    while let Some(std::cmp::Reverse(node)) = ready.pop() {
        order.push(node);
        for dependent in &dependents[node as usize] {
            waits[*dependent as usize] -= 1;
            if waits[*dependent as usize] == 0 {
                ready.push(std::cmp::Reverse(*dependent));
            }
        }
    }
    if order.len() < stack.nodes.len() {
        let start = (0..count).find(|node| waits[*node as usize] > 0).unwrap_or(0);
        let cycle = cycle(start, needs, &waits);
        let names: Vec<_> = cycle.iter().map(|node| stack.nodes[*node as usize].address.as_str()).collect();
        let why = format!("resources need each other in a circle: {}", names.join(" -> "));
        let fix = "remove one of these references";
        findings.push(Diagnostic::new("graph.cycle", why).on(names.first().unwrap_or(&"")).fix(fix));
    }
    order
}

/// One circle among the nodes that still wait, from its smallest member round to it.
fn cycle(start: u32, needs: &Edges, waits: &[usize]) -> Vec<u32> {
    let mut path = vec![];
    let mut node = start;
    loop {
        if let Some(from) = path.iter().position(|other| *other == node) {
            let mut circle = path.split_off(from);
            let least = circle.iter().enumerate().min_by_key(|(_, node)| **node).map_or(0, |(at, _)| at);
            circle.rotate_left(least);
            circle.push(circle[0]);
            return circle;
        }
        path.push(node);
        match needs.of(node).iter().find(|need| waits[**need as usize] > 0) {
            Some(next) => node = *next,
            None => return path,
        }
    }
}

impl Desired<'_> {
    /// Every export of another stack that something reads: who, which stack, which export.
    pub(crate) fn imports(&self) -> Vec<(&str, &str, &str)> {
        let mut found = vec![];
        for node in &self.stack.nodes {
            for mark in &node.marks {
                if let Marked::Expr(expr) = &mark.what {
                    expr.references(&mut |reference| {
                        if reference.import {
                            found.push((node.address.as_str(), &*reference.stack, reference.at.as_str()));
                        }
                    });
                }
            }
        }
        found
    }

    /// The digest of the whole graph, secrets by their keyed digests.
    pub(crate) fn digest(&self, key: Option<&[u8; 32]>) -> String {
        let mut digest = Digest::default();
        let mut part = |text: &str| digest.part(text);
        part(&self.stack.name);
        part(&format!("{:?}", self.stack.ignored_tags));
        for connection in &self.stack.providers {
            part(&connection.name);
            part(connection.config.text());
            part(&format!("{:?}", connection.ignored_tags));
        }
        for node in &self.stack.nodes {
            part(node.address.as_str());
            part(node.kind.about().family);
            part(node.spec.text());
            for (name, value) in &*node.tags {
                part(name);
                part(value);
            }
            for secret in &node.secrets {
                part(&secret.digest(key));
            }
            if let Some(options) = &node.options {
                part(&format!("{options:?}"));
            }
        }
        for export in &self.stack.exports {
            part(&export.name);
            part(&serde_json::to_string(&export.expr).unwrap_or_default());
        }
        digest.value().to_hex()[..32].to_owned()
    }
}

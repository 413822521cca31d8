//! What is measured, on what, and what it must not exceed.

use super::graph::{Graph, Shape};
use clap::ValueEnum;
use std::fmt;

/// What is measured.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, ValueEnum)]
pub enum Case {
    /// Declaring a graph and planning it against nothing.
    PlanEmpty,
    /// Declaring a graph and planning it against a state that says the same, without looking at the cloud.
    PlanNoop,
    /// The same, looking at the in-memory cloud.
    PlanNoopRefresh,
    /// Declaring, planning and applying against nothing, on a cloud that answers at once, the journal on disk.
    Apply,
    /// Planning and carrying out the end of everything.
    Destroy,
    /// As `apply`, each resource needing the one before.
    ChainApply,
    /// As `apply`, on a cloud whose calls take 20 to 200 ms of real time.
    ApplyLatency,
}

/// What a number must not exceed.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Limit {
    /// How many times the floor's time.
    pub ratio: f64,
    /// How much memory at the most, in bytes.
    pub memory: Option<u64>,
}

/// How many resources the cases have that apply and destroy.
const APPLIED: usize = 1_000;

impl Case {
    /// All of them.
    pub const ALL: &'static [Self] = &[
        Self::PlanEmpty,
        Self::PlanNoop,
        Self::PlanNoopRefresh,
        Self::Apply,
        Self::Destroy,
        Self::ChainApply,
        Self::ApplyLatency,
    ];

    /// Its name.
    pub fn name(self) -> &'static str {
        match self {
            Self::PlanEmpty => "plan-empty",
            Self::PlanNoop => "plan-noop",
            Self::PlanNoopRefresh => "plan-noop-refresh",
            Self::Apply => "apply",
            Self::Destroy => "destroy",
            Self::ChainApply => "chain-apply",
            Self::ApplyLatency => "apply-latency",
        }
    }

    /// With how many resources it runs, of the sizes that are asked for.
    pub fn sizes(self, asked: &[usize]) -> Vec<usize> {
        match self {
            Self::PlanEmpty | Self::PlanNoop => asked.to_vec(),
            Self::PlanNoopRefresh => asked.iter().copied().filter(|size| *size <= 10_000).collect(),
            Self::Apply | Self::Destroy | Self::ChainApply | Self::ApplyLatency => vec![APPLIED],
        }
    }

    /// Its graph.
    pub fn graph(self, resources: usize) -> Graph {
        let shape = if self == Self::ChainApply { Shape::Chain } else { Shape::Clusters };
        Graph { shape, resources }
    }

    /// What it must not exceed.
    pub fn limit(self, resources: usize) -> Option<Limit> {
        let ratio = |ratio| Some(Limit { ratio, memory: None });
        match (self, resources) {
            (Self::PlanEmpty, 1_000 | 10_000) => Some(Limit { ratio: 5.0, memory: Some(100_000_000) }),
            (Self::PlanNoop, 10_000) => ratio(4.0),
            (Self::Apply | Self::Destroy, APPLIED) => ratio(10.0),
            (Self::ChainApply, APPLIED) => ratio(2.0),
            (Self::ApplyLatency, APPLIED) => ratio(1.02),
            _ => None,
        }
    }

    /// How often it runs at the most.
    pub fn runs(self, resources: usize, asked: usize) -> usize {
        let most = match (self, resources) {
            (_, 50_000..) | (Self::ApplyLatency, _) => 3,
            _ => asked,
        };
        asked.min(most).max(1)
    }

    /// Whether its time is expected to grow in proportion to the number of resources.
    pub fn grows(self) -> bool {
        matches!(self, Self::PlanEmpty | Self::PlanNoop)
    }
}

impl fmt::Display for Case {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

//! Why a block cannot be cut as asked.

use std::fmt;

/// All that is wrong with one plan.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CidrPlanError {
    pub(super) block: String,
    pub(super) problems: Vec<CidrProblem>,
}

impl CidrPlanError {
    /// The problems, never empty.
    pub fn problems(&self) -> &[CidrProblem] {
        &self.problems
    }

    /// The block that was to be cut.
    pub fn block(&self) -> &str {
        &self.block
    }

    /// What to do, one line per problem.
    pub fn hint(&self) -> String {
        self.problems.iter().map(CidrProblem::hint).collect::<Vec<_>>().join("\n")
    }
}

impl fmt::Display for CidrPlanError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "`{}` cannot be cut into these subnets", self.block)?;
        for (index, problem) in self.problems.iter().enumerate() {
            write!(f, "{} {problem}", if index == 0 { ":" } else { ";" })?;
        }
        Ok(())
    }
}

impl std::error::Error for CidrPlanError {}

/// One thing that is wrong with a plan.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum CidrProblem {
    /// The block has host bits.
    #[error("the block `{block}` has host bits: the range begins at `{canonical}`")]
    BlockNotCanonical {
        /// What was given.
        block: String,
        /// The range that it lies in.
        canonical: String,
    },
    /// The cloud takes no such block.
    #[error("a block may be /{widest} to /{narrowest}, not /{prefix}")]
    BlockOutsideLimits {
        /// The prefix length of the block.
        prefix: u8,
        /// The prefix length of the widest block.
        widest: u8,
        /// The prefix length of the narrowest block.
        narrowest: u8,
    },
    /// There is no zone to make subnets in.
    #[error("there are no zones")]
    NoZones,
    /// More zones than room was kept for.
    #[error("{zones} zones are more than the growth room of {growth_room}")]
    ZonesOverGrowthRoom {
        /// How many zones are wanted.
        zones: u8,
        /// For how many there is room.
        growth_room: u8,
    },
    /// Two tiers have one name.
    #[error("two tiers are called `{tier}`")]
    DuplicateTier {
        /// The name.
        tier: String,
    },
    /// The cloud takes no such small subnet.
    #[error("tier `{tier}` wants /{prefix} subnets; the smallest that the cloud takes is /{smallest}")]
    SubnetTooSmall {
        /// The tier.
        tier: String,
        /// What it wants.
        prefix: u8,
        /// The prefix length of the smallest subnet.
        smallest: u8,
    },
    /// One subnet is wider than the whole block.
    #[error("tier `{tier}` wants /{prefix} subnets in a /{block} block")]
    SubnetWiderThanBlock {
        /// The tier.
        tier: String,
        /// What it wants.
        prefix: u8,
        /// The prefix length of the block.
        block: u8,
    },
    /// Automatic tiers find no room.
    #[error(
        "no room for {}: with room for {room} zones each, all automatic tiers need {needed} {unit} of {available}",
        quoted(tiers)
    )]
    BlockTooSmall {
        /// The tiers without room.
        tiers: Vec<String>,
        /// The growth room.
        room: u8,
        /// How many units all automatic tiers need.
        needed: u64,
        /// How many units the block has.
        available: u64,
        /// What is counted.
        unit: &'static str,
        /// What would fit.
        remedy: Remedy,
    },
    /// A tier lists fewer slots than it has subnets.
    #[error("tier `{tier}` lists {slots} slots for {zones} zones")]
    SlotsMissing {
        /// The tier.
        tier: String,
        /// How many slots it lists.
        slots: usize,
        /// How many it needs.
        zones: usize,
    },
    /// A slot lies behind the end of the block.
    #[error("slot {slot} of tier `{tier}` lies outside the block, whose last slot of this size is {last}")]
    SlotOutsideBlock {
        /// The tier.
        tier: String,
        /// Its slot.
        slot: u32,
        /// The last slot of this size.
        last: u64,
    },
    /// A slot is not free.
    #[error("`{range}` of tier `{tier}` overlaps `{other_range}` that is kept for tier `{other}`")]
    SlotTaken {
        /// The tier with the slot.
        tier: String,
        /// The range of the slot.
        range: String,
        /// The tier that has it already.
        other: String,
        /// The range that it has.
        other_range: String,
        /// Free slots for all subnets of `tier`, if there are enough.
        free: Vec<u32>,
        /// Free slots for all subnets of `other`, if there are enough.
        other_free: Vec<u32>,
    },
}

/// The smallest single change with which the automatic tiers would fit, of each sort that would do.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Remedy {
    /// The prefix length of a wider block.
    pub block: Option<u8>,
    /// A smaller growth room that still holds the zones.
    pub growth_room: Option<u8>,
    /// By how many bits each tier would have to be smaller.
    pub smaller_by: Option<u8>,
}

impl CidrProblem {
    /// What to do.
    pub fn hint(&self) -> String {
        match self {
            Self::BlockNotCanonical { canonical, .. } => format!("write `{canonical}`"),
            Self::BlockOutsideLimits { widest, narrowest, .. } => {
                format!("choose a block from /{widest} to /{narrowest}")
            }
            Self::NoZones => "ask for at least one zone".to_owned(),
            Self::ZonesOverGrowthRoom { zones, .. } => format!(
                "set the growth room to {zones}; where subnets exist already, pin each tier to the slots of its present \
                 plan first and add the slots of the new zones"
            ),
            Self::DuplicateTier { tier } => format!("rename one of the tiers `{tier}`"),
            Self::SubnetTooSmall { tier, smallest, .. } => {
                format!("give tier `{tier}` /{smallest} or wider subnets")
            }
            Self::SubnetWiderThanBlock { tier, prefix, block } => {
                format!(
                    "give tier `{tier}` subnets longer than /{block}, or use a block wider than /{prefix}"
                )
            }
            Self::BlockTooSmall { remedy, .. } => remedy.to_string(),
            Self::SlotsMissing { tier, slots, zones } => {
                format!("list {} more slots for tier `{tier}`", zones.saturating_sub(*slots))
            }
            Self::SlotOutsideBlock { tier, last, .. } => {
                format!("give tier `{tier}` slots up to {last}, one for each zone of the growth room")
            }
            Self::SlotTaken { tier, other, free, other_free, .. } => {
                let offer = |name: &str, slots: &[u32]| match slots {
                    [] => format!("for `{name}` there is no room left in the block"),
                    slots => format!("for `{name}` slots {slots:?} are free"),
                };
                if tier == other {
                    return offer(tier, free);
                }
                format!(
                    "move the one that has no subnets yet: {}, {}",
                    offer(tier, free),
                    offer(other, other_free)
                )
            }
        }
    }
}

impl fmt::Display for Remedy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let ways: Vec<String> = [
            self.block.map(|prefix| format!("use a /{prefix} block")),
            self.smaller_by.map(|bits| {
                let plural = if bits == 1 { "bit" } else { "bits" };
                format!("make each tier {bits} {plural} smaller")
            }),
            self.growth_room.map(|zones| format!("keep room for {zones} zones only")),
        ]
        .into_iter()
        .flatten()
        .collect();
        if ways.is_empty() {
            f.write_str("use fewer or smaller tiers")
        } else {
            f.write_str(&ways.join(", or "))
        }
    }
}

fn quoted(names: &[String]) -> String {
    names.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ")
}

//! Where the traffic of a VPC is recorded.

use crate::{id::BucketArn, logs::Retention};
use deathstar_core::Input;

/// Where all traffic of a VPC is recorded, what passes and what does not.
#[derive(Clone, Debug, PartialEq)]
pub enum FlowLogs {
    /// Nowhere.
    Off,
    /// In a log group of its own, for this long. The logs are lost with the VPC.
    LogGroup(Retention),
    /// In a bucket that others own, whose policy lets AWS write.
    Bucket(Input<BucketArn>),
}

impl Default for FlowLogs {
    /// In a log group, for 90 days.
    fn default() -> Self {
        Self::LogGroup(Retention::Days(90))
    }
}

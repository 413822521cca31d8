//! What calls of Route 53 have in common.

use crate::{client::Client, error::read, lookup::present};
use aws_sdk_route53::types::{ChangeInfo, ChangeStatus};
use deathstar_core::{Op, Progress, Result};

/// An id as others take it: answers write `/hostedzone/Z1` and `/change/C1`.
pub(super) fn bare(id: &str) -> &str {
    id.rsplit('/').next().unwrap_or(id)
}

/// A change that goes on until all name servers answer so.
pub(super) fn under_way(change: Option<&ChangeInfo>) -> Option<Op> {
    change
        .filter(|change| *change.status() != ChangeStatus::Insync)
        .map(|change| Op(bare(change.id()).into()))
}

impl Client {
    /// Asks how a change goes. One that is not known any more is over.
    pub(super) async fn progress_of_change(&self, op: &Op) -> Result<Progress> {
        let call = self.route53().get_change().id(&op.0);
        let answer = present(read("route53:GetChange", call.send()).await)?;
        let status = answer.as_ref().and_then(|answer| answer.change_info()).map(ChangeInfo::status);
        Ok(match status {
            Some(ChangeStatus::Pending) => {
                Progress::Waiting { why: "not all name servers answer so yet".into(), after: None }
            }
            _ => Progress::Done,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use aws_smithy_types::DateTime;

    #[test]
    fn ids_are_told_without_what_they_are_of() {
        assert_eq!(bare("/hostedzone/Z1"), "Z1");
        assert_eq!(bare("Z1"), "Z1");
    }

    #[test]
    fn a_change_goes_on_until_it_is_in_sync() {
        let change = |status| {
            ChangeInfo::builder()
                .id("/change/C1")
                .status(status)
                .submitted_at(DateTime::from_secs(0))
                .build()
                .unwrap()
        };
        assert_eq!(under_way(Some(&change(ChangeStatus::Pending))), Some(Op("C1".into())));
        assert_eq!(under_way(Some(&change(ChangeStatus::Insync))), None);
        assert_eq!(under_way(None), None);
    }
}

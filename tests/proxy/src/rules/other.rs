//! IAM, STS, KMS and `CloudWatch` Logs.

use super::{Case, Judged};
use crate::wire::{Document, Refusal};
use serde_json::json;

/// How many days `CloudWatch` Logs keeps what.
///
/// Source: Amazon `CloudWatch` Logs API Reference, `PutRetentionPolicy`.
const RETENTION: [u32; 22] =
    [1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653];

impl Case<'_> {
    pub(super) async fn judge_other(&mut self) -> Judged {
        self.things_are_visible()?;
        let service = self.request.service().to_owned();
        match (service.as_str(), self.request.action.as_str()) {
            ("sts", "AssumeRole") => self.role_is_usable(self.get("RoleArn"), &assume_refused()),
            ("iam", "DeletePolicy") if self.on().references => {
                self.policy_is_unused(self.get("PolicyArn")).await
            }
            ("kms", "ScheduleKeyDeletion") if self.on().codes => self.key_can_be_scheduled().await,
            ("logs", "PutRetentionPolicy") if self.on().codes => self.retention_is_legal(),
            ("route53", _) => self.judge_records().await,
            _ => Ok(()),
        }
    }

    pub(super) fn finish_other(&self, document: &mut Document) {
        self.thing_is_born(document);
        if self.request.service() == "route53" {
            self.finish_records(document);
        }
    }

    /// A new role cannot be used at once.
    ///
    /// Source: IAM User Guide, "Changes that I make are not always immediately visible".
    pub(super) fn role_is_usable(&self, arn: &str, refusal: &Refusal) -> Judged {
        let name = arn.rsplit('/').next().unwrap_or_default();
        let mut known = self.shared.known();
        let look = known.looks.at(self.place, &role(name));
        if look.pending > 0 {
            look.pending -= 1;
            return Err(refusal.clone());
        }
        Ok(())
    }

    /// Source: IAM API Reference, `DeletePolicy`.
    async fn policy_is_unused(&self, arn: &str) -> Judged {
        let ask = |action: &'static str| {
            let parameters = [("PolicyArn".to_owned(), arn.to_owned())];
            self.shared.upstream.ask(&self.request.scope, "iam", action, parameters)
        };
        let conflict = |text: &str| Err(Refusal::new("DeleteConflict", text).status(409));
        if let Some(answer) = ask("ListEntitiesForPolicy").await {
            let lists = ["PolicyRoles", "PolicyUsers", "PolicyGroups"];
            let used = |list: &&str| !answer.items(&format!("ListEntitiesForPolicyResult/{list}")).is_empty();
            if lists.iter().any(used) {
                return conflict("Cannot delete a policy attached to entities.");
            }
        }
        if let Some(answer) = ask("ListPolicyVersions").await
            && answer.items("ListPolicyVersionsResult/Versions").len() > 1
        {
            return conflict(
                "This policy has more than one version. Before you delete a policy, you must delete the policy's versions.",
            );
        }
        Ok(())
    }

    /// Source: AWS KMS API Reference, `ScheduleKeyDeletion`.
    async fn key_can_be_scheduled(&self) -> Judged {
        let days = self.request.get("PendingWindowInDays").and_then(|days| days.parse::<u32>().ok());
        if days.is_some_and(|days| !(7..=30).contains(&days)) {
            return Err(Refusal::new("ValidationException", "PendingWindowInDays has to be from 7 to 30"));
        }
        let key = self.get("KeyId");
        let (target, body) = ("TrentService.DescribeKey", json!({"KeyId": key}));
        let about = self.shared.upstream.ask_json(&self.request.scope, "kms", target, &body).await;
        let state = about.as_ref().and_then(|answer| answer.pointer("/KeyMetadata/KeyState")?.as_str());
        if state == Some("PendingDeletion") {
            return Err(Refusal::new("KMSInvalidStateException", format!("{key} is pending deletion.")));
        }
        Ok(())
    }

    fn retention_is_legal(&self) -> Judged {
        let days = self.get("retentionInDays");
        if days.parse::<u32>().is_ok_and(|days| RETENTION.contains(&days)) {
            return Ok(());
        }
        let text = format!(
            "1 validation error detected: Value '{days}' at 'retentionInDays' failed to satisfy constraint"
        );
        Err(Refusal::new("InvalidParameterException", text))
    }
}

fn assume_refused() -> Refusal {
    Refusal::new("AccessDenied", "The caller is not authorized to perform: sts:AssumeRole on this resource")
        .status(403)
}

fn role(name: &str) -> String {
    format!("role/{name}")
}

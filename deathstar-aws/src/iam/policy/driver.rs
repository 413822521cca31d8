//! The calls of a managed policy.

use super::{IamPolicy, IamPolicyDetails};
use crate::{
    client::Client,
    error::{incomplete, read, write},
    iam::calls::{document, seen_tags, tagged},
    id::{PolicyArn, PolicyName},
    lookup::{is_wanted, one_by_one, present},
};
use aws_sdk_iam::types::{self, PolicyScopeType, PolicyVersion};
use deathstar_core::{Cx, Driver, Found, Made, Op, Ready, Result, Seen, SeenState, Tags, Want};
use std::collections::HashSet;

/// How many versions of a policy there may be.
///
/// Source: IAM User Guide, "Versioning IAM policies".
const VERSIONS: usize = 5;

const GET: &str = "iam:GetPolicy";

impl Driver<IamPolicy> for Client {
    async fn find(&self, cx: &Cx, want: &Want<PolicyName>, found: &mut Found) -> Result<()> {
        let mut listed = self.list_policies().await?;
        if let Want::Ids(names) = want {
            let names: HashSet<&str> = names.iter().map(PolicyName::as_str).collect();
            listed.retain(|policy| policy.policy_name().is_some_and(|name| names.contains(name)));
        }
        let arns: Vec<&str> = listed.iter().filter_map(types::Policy::arn).collect();
        let mut policies = one_by_one(arns.into_iter().map(|arn| self.read_policy(arn))).await?;
        policies.retain(|policy| is_wanted(cx, want, &seen_tags(policy.tags())));
        for seen in one_by_one(policies.iter().map(|policy| self.read_default_version(policy))).await? {
            found.push(seen);
        }
        Ok(())
    }

    async fn create(&self, cx: &Cx, spec: &Ready<IamPolicy>) -> Result<Made<PolicyName>> {
        let call = self
            .iam()
            .create_policy()
            .policy_name(&spec.name)
            .path(&spec.path)
            .set_description(spec.description.clone())
            .policy_document(spec.document.to_json())
            .set_tags(Some(tagged(&cx.tags)?));
        write("iam:CreatePolicy", call.send()).await?;
        Ok(PolicyName::new(&spec.name).into())
    }

    /// Makes room for a version, or makes it.
    async fn change(&self, _: &Cx, seen: &Seen<IamPolicy>, to: &Ready<IamPolicy>) -> Result<Option<Op>> {
        let arn = &seen.outputs.arn;
        let versions = self.list_versions(arn).await?;
        if versions.len() >= VERSIONS {
            return self.delete_oldest(arn, &versions).await;
        }
        let call = self
            .iam()
            .create_policy_version()
            .policy_arn(arn.as_str())
            .policy_document(to.document.to_json())
            .set_as_default(true);
        write("iam:CreatePolicyVersion", call.send()).await?;
        Ok(None)
    }

    /// Deletes its versions one by one, then the policy with the last.
    async fn delete(&self, _: &Cx, seen: &Seen<IamPolicy>) -> Result<Option<Op>> {
        let arn = &seen.outputs.arn;
        let versions = self.list_versions(arn).await?;
        if oldest(&versions).is_some() {
            return self.delete_oldest(arn, &versions).await;
        }
        write("iam:DeletePolicy", self.iam().delete_policy().policy_arn(arn.as_str()).send()).await?;
        Ok(None)
    }

    async fn retag(&self, _: &Cx, seen: &Seen<IamPolicy>, set: &Tags, unset: &[String]) -> Result<()> {
        let arn = seen.outputs.arn.as_str();
        if !set.is_empty() {
            let call = self.iam().tag_policy().policy_arn(arn).set_tags(Some(tagged(set)?));
            write("iam:TagPolicy", call.send()).await?;
        }
        if !unset.is_empty() {
            let call = self.iam().untag_policy().policy_arn(arn).set_tag_keys(Some(unset.to_vec()));
            write("iam:UntagPolicy", call.send()).await?;
        }
        Ok(())
    }
}

impl Client {
    async fn list_policies(&self) -> Result<Vec<types::Policy>> {
        let pages = self.iam().list_policies().scope(PolicyScopeType::Local).into_paginator();
        read("iam:ListPolicies", pages.items().send().collect::<Result<Vec<_>, _>>()).await
    }

    async fn read_policy(&self, arn: &str) -> Result<Option<types::Policy>> {
        let answer = present(read(GET, self.iam().get_policy().policy_arn(arn).send()).await)?;
        Ok(answer.and_then(|answer| answer.policy))
    }

    async fn read_default_version(&self, policy: &types::Policy) -> Result<Option<Seen<IamPolicy>>> {
        const OPERATION: &str = "iam:GetPolicyVersion";
        let arn = policy.arn().ok_or_else(|| incomplete(GET, "ARN"))?;
        let version = policy.default_version_id().ok_or_else(|| incomplete(GET, "version"))?;
        let call = self.iam().get_policy_version().policy_arn(arn).version_id(version);
        let Some(answer) = present(read(OPERATION, call.send()).await)? else { return Ok(None) };
        let text = answer.policy_version().and_then(PolicyVersion::document);
        show(policy, text.ok_or_else(|| incomplete(OPERATION, "document"))?).map(Some)
    }

    async fn list_versions(&self, arn: &PolicyArn) -> Result<Vec<PolicyVersion>> {
        let pages = self.iam().list_policy_versions().policy_arn(arn.as_str()).into_paginator();
        read("iam:ListPolicyVersions", pages.items().send().collect::<Result<Vec<_>, _>>()).await
    }

    async fn delete_oldest(&self, arn: &PolicyArn, versions: &[PolicyVersion]) -> Result<Option<Op>> {
        let Some(oldest) = oldest(versions) else { return Ok(None) };
        let call = self.iam().delete_policy_version().policy_arn(arn.as_str()).version_id(oldest);
        write("iam:DeletePolicyVersion", call.send()).await?;
        Ok(None)
    }
}

/// The oldest version that is not the default; `v9` is older than `v10`.
fn oldest(versions: &[PolicyVersion]) -> Option<&str> {
    let others = versions.iter().filter(|version| !version.is_default_version());
    let number = |id: &&str| id.trim_start_matches('v').parse::<u64>().unwrap_or(u64::MAX);
    others.filter_map(PolicyVersion::version_id).min_by_key(number)
}

fn show(policy: &types::Policy, text: &str) -> Result<Seen<IamPolicy>> {
    let name = policy.policy_name().ok_or_else(|| incomplete(GET, "name"))?;
    let arn = policy.arn().ok_or_else(|| incomplete(GET, "ARN"))?;
    Ok(Seen {
        id: PolicyName::new(name),
        tags: seen_tags(policy.tags()),
        spec: IamPolicy {
            name: name.into(),
            path: policy.path().unwrap_or("/").into(),
            description: Some(policy.description().unwrap_or_default().into()),
            document: document(text),
        },
        outputs: IamPolicyDetails { arn: PolicyArn::new(arn) },
        state: SeenState::Ready,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn version(id: &str, default: bool) -> PolicyVersion {
        PolicyVersion::builder().version_id(id).is_default_version(default).build()
    }

    #[test]
    fn the_oldest_version_goes_and_never_the_default() {
        let versions =
            [version("v12", true), version("v10", false), version("v9", false), version("v11", false)];
        assert_eq!(oldest(&versions), Some("v9"));
        assert_eq!(oldest(&[version("v1", true), version("v2", false)]), Some("v2"));
        assert_eq!(oldest(&[version("v1", true)]), None);
    }

    #[test]
    fn it_is_shown_in_the_shape_of_a_spec() {
        use crate::iam::{PolicyDocument, Statement};
        let policy = types::Policy::builder().policy_name("read").arn("arn:p").path("/a/").build();
        let document = PolicyDocument::of([Statement::allow("s3:GetObject").on("*")]);
        let seen = show(&policy, &document.to_json()).unwrap();
        assert_eq!(seen.spec, IamPolicy::new("read", document).path("/a/").description(""));
    }
}

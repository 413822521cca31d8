//! The calls of a role.

use super::{Boundary, IamRole, IamRoleDetails};
use crate::{
    client::Client,
    error::{read, write},
    iam::calls::{document, seen_tags, tagged},
    id::{PolicyArn, RoleArn, RoleName},
    lookup::{is_wanted, one_by_one, present},
};
use aws_sdk_iam::types::{self, EntityType};
use deathstar_core::{Cx, Driver, Found, Made, Op, Ready, Result, Seen, SeenState, Tags, Want};

const GET: &str = "iam:GetRole";

impl Driver<IamRole> for Client {
    async fn find(&self, cx: &Cx, want: &Want<RoleName>, found: &mut Found) -> Result<()> {
        let names = match want {
            Want::Ids(names) => names.clone(),
            Want::All | Want::Owned { .. } => {
                let roles = self.role_details(cx, want).await?;
                roles.iter().filter_map(types::RoleDetail::role_name).map(RoleName::new).collect()
            }
        };
        for role in one_by_one(names.iter().map(|name| self.read_role(name))).await? {
            found.push(show(&role));
        }
        Ok(())
    }

    async fn create(&self, cx: &Cx, spec: &Ready<IamRole>) -> Result<Made<RoleName>> {
        let boundary = match &spec.boundary {
            Some(Boundary::Policy(policy)) => Some(policy.known()?.to_string()),
            Some(Boundary::None) | None => None,
        };
        let call = self
            .iam()
            .create_role()
            .role_name(&spec.name)
            .path(&spec.path)
            .assume_role_policy_document(spec.trust.to_json())
            .set_description(spec.description.clone())
            .set_max_session_duration(seconds(spec.max_session))
            .set_permissions_boundary(boundary)
            .set_tags(Some(tagged(&cx.tags)?));
        write("iam:CreateRole", call.send()).await?;
        Ok(RoleName::new(&spec.name).into())
    }

    async fn change(&self, _: &Cx, seen: &Seen<IamRole>, to: &Ready<IamRole>) -> Result<Option<Op>> {
        let (iam, name, is) = (self.iam(), seen.id.as_str(), &seen.spec);
        let described = to.description.is_some() && to.description != is.description;
        let limited = to.max_session.is_some() && to.max_session != is.max_session;
        if to.trust != is.trust {
            let call = iam.update_assume_role_policy().role_name(name).policy_document(to.trust.to_json());
            write("iam:UpdateAssumeRolePolicy", call.send()).await?;
        } else if described || limited {
            // Whatever is not sent might be taken for the default.
            let call = iam
                .update_role()
                .role_name(name)
                .set_description(to.description.clone().or_else(|| is.description.clone()))
                .set_max_session_duration(seconds(to.max_session.or(is.max_session)));
            write("iam:UpdateRole", call.send()).await?;
        } else if let Some(Boundary::Policy(policy)) = &to.boundary {
            let policy = policy.known()?.as_str();
            let call = iam.put_role_permissions_boundary().role_name(name).permissions_boundary(policy);
            write("iam:PutRolePermissionsBoundary", call.send()).await?;
        } else {
            let call = iam.delete_role_permissions_boundary().role_name(name);
            write("iam:DeleteRolePermissionsBoundary", call.send()).await?;
        }
        Ok(None)
    }

    async fn delete(&self, _: &Cx, seen: &Seen<IamRole>) -> Result<Option<Op>> {
        write("iam:DeleteRole", self.iam().delete_role().role_name(seen.id.as_str()).send()).await?;
        Ok(None)
    }

    async fn retag(&self, _: &Cx, seen: &Seen<IamRole>, set: &Tags, unset: &[String]) -> Result<()> {
        let name = seen.id.as_str();
        if !set.is_empty() {
            let call = self.iam().tag_role().role_name(name).set_tags(Some(tagged(set)?));
            write("iam:TagRole", call.send()).await?;
        }
        if !unset.is_empty() {
            let call = self.iam().untag_role().role_name(name).set_tag_keys(Some(unset.to_vec()));
            write("iam:UntagRole", call.send()).await?;
        }
        Ok(())
    }
}

impl Client {
    async fn read_role(&self, name: &RoleName) -> Result<Option<types::Role>> {
        let call = self.iam().get_role().role_name(name.as_str());
        Ok(present(read(GET, call.send()).await)?.and_then(|answer| answer.role))
    }

    /// All roles of the account that are looked for by their tags, with the policies that they have.
    pub(in crate::iam) async fn role_details<I>(
        &self,
        cx: &Cx,
        want: &Want<I>,
    ) -> Result<Vec<types::RoleDetail>> {
        let pages = self.iam().get_account_authorization_details().filter(EntityType::Role).into_paginator();
        let pages =
            read("iam:GetAccountAuthorizationDetails", pages.send().collect::<Result<Vec<_>, _>>()).await?;
        let mut roles: Vec<_> =
            pages.into_iter().flat_map(|page| page.role_detail_list.unwrap_or_default()).collect();
        roles.retain(|role| is_wanted(cx, want, &seen_tags(role.tags())));
        Ok(roles)
    }
}

fn seconds(limit: Option<u32>) -> Option<i32> {
    limit.and_then(|seconds| i32::try_from(seconds).ok())
}

fn show(role: &types::Role) -> Seen<IamRole> {
    let boundary = role.permissions_boundary().and_then(|boundary| boundary.permissions_boundary_arn());
    Seen {
        id: RoleName::new(role.role_name()),
        tags: seen_tags(role.tags()),
        spec: IamRole {
            name: role.role_name().into(),
            path: role.path().into(),
            trust: document(role.assume_role_policy_document().unwrap_or_default()),
            description: Some(role.description().unwrap_or_default().into()),
            max_session: role.max_session_duration().and_then(|seconds| u32::try_from(seconds).ok()),
            boundary: Some(
                boundary.map_or(Boundary::None, |arn| Boundary::Policy(PolicyArn::new(arn).into())),
            ),
        },
        outputs: IamRoleDetails { arn: RoleArn::new(role.arn()), unique_id: role.role_id().into() },
        state: SeenState::Ready,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::iam::{PolicyDocument, Principal};
    use aws_smithy_types::DateTime;
    use types::builders::RoleBuilder;

    fn role() -> RoleBuilder {
        types::Role::builder()
            .role_name("nodes")
            .path("/platform/")
            .role_id("AROA1")
            .arn("arn:aws:iam::1:role/platform/nodes")
            .create_date(DateTime::from_secs(0))
            .assume_role_policy_document("%7B%22Version%22%3A%222012-10-17%22%2C%22Statement%22%3A%5B%7B%22Effect%22%3A%22Allow%22%2C%22Principal%22%3A%7B%22Service%22%3A%5B%22ec2.amazonaws.com%22%5D%7D%2C%22Action%22%3A%5B%22sts%3AAssumeRole%22%5D%7D%5D%7D")
    }

    fn shown(role: RoleBuilder) -> IamRole {
        show(&role.build().unwrap()).spec
    }

    #[test]
    fn it_is_shown_in_the_shape_of_a_spec() {
        let trust = PolicyDocument::trusting(Principal::service("ec2.amazonaws.com"));
        let declared = IamRole::new("nodes", trust).path("/platform/").description("").max_session(3_600);
        let expected = IamRole { boundary: Some(Boundary::None), ..declared };
        assert_eq!(shown(role().max_session_duration(3_600)), expected);
    }

    #[test]
    fn a_boundary_is_shown() {
        let boundary =
            types::AttachedPermissionsBoundary::builder().permissions_boundary_arn("arn:b").build();
        let expected = Boundary::Policy(PolicyArn::new("arn:b").into());
        assert_eq!(shown(role().permissions_boundary(boundary)).boundary, Some(expected));
    }
}

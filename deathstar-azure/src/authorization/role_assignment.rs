//! A role assignment.

use super::{API_VERSION, Role};
use crate::{
    Azure,
    arm::{self, ArmResource, ArmType, Document, Placement},
    choice::choices,
    id::{PrincipalId, ResourceId, RoleAssignmentId, guid::no_guid},
    permission,
};
use deathstar_core::{
    Diagnostic, Fields, Hold, Identity, Input, Key, Repair, Resource, Result, fields,
    permission::{Call, Permission},
};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use std::borrow::Cow;

/// A role assignment: that somebody has a role at a scope, and in all that is in it.
///
/// It carries no tags, and its name is a GUID that follows from scope, role and principal: it is ours by these, and the same
/// assignment is never made twice by us. One that somebody else made under another GUID is in its way
/// (`RoleAssignmentExists`).
///
/// **Azure believes in a new principal only after some time**, so the [sort of principal](RoleAssignment::principal_type) is always
/// said, by which it does not look it up; where it does all the same, its answer (`PrincipalNotFound`) is waited out. What counts for
/// others takes up to ten minutes more: [`HasRole`](super::HasRole) waits for it.
///
/// # Permissions
/// `Microsoft.Authorization/roleAssignments/read`, `/write`, `/delete`, which `Contributor` does not have.
///
/// # Cost
/// None.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct RoleAssignment {
    /// Where: a resource, a resource group, a subscription. Another one replaces it.
    pub scope: Input<ResourceId>,
    /// Which role. Another one replaces it.
    pub role: Role,
    /// Who. Somebody else replaces it.
    pub principal: Input<PrincipalId>,
    /// What that is. Another sort replaces it.
    pub principal_type: PrincipalType,
    /// Why, for people.
    pub description: Option<String>,
    /// What else has to be so, in Azure's language of conditions, version 2.
    pub condition: Option<String>,
}

choices! {
    /// A sort of principal.
    pub enum PrincipalType {
        /// An identity, or an application.
        ServicePrincipal = "ServicePrincipal",
        /// A group.
        Group = "Group",
        /// A person.
        User = "User",
        /// A group of another tenant.
        ForeignGroup = "ForeignGroup",
    }
}

impl RoleAssignment {
    /// An identity has a role at a scope.
    pub fn new(
        scope: impl Into<Input<ResourceId>>,
        role: Role,
        principal: impl Into<Input<PrincipalId>>,
    ) -> Self {
        Self {
            scope: scope.into(),
            role,
            principal: principal.into(),
            principal_type: PrincipalType::ServicePrincipal,
            description: None,
            condition: None,
        }
    }

    /// What the principal is.
    #[must_use]
    pub fn principal_type(mut self, principal_type: PrincipalType) -> Self {
        self.principal_type = principal_type;
        self
    }

    /// Why, for people.
    #[must_use]
    pub fn description(mut self, description: impl Into<String>) -> Self {
        self.description = Some(description.into());
        self
    }

    /// What else has to be so, in Azure's language of conditions.
    #[must_use]
    pub fn condition(mut self, condition: impl Into<String>) -> Self {
        self.condition = Some(condition.into());
        self
    }
}

/// The GUID that follows from what an assignment says: version 8, of the first bytes of a digest.
fn guid(scope: &ResourceId, role: &Role, principal: &PrincipalId) -> String {
    let mut hasher = blake3::Hasher::new();
    for part in [&scope.as_str().to_ascii_lowercase(), role.as_str(), principal.as_str()] {
        hasher.update(&(part.len() as u64).to_le_bytes());
        hasher.update(part.as_bytes());
    }
    let digest = hasher.finalize();
    let (bytes, _) = digest.as_bytes().split_at(16);
    let number = bytes.iter().fold(0_u128, |number, byte| number << 8 | u128::from(*byte));
    let number = number & !(0xf << 76) & !(0x3 << 62) | 8 << 76 | 2 << 62;
    let digits = format!("{number:032x}");
    [&digits[..8], &digits[8..12], &digits[12..16], &digits[16..20], &digits[20..]].join("-")
}

impl Resource for RoleAssignment {
    type Provider = Azure;
    type Id = RoleAssignmentId;
    type Outputs = ();

    const FAMILY: &'static str = "azure.authorization.role-assignment";
    const REPAIR: Repair = Repair::Update;
    const IDENTITY: Identity = Identity::Key { tagged: false };
    /// Source: Azure REST API, "Role Assignments - Create": principal, role and scope of an assignment cannot be updated
    /// (`RoleAssignmentUpdateNotPermitted`).
    const FIELDS: Fields<Self> = fields!(RoleAssignment {
        scope: Replace,
        role: Replace,
        principal: Replace,
        principal_type: Replace,
        description: Update,
        condition: Update,
    });

    fn key(&self) -> Option<Key> {
        Some(arm::key(self))
    }

    fn holds(&self) -> Vec<Hold> {
        vec![Hold::life("role-of-principal", (&self.scope, &self.role, &self.principal))]
    }

    fn managed(&self, seen: Self) -> Self {
        arm::managed(self, seen)
    }

    fn validate(&self) -> Vec<Diagnostic> {
        let mut findings: Vec<_> = self.role.check("/role").into_iter().collect();
        findings.extend(self.principal_type.check("/principal_type"));
        let principal = self.principal.value();
        findings.extend(principal.and_then(|id| no_guid(id.as_str(), "a principal", "/principal")));
        let scope = self.scope.value().filter(|scope| !scope.is_well_formed());
        findings.extend(scope.map(|scope| {
            Diagnostic::new("id.form", format!("`{scope}` is not the id of a scope"))
                .at("/scope")
                .fix("name a resource, a resource group or a subscription by its full id")
        }));
        findings
    }

    fn permissions(call: &Call<'_, Self>) -> Vec<Permission> {
        permission::of(call)
    }

    fn simulate(&self, _: u64) -> (RoleAssignmentId, ()) {
        (arm::simulated(self), ())
    }
}

const ROLE: &str = "/properties/roleDefinitionId";
const CONDITION_VERSION: &str = "/properties/conditionVersion";

impl ArmResource for RoleAssignment {
    const TYPE: ArmType = RoleAssignmentId::TYPE;
    const API_VERSION: &'static str = API_VERSION;
    const PARENT: &'static str = "scope";
    const PLACEMENT: Placement = Placement::Parent;
    const PLACES: &'static [(&'static str, &'static str)] =
        &[("role", ROLE), ("principal", "/properties/principalId")];
    const READ_ONLY: &'static [&'static str] = &[
        "/properties/createdBy",
        "/properties/createdOn",
        "/properties/scope",
        "/properties/updatedBy",
        "/properties/updatedOn",
    ];

    fn parent(&self) -> Option<Input<ResourceId>> {
        Some(self.scope.clone())
    }

    fn name(&self) -> Option<Cow<'_, str>> {
        Some(guid(self.scope.value()?, &self.role, self.principal.value()?).into())
    }

    fn write(&self, document: &mut Document) -> Result<()> {
        arm::write(self, document)?;
        arm::put(document, ROLE, self.role.at(self.scope.known()?).into())?;
        if self.condition.is_some() {
            arm::put(document, CONDITION_VERSION, json!("2.0"))?;
        }
        Ok(())
    }

    fn read(id: &ResourceId, document: &Document) -> Result<Self> {
        let mut plain = document.clone();
        // Older assignments do not say what their principal is.
        let of = "/properties/principalType";
        if arm::look(document, of).and_then(Value::as_str).is_none() {
            arm::put(&mut plain, of, json!("Unknown"))?;
        }
        arm::read(id, &plain)
    }

    fn outputs(_: &ResourceId, _: &Document) -> Result<()> {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        arm::testing::{change, document, read},
        id::guid::is_guid,
    };
    use deathstar_core::Class;
    use proptest::prelude::*;
    use std::collections::BTreeSet;

    const SCOPE: &str = "/subscriptions/s/resourceGroups/g";
    const PRINCIPAL: &str = "00000000-0000-4000-8000-000000000001";

    fn assignment() -> RoleAssignment {
        RoleAssignment::new(ResourceId::new(SCOPE), Role::READER, PrincipalId::new(PRINCIPAL))
    }

    fn name(assignment: &RoleAssignment) -> String {
        ArmResource::name(assignment).unwrap().into_owned()
    }

    #[test]
    fn the_struct_is_the_document_and_reads_back() {
        let assignment = assignment().description("to look").condition("true");
        let written = document(&assignment);
        let role =
            format!("/subscriptions/s/providers/Microsoft.Authorization/roleDefinitions/{}", Role::READER);
        assert_eq!(
            written,
            json!({"properties": {"roleDefinitionId": role, "principalId": PRINCIPAL, "principalType": "ServicePrincipal",
                "description": "to look", "condition": "true", "conditionVersion": "2.0"}})
        );
        let (id, ()) = assignment.simulate(1);
        assert_eq!(read::<RoleAssignment>(id.as_str(), &written), assignment);
        assert_eq!(assignment.key(), Some(Key::of(&id)));
        let mut seen = written.clone();
        seen["properties"]["createdOn"] = json!("then");
        seen["properties"]["scope"] = json!(SCOPE);
        assert_eq!(change(&assignment, &seen), written);
        seen["properties"].as_object_mut().unwrap().remove("principalType");
        let older = read::<RoleAssignment>(id.as_str(), &seen);
        assert_eq!(older.principal_type, PrincipalType::Other("Unknown".into()));
    }

    /// The text is stable: rows of older programs name it.
    #[test]
    fn its_name_follows_from_what_it_says() {
        assert_eq!(name(&assignment()), "15f2fb59-3a20-8a56-a4d6-cd603da18266");
        assert_eq!(name(&assignment()), name(&assignment().description("other")));
        let upper = ResourceId::new(SCOPE.replace("/g", "/G"));
        assert_eq!(name(&assignment()), name(&RoleAssignment { scope: upper.into(), ..assignment() }));
        let names: BTreeSet<_> = [
            assignment(),
            RoleAssignment { role: Role::OWNER, ..assignment() },
            RoleAssignment { principal: PrincipalId::simulated(2).into(), ..assignment() },
            RoleAssignment { scope: ResourceId::new("/subscriptions/s").into(), ..assignment() },
        ]
        .iter()
        .map(name)
        .collect();
        assert_eq!(names.len(), 4);
    }

    #[test]
    fn all_that_it_says_replaces_it() {
        let in_place = RoleAssignment::FIELDS.iter().filter(|field| matches!(field.class, Class::Update));
        assert_eq!(in_place.map(|field| field.name).collect::<Vec<_>>(), ["description", "condition"]);
        assert_eq!(assignment().holds(), assignment().description("other").holds());
    }

    #[test]
    fn what_azure_refuses_is_found_before() {
        let paths = |assignment: RoleAssignment| {
            assignment.validate().into_iter().map(|finding| finding.path).collect::<Vec<_>>()
        };
        assert!(paths(assignment()).is_empty());
        assert_eq!(paths(RoleAssignment { role: Role::new("Reader"), ..assignment() }), ["/role"]);
        assert_eq!(
            paths(RoleAssignment { principal: PrincipalId::new("me").into(), ..assignment() }),
            ["/principal"]
        );
        assert_eq!(paths(RoleAssignment { scope: ResourceId::new("g").into(), ..assignment() }), ["/scope"]);
        let unknown = PrincipalType::Other("Unknown".into());
        assert_eq!(paths(assignment().principal_type(unknown)), ["/principal_type"]);
    }

    proptest! {
        #[test]
        fn names_are_guids_of_version_8(scope in "/subscriptions/[a-z0-9]{1,8}", serial: u32) {
            let principal = PrincipalId::simulated(serial.into());
            let name = guid(&ResourceId::new(scope), &Role::READER, &principal);
            prop_assert!(is_guid(&name), "{}", name);
            prop_assert!(name.as_bytes()[14] == b'8' && b"89ab".contains(&name.as_bytes()[19]), "{}", name);
        }
    }
}

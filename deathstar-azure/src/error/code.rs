//! What the error codes of Azure mean.

use deathstar_core::Meaning;

/// The code of a provider that the subscription does not know yet.
pub(crate) const UNREGISTERED: &str = "MissingSubscriptionRegistration";

/// Codes that say that the very object that was asked for is not there.
pub(super) const GONE: &[&str] = &[
    "NotFound",
    "ParentResourceNotFound",
    "ResourceGroupNotFound",
    "ResourceNotFound",
    "RoleAssignmentNotFound",
    "WorkspaceNotFound",
];

/// Codes that ask for fewer calls.
const THROTTLED: &[&str] = &[
    "OperationThrottled",
    "RequestsThrottled",
    "ResourceCollectionRequestsThrottled",
    "ResourceRequestsThrottled",
    "SubscriptionRequestsThrottled",
    "TenantRequestsThrottled",
    "TooManyRequests",
];

/// Codes that say that something else has to end first.
const CONFLICT: &[&str] = &[
    "AnotherOperationInProgress",
    "CanceledAndSupersededDueToAnotherOperation",
    "Conflict",
    "ConflictError",
    "ConcurrentOperation",
    "NetworkSecurityGroupOldReferencesNotCleanedUp",
    "OperationNotAllowed",
    "OperationPreempted",
    "PreconditionFailed",
    "PrivateDnsZoneNotEmpty",
    "ResourceGroupBeingDeleted",
    "ResourceGroupDeletionInProgress",
    "ResourceInUse",
    "RetryableErrorDueToAnotherOperation",
    "SubnetIsFull",
    "SubnetsHaveNoServiceEndpointsConfigured",
];

/// Codes that say that what is named exists and cannot be used yet.
const NOT_READY: &[&str] = &[
    UNREGISTERED,
    "PrincipalNotFound",
    "ReferencedResourceNotProvisioned",
    "ResourceNotReady",
    "SubscriptionNotRegistered",
];

/// Codes that say that what is named is not there; it may have been made a moment ago.
const NAMED_IS_MISSING: &[&str] =
    &["InvalidResourceReference", "LinkedInvalidPropertyId", "NotFoundError", "ReferencedResourceNotFound"];

const TRANSIENT: &[&str] = &[
    "ExpiredAuthenticationToken",
    "GatewayTimeout",
    "InternalError",
    "InternalServerError",
    "OperationTimedOut",
    "RetryableError",
    "ServerBusy",
    "ServerTimeout",
    "ServiceUnavailable",
    "Timeout",
];

const TAKEN: &[&str] = &[
    "DnsRecordInUse",
    "InvalidResourceLocation",
    "ResourceExists",
    "RoleAssignmentExists",
    "StorageAccountAlreadyExists",
    "StorageAccountAlreadyTaken",
    "VaultAlreadyExists",
];

/// Codes that say that the caller may not make this very call.
const REFUSED: &[&str] = &["AuthorizationFailed", "Forbidden"];

/// Codes that refuse for a reason that no action of the call would change.
const BARRED: &[&str] = &[
    "AuthenticationFailed",
    "AuthenticationFailedMissingToken",
    "DenyAssignmentAuthorizationFailed",
    "DisabledSubscription",
    "InvalidAuthenticationToken",
    "InvalidAuthenticationTokenAudience",
    "InvalidAuthenticationTokenTenant",
    "LinkedAuthorizationFailed",
    "ReadOnlyDisabledSubscription",
    "RequestDisallowedByAzure",
    "RequestDisallowedByPolicy",
    "ScopeLocked",
];

const QUOTA: &[&str] = &[
    "AllocationFailed",
    "OverconstrainedAllocationRequest",
    "QuotaExceeded",
    "SkuNotAvailable",
    "ZonalAllocationFailed",
];

/// Codes of requests that can never succeed, whatever their status.
const INVALID: &[&str] = &[
    "InvalidApiVersionParameter",
    "InvalidResourceType",
    "InvalidSubscriptionId",
    "LocationNotAvailableForResourceType",
    "NoRegisteredProviderFound",
    "ResourceTypeNotSupported",
    "RoleDefinitionDoesNotExist",
    "SubscriptionNotFound",
    "SubscriptionNotRegisteredForFeature",
];

/// What a code means; none for a code that says nothing here.
///
/// Sources: Azure Resource Manager documentation, "Common deployment errors" and the pages of each; Azure role-based access control
/// documentation, "Troubleshoot Azure RBAC"; the errors of `Microsoft.Network` in its documentation.
pub(super) fn meaning(code: &str, action: &str) -> Option<Meaning> {
    let denied = |action: &str| Meaning::Denied { action: action.into() };
    let sorted = [
        (THROTTLED, Meaning::Throttled),
        (CONFLICT, Meaning::Conflict),
        (NOT_READY, Meaning::NotReady),
        (GONE, Meaning::NotFound),
        (NAMED_IS_MISSING, Meaning::NotFound),
        (TRANSIENT, Meaning::Transient),
        (TAKEN, Meaning::AlreadyExists),
        (REFUSED, denied(action)),
        (BARRED, denied("")),
        (QUOTA, Meaning::Quota),
        (INVALID, Meaning::Invalid),
    ];
    let listed = sorted.into_iter().find(|(codes, _)| codes.contains(&code)).map(|(_, meaning)| meaning);
    listed.or_else(|| by_form(code))
}

/// Codes of which there is one for every type of resource.
fn by_form(code: &str) -> Option<Meaning> {
    let ends = |ends: &[&str]| ends.iter().any(|end| code.ends_with(end));
    if code.starts_with("InUse")
        || ends(&["CannotBeDeleted", "IsInUse", "AlreadyInUse", "InUseByAnotherResource"])
    {
        Some(Meaning::Conflict)
    } else if ends(&["QuotaExceeded", "LimitExceeded", "LimitReached", "ExceedsLimit"]) {
        Some(Meaning::Quota)
    } else if ends(&["AlreadyExists"]) {
        Some(Meaning::AlreadyExists)
    } else if code.starts_with("InvalidTemplate") || code.starts_with("InvalidRequest") {
        Some(Meaning::Invalid)
    } else {
        None
    }
}

/// What a status means where the code says nothing.
pub(super) fn by_status(status: u16, action: &str) -> Meaning {
    match status {
        401 => Meaning::Denied { action: String::new() },
        403 => Meaning::Denied { action: action.into() },
        404 | 410 => Meaning::NotFound,
        408 | 500.. => Meaning::Transient,
        409 | 412 => Meaning::Conflict,
        429 => Meaning::Throttled,
        _ => Meaning::Invalid,
    }
}

/// What to do.
pub(super) fn hint(code: &str, meaning: &Meaning) -> Option<&'static str> {
    Some(match code {
        "AuthorizationFailed" => {
            "have a role assigned that allows it, at the resource group or the subscription"
        }
        "LinkedAuthorizationFailed" => {
            "the call names a resource that the caller may not use: have a role assigned there that allows to join it"
        }
        "DenyAssignmentAuthorizationFailed" => {
            "a deny assignment forbids it: whoever manages that has to lift it"
        }
        "InvalidAuthenticationToken" | "AuthenticationFailed" | "ExpiredAuthenticationToken" => {
            "sign in again (`az login`), or choose other credentials"
        }
        "InvalidAuthenticationTokenTenant" => {
            "the credentials belong to another tenant: sign in to the subscription's (`az login --tenant`)"
        }
        "InvalidAuthenticationTokenAudience" => {
            "the token is for another of Microsoft's clouds: declare the right one"
        }
        "SubscriptionNotFound" | "InvalidSubscriptionId" => {
            "correct the subscription's id, or choose credentials that reach it, and the cloud that it is in"
        }
        "DisabledSubscription" | "ReadOnlyDisabledSubscription" => "enable the subscription again",
        "RequestDisallowedByPolicy" => {
            "a policy of the subscription forbids it: declare what it asks for, or have an exemption made"
        }
        "RequestDisallowedByAzure" => "the subscription may not use this location: choose another one",
        "ScopeLocked" => "a lock forbids it: remove the lock, or leave the object as it is",
        "SubscriptionNotRegisteredForFeature" => "have the feature registered: `az feature register`",
        "NoRegisteredProviderFound" | "LocationNotAvailableForResourceType" => {
            "the location does not have this type of resource: choose another location"
        }
        "PrincipalNotFound" => {
            "a new identity is known everywhere after some minutes; otherwise correct the principal's id"
        }
        "RoleAssignmentExists" => {
            "the same role is assigned already under another name: import that assignment, or remove it"
        }
        "ReferencedResourceNotProvisioned" => "what it names has to be repaired first",
        "InvalidResourceLocation" => {
            "a resource of this name exists in another location: choose another name, or delete it first"
        }
        "ResourceGroupBeingDeleted" => "wait until the resource group is gone, or choose another one",
        UNREGISTERED => "have the provider registered: `az provider register`",
        "SkuNotAvailable" | "AllocationFailed" | "ZonalAllocationFailed" => {
            "choose another size, zone or location, or try later"
        }
        _ => {
            return match meaning {
                Meaning::Quota => {
                    Some("ask for a higher limit (Azure portal, Quotas), or remove what is not needed")
                }
                Meaning::Conflict if by_form(code).is_some() => {
                    Some("something still uses it; what that is stands in the message")
                }
                _ => None,
            };
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn every_code_means_one_thing() {
        let lists = [
            THROTTLED,
            CONFLICT,
            NOT_READY,
            GONE,
            NAMED_IS_MISSING,
            TRANSIENT,
            TAKEN,
            REFUSED,
            BARRED,
            QUOTA,
            INVALID,
        ];
        let all: Vec<&str> = lists.into_iter().flatten().copied().collect();
        assert_eq!(all.len(), all.iter().collect::<BTreeSet<_>>().len());
    }

    #[test]
    fn codes_are_sorted_by_what_is_to_be_done() {
        let denied = |action: &str| Meaning::Denied { action: action.into() };
        for (code, expected) in [
            ("AnotherOperationInProgress", Meaning::Conflict),
            ("InUseSubnetCannotBeDeleted", Meaning::Conflict),
            ("NetworkSecurityGroupInUseByAnotherResource", Meaning::Conflict),
            ("NatGatewayCannotBeDeleted", Meaning::Conflict),
            ("ResourceGroupBeingDeleted", Meaning::Conflict),
            ("RetryableError", Meaning::Transient),
            ("TooManyRequests", Meaning::Throttled),
            ("ResourceNotFound", Meaning::NotFound),
            ("ParentResourceNotFound", Meaning::NotFound),
            ("SubscriptionNotFound", Meaning::Invalid),
            ("AuthorizationFailed", denied("a/write")),
            ("LinkedAuthorizationFailed", denied("")),
            ("ScopeLocked", denied("")),
            ("RequestDisallowedByPolicy", denied("")),
            ("InvalidAuthenticationTokenTenant", denied("")),
            ("PrincipalNotFound", Meaning::NotReady),
            ("RoleAssignmentExists", Meaning::AlreadyExists),
            ("RoleAssignmentLimitExceeded", Meaning::Quota),
            ("PublicIPCountLimitReached", Meaning::Quota),
            ("QuotaExceeded", Meaning::Quota),
            ("InvalidTemplateDeployment", Meaning::Invalid),
            ("InvalidRequestContent", Meaning::Invalid),
            (UNREGISTERED, Meaning::NotReady),
        ] {
            assert_eq!(meaning(code, "a/write"), Some(expected), "{code}");
        }
        assert_eq!(meaning("Whatever", "a"), None);
    }

    #[test]
    fn what_a_person_has_to_do_is_said() {
        for code in BARRED
            .iter()
            .chain(REFUSED)
            .chain(QUOTA)
            .chain(["InUseSubnetCannotBeDeleted", "SubscriptionNotFound"].iter())
        {
            let Some(meaning) = meaning(code, "") else { panic!("{code}") };
            let told = hint(code, &meaning).is_some();
            assert!(
                told || ["Forbidden", "AuthenticationFailedMissingToken", "OverconstrainedAllocationRequest"]
                    .contains(code),
                "{code}"
            );
        }
    }
}

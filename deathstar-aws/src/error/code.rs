//! What the error codes of AWS mean.

use deathstar_core::Meaning;

/// Codes that ask for fewer calls. They come before the limits, since some of them read like one.
const THROTTLED: &[&str] = &[
    "BandwidthLimitExceeded",
    "EC2ThrottledException",
    "PriorRequestNotComplete",
    "ProvisionedThroughputExceededException",
    "RequestLimitExceeded",
    "RequestThrottled",
    "RequestThrottledException",
    "SlowDown",
    "ThrottledException",
    "Throttling",
    "ThrottlingException",
    "TooManyRequestsException",
];

/// Codes that say that the caller may not make this call.
const REFUSED: &[&str] = &[
    "AccessDenied",
    "AccessDeniedException",
    "NotAuthorized",
    "UnauthorizedAccess",
    "UnauthorizedOperation",
];

/// Codes that say that the credentials are no good.
const UNKNOWN_CALLER: &[&str] = &[
    "AuthFailure",
    "ExpiredToken",
    "ExpiredTokenException",
    "IncompleteSignature",
    "InvalidAccessKeyId",
    "InvalidClientTokenId",
    "MissingAuthenticationToken",
    "RequestExpired",
    "SignatureDoesNotMatch",
    "UnrecognizedClientException",
];

/// Codes that say that the account is not (yet) fit for this.
const ACCOUNT: &[&str] = &["Blocked", "OptInRequired", "PendingVerification"];

const TRANSIENT: &[&str] = &[
    "DependencyTimeoutException",
    "InternalError",
    "InternalFailure",
    "InternalServerError",
    "KMSInternalException",
    "KeyUnavailableException",
    "RequestTimeout",
    "RequestTimeoutException",
    "ServerInternal",
    "ServiceFailure",
    "ServiceUnavailable",
    "ServiceUnavailableException",
    "Unavailable",
];

const CONFLICT: &[&str] = &[
    "ConcurrentModification",
    "ConcurrentModificationException",
    "ConflictException",
    "DeleteConflict",
    "DependencyViolation",
    "DisabledException",
    "EntityTemporarilyUnmodifiable",
    "HostedZoneNotEmpty",
    "IncorrectInstanceState",
    "IncorrectState",
    "InvalidState",
    "KMSInvalidStateException",
    "LastVPCAssociation",
    "OperationAborted",
    "OperationAbortedException",
    "OperationNotPermitted",
    "ResourceConflictException",
    "ResourceInUse",
    "ResourceInUseException",
];

const NOT_READY: &[&str] = &["Gateway.NotAttached", "ResourceNotReady", "ResourceNotReadyException"];

const TAKEN: &[&str] = &[
    "AlreadyAttached",
    "ConflictingDomainExists",
    "InvalidSubnet.Conflict",
    "InvalidVpc.Conflict",
    "Resource.AlreadyAssociated",
];

/// Refusals of what a call names, which a service also gives for what was made a moment ago and is not known everywhere yet: they
/// are repeated for as long as a new object may stay hidden.
///
/// A role cannot be assumed at once, a policy cannot name a principal at once that was just made, and a policy of a key does not
/// hold at once.
const NOT_KNOWN_YET: &[(&str, &[&str])] = &[
    ("InvalidParameter", &["ec2:CreateFlowLogs"]),
    ("InvalidParameterException", &["logs:AssociateKmsKey", "logs:CreateLogGroup"]),
    ("InvalidVPCId", &["route53:AssociateVPCWithHostedZone", "route53:CreateHostedZone"]),
    ("MalformedPolicyDocument", &["iam:CreateRole", "iam:UpdateAssumeRolePolicy"]),
    ("MalformedPolicyDocumentException", &["kms:CreateKey", "kms:PutKeyPolicy"]),
];

/// What a code means; none for a code that says nothing here.
///
/// Sources: Amazon EC2 API Reference, "Error codes for the Amazon EC2 API"; AWS API references, "Common errors", and the errors of
/// each operation.
pub(super) fn meaning(code: &str, operation: &str) -> Option<Meaning> {
    let is = |codes: &[&str]| codes.contains(&code);
    let ends = |ends: &[&str]| ends.iter().any(|end| code.ends_with(end));
    let hidden = NOT_KNOWN_YET.iter().any(|(of, by)| *of == code && by.contains(&operation));
    Some(if is(THROTTLED) {
        Meaning::Throttled
    } else if hidden {
        Meaning::NotFound
    } else if code == "Resource.AlreadyAssociated" && operation == "ec2:CreateNatGateway" {
        // The address of a gateway that was deleted is free a little later.
        Meaning::Conflict
    } else if is(REFUSED) {
        Meaning::Denied { action: operation.to_owned() }
    } else if is(UNKNOWN_CALLER) || is(ACCOUNT) {
        Meaning::Denied { action: String::new() }
    } else if is(TRANSIENT) {
        Meaning::Transient
    } else if is(CONFLICT) || ends(&[".InUse"]) {
        Meaning::Conflict
    } else if is(NOT_READY) {
        Meaning::NotReady
    } else if ends(&[".NotFound", "NotFound", "NotFoundException"]) || code.starts_with("NoSuch") {
        Meaning::NotFound
    } else if is(TAKEN)
        || ends(&[".Duplicate", "AlreadyExists", "AlreadyExistsException", "AlreadyExistsFault"])
    {
        Meaning::AlreadyExists
    } else if ends(&["LimitExceeded", "LimitExceededException", "QuotaExceeded", "QuotaExceededException"])
        || code == "LimitsExceeded"
        || code.starts_with("TooMany")
        || code == "InsufficientFreeAddressesInSubnet"
    {
        Meaning::Quota
    } else if code.starts_with("Insufficient") && code.ends_with("Capacity") {
        Meaning::Transient
    } else if code == "IdempotentParameterMismatch" {
        // One token never goes with two specs: whoever sent it has a defect.
        Meaning::Internal
    } else {
        return None;
    })
}

/// What to do about it.
pub(super) fn hint(code: &str, meaning: &Meaning) -> Option<String> {
    let is = |codes: &[&str]| codes.contains(&code);
    Some(match meaning {
        Meaning::Denied { .. } if is(UNKNOWN_CALLER) => {
            "renew the credentials, or choose others (profile, role, environment)".into()
        }
        Meaning::Denied { .. } if is(ACCOUNT) => {
            "the account or the region has to be enabled for this first".into()
        }
        Meaning::Denied { action } => format!(
            "allow `{action}` for the identity that makes the calls; `permissions` shows the policy that this plan needs"
        ),
        Meaning::Quota if code == "InsufficientFreeAddressesInSubnet" => "use a larger subnet".into(),
        Meaning::Quota => {
            let limit = code.strip_suffix("Exception").unwrap_or(code);
            format!("remove what is not needed, or ask for more under Service Quotas (`{limit}`)")
        }
        Meaning::Conflict if code == "HostedZoneNotEmpty" => {
            "delete the records in it that others made; its own (`NS`, `SOA`) go with it".into()
        }
        Meaning::Conflict if code == "DeleteConflict" => {
            "take off what others have added to it: policies, identities, instance profiles".into()
        }
        _ => return None,
    })
}

/// A meaning that names the action that was refused.
pub(super) fn told(meaning: Meaning, message: Option<&str>, operation: &str) -> Meaning {
    match meaning {
        Meaning::Denied { action } if !action.is_empty() => {
            Meaning::Denied { action: refused_action(message, operation) }
        }
        other => other,
    }
}

/// The action that a refusal is about: the one that its message names, or else the operation. A call may be authorised as several
/// actions, such as a create call that writes tags, and no code says which of them was refused.
fn refused_action(message: Option<&str>, operation: &str) -> String {
    let named = message.and_then(|text| text.split_once("not authorized to perform: "));
    let named = named.and_then(|(_, rest)| rest.split_whitespace().next());
    let is_action = |text: &&str| {
        text.split_once(':').is_some_and(|(service, action)| {
            let word =
                |part: &str| !part.is_empty() && part.chars().all(|c| c.is_ascii_alphanumeric() || c == '-');
            word(service) && word(action)
        })
    };
    named.map(|text| text.trim_end_matches('.')).filter(is_action).unwrap_or(operation).to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_code_of_the_network_has_its_meaning() {
        let denied = |action: &str| Meaning::Denied { action: action.into() };
        for (expected, codes) in [
            (Meaning::Throttled, &["RequestLimitExceeded", "Throttling", "ThrottlingException"][..]),
            (Meaning::Throttled, &["EC2ThrottledException", "TooManyRequestsException", "SlowDown"]),
            (Meaning::Conflict, &["DependencyViolation", "IncorrectState", "InvalidIPAddress.InUse"]),
            (Meaning::Conflict, &["OperationNotPermitted", "InvalidGroup.InUse"]),
            (Meaning::NotFound, &["InvalidVpcID.NotFound", "NatGatewayNotFound", "InvalidRoute.NotFound"]),
            (
                Meaning::NotFound,
                &["InvalidAllocationID.NotFound", "ResourceNotFoundException", "NoSuchEntity"],
            ),
            (
                Meaning::AlreadyExists,
                &["RouteAlreadyExists", "InvalidGroup.Duplicate", "EntityAlreadyExists"],
            ),
            (Meaning::AlreadyExists, &["Resource.AlreadyAssociated", "InvalidSubnet.Conflict"]),
            (denied("ec2:CreateVpc"), &["UnauthorizedOperation", "AccessDenied", "AccessDeniedException"]),
            (denied(""), &["AuthFailure", "ExpiredToken", "RequestExpired", "OptInRequired"]),
            (Meaning::Quota, &["VpcLimitExceeded", "AddressLimitExceeded", "NatGatewayLimitExceeded"]),
            (
                Meaning::Quota,
                &["RouteTableLimitExceeded", "LimitExceededException", "ServiceQuotaExceededException"],
            ),
            (Meaning::Quota, &["InsufficientFreeAddressesInSubnet"]),
            (Meaning::NotReady, &["Gateway.NotAttached"]),
            (Meaning::Transient, &["InternalError", "ServiceUnavailable", "Unavailable"]),
            (Meaning::Transient, &["InsufficientAddressCapacity"]),
            (Meaning::Internal, &["IdempotentParameterMismatch"]),
            (
                Meaning::AlreadyExists,
                &["InvalidPermission.Duplicate", "NetworkAclEntryAlreadyExists", "InvalidGroup.Duplicate"],
            ),
            (
                Meaning::Quota,
                &["RulesPerSecurityGroupLimitExceeded", "SecurityGroupLimitExceeded", "CidrLimitExceeded"],
            ),
            (
                Meaning::Quota,
                &["VpcEndpointLimitExceeded", "NetworkAclLimitExceeded", "NetworkAclEntryLimitExceeded"],
            ),
            (
                Meaning::NotFound,
                &[
                    "InvalidPermission.NotFound",
                    "InvalidSecurityGroupRuleId.NotFound",
                    "InvalidGatewayID.NotFound",
                ],
            ),
            (
                Meaning::NotFound,
                &[
                    "InvalidNetworkAclID.NotFound",
                    "InvalidNetworkAclEntry.NotFound",
                    "InvalidAssociationID.NotFound",
                ],
            ),
            (
                Meaning::NotFound,
                &[
                    "InvalidVpcEndpointId.NotFound",
                    "InvalidDhcpOptionsID.NotFound",
                    "InvalidPrefixListID.NotFound",
                ],
            ),
            (Meaning::NotFound, &["InvalidVpcCidrBlockAssociationID.NotFound"]),
            (Meaning::Throttled, &["PriorRequestNotComplete"]),
            (
                Meaning::Conflict,
                &["DeleteConflict", "ConcurrentModification", "EntityTemporarilyUnmodifiable"],
            ),
            (
                Meaning::Conflict,
                &["HostedZoneNotEmpty", "KMSInvalidStateException", "OperationAbortedException"],
            ),
            (Meaning::NotFound, &["NoSuchHostedZone", "NotFoundException", "VPCAssociationNotFound"]),
            (Meaning::AlreadyExists, &["HostedZoneAlreadyExists", "ConflictingDomainExists"]),
            (Meaning::AlreadyExists, &["FlowLogAlreadyExists", "ResourceAlreadyExistsException"]),
            (Meaning::Quota, &["LimitExceeded", "LimitsExceeded", "TooManyHostedZones"]),
            (Meaning::Transient, &["ServiceFailure", "KMSInternalException", "DependencyTimeoutException"]),
        ] {
            for code in codes {
                assert_eq!(meaning(code, "ec2:CreateVpc"), Some(expected.clone()), "{code}");
            }
        }
    }

    #[test]
    fn an_address_that_a_gateway_still_has_is_waited_for() {
        assert_eq!(meaning("Resource.AlreadyAssociated", "ec2:CreateNatGateway"), Some(Meaning::Conflict));
        assert_eq!(
            meaning("Resource.AlreadyAssociated", "ec2:AssociateRouteTable"),
            Some(Meaning::AlreadyExists)
        );
    }

    #[test]
    fn what_names_something_new_is_repeated_for_a_while() {
        for (code, by, otherwise) in [
            ("MalformedPolicyDocument", "iam:CreateRole", "iam:CreatePolicy"),
            ("MalformedPolicyDocumentException", "kms:PutKeyPolicy", "kms:CreateAlias"),
            ("InvalidParameter", "ec2:CreateFlowLogs", "ec2:CreateVpc"),
            ("InvalidParameterException", "logs:CreateLogGroup", "logs:PutRetentionPolicy"),
        ] {
            assert_eq!(meaning(code, by), Some(Meaning::NotFound), "{code} {by}");
            assert_eq!(meaning(code, otherwise), None, "{code} {otherwise}");
        }
    }

    #[test]
    fn other_codes_say_nothing() {
        for code in
            ["InvalidParameterValue", "InvalidVpc.Range", "InvalidVpcID.Malformed", "MissingParameter"]
        {
            assert_eq!(meaning(code, "ec2:CreateVpc"), None, "{code}");
        }
    }

    #[test]
    fn hints_name_the_action_and_the_limit() {
        let denied = Meaning::Denied { action: "ec2:CreateVpc".into() };
        let hint_of = |code, meaning| hint(code, meaning).unwrap_or_default();
        let denied = hint_of("UnauthorizedOperation", &denied);
        assert!(
            denied.contains("allow `ec2:CreateVpc`") && denied.contains("`permissions` shows the policy"),
            "{denied}"
        );
        assert!(hint_of("VpcLimitExceeded", &Meaning::Quota).contains("`VpcLimitExceeded`"));
        assert!(hint_of("ExpiredToken", &Meaning::Denied { action: String::new() }).starts_with("renew"));
        for code in ["HostedZoneNotEmpty", "DeleteConflict"] {
            assert!(hint(code, &Meaning::Conflict).is_some(), "{code}");
        }
        assert_eq!(hint("DependencyViolation", &Meaning::Conflict), None);
    }

    #[test]
    fn a_refusal_names_the_action_that_was_refused() {
        let named = |text| refused_action(Some(text), "ec2:CreateVpc");
        let tags = "You are not authorized to perform this operation. User: arn:aws:iam::123456789012:user/ci is not authorized \
            to perform: ec2:CreateTags on resource: arn:aws:ec2:eu-west-1:123456789012:vpc/*";
        assert_eq!(named(tags), "ec2:CreateTags");
        assert_eq!(named("User: x is not authorized to perform: iam:PassRole."), "iam:PassRole");
        assert_eq!(named("You are not authorized to perform this operation."), "ec2:CreateVpc");
        assert_eq!(named("not authorized to perform: something else"), "ec2:CreateVpc");
        assert_eq!(refused_action(None, "ec2:CreateVpc"), "ec2:CreateVpc");
    }
}

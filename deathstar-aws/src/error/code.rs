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
pub(super) fn hint(code: &str, meaning: &Meaning, operation: &str) -> Option<String> {
    let is = |codes: &[&str]| codes.contains(&code);
    Some(match meaning {
        Meaning::Denied { .. } if is(UNKNOWN_CALLER) => {
            "renew the credentials, or choose others (profile, role, environment)".into()
        }
        Meaning::Denied { .. } if is(ACCOUNT) => {
            "the account or the region has to be enabled for this first".into()
        }
        Meaning::Denied { action } => {
            let tags = tagging(operation)
                .map(|tags| format!(" (and `{tags}`, since tags are written with it)"))
                .unwrap_or_default();
            format!("allow `{action}`{tags} for the identity that makes the calls")
        }
        Meaning::Quota if code == "InsufficientFreeAddressesInSubnet" => "use a larger subnet".into(),
        Meaning::Quota => {
            let limit = code.strip_suffix("Exception").unwrap_or(code);
            format!("remove what is not needed, or ask for more under Service Quotas (`{limit}`)")
        }
        _ => return None,
    })
}

/// The permission to write the tags that a create call carries.
fn tagging(operation: &str) -> Option<&'static str> {
    Some(match operation {
        "iam:CreatePolicy" => "iam:TagPolicy",
        "iam:CreateRole" => "iam:TagRole",
        "kms:CreateKey" => "kms:TagResource",
        "logs:CreateLogGroup" => "logs:TagResource",
        _ if operation.starts_with("ec2:Create") || operation.starts_with("ec2:Allocate") => "ec2:CreateTags",
        _ => return None,
    })
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
        let hint_of = |code, meaning| hint(code, meaning, "ec2:CreateVpc").unwrap_or_default();
        assert!(hint_of("UnauthorizedOperation", &denied).contains("`ec2:CreateVpc` (and `ec2:CreateTags`"));
        let denied = Meaning::Denied { action: "iam:CreateRole".into() };
        assert!(hint("AccessDenied", &denied, "iam:CreateRole").unwrap().contains("`iam:TagRole`"));
        let denied = Meaning::Denied { action: "iam:GetRole".into() };
        assert!(!hint("AccessDenied", &denied, "iam:GetRole").unwrap().contains("tags"));
        assert!(hint_of("VpcLimitExceeded", &Meaning::Quota).contains("`VpcLimitExceeded`"));
        assert!(hint_of("ExpiredToken", &Meaning::Denied { action: String::new() }).starts_with("renew"));
        assert_eq!(hint("DependencyViolation", &Meaning::Conflict, "ec2:DeleteVpc"), None);
    }
}

//! Names on AWS.

use super::{CharSet, NameRule};

/// What most AWS names have.
const WORD: CharSet = CharSet::ALPHANUMERIC.with("-_");

/// The `Name` tag of an EC2 object, or any tag value.
///
/// EC2 itself takes any character; these are the ones that all services take.
///
/// Source: Amazon EC2 User Guide, "Tag restrictions".
pub const EC2_NAME_TAG: NameRule =
    NameRule::new("Name tag", 0, 256, CharSet::UNICODE_ALPHANUMERIC.with(" +-=._:/@"));

/// The name of a security group.
///
/// Source: Amazon EC2 API Reference, `CreateSecurityGroup`.
pub const SECURITY_GROUP: NameRule =
    NameRule::new("security group name", 1, 255, CharSet::ALPHANUMERIC.with(" ._-:/()#,@[]+=&;{}!$*"))
        .reserved_prefixes(&["sg-"])
        .folds_case();

/// The name of an IAM role.
///
/// Source: IAM API Reference, `CreateRole`.
pub const IAM_ROLE: NameRule =
    NameRule::new("IAM role name", 1, 64, CharSet::ALPHANUMERIC.with("_+=,.@-")).folds_case();

/// The name of an IAM policy.
///
/// Source: IAM API Reference, `CreatePolicy`.
pub const IAM_POLICY: NameRule = IAM_ROLE.called("IAM policy name").lengths(1, 128);

/// The name of an EKS cluster.
///
/// Source: Amazon EKS API Reference, `CreateCluster`.
pub const EKS_CLUSTER: NameRule =
    NameRule::new("EKS cluster name", 1, 100, WORD).first(CharSet::ALPHANUMERIC);

/// The name of an EKS managed node group.
///
/// Source: Amazon EKS User Guide, "Create a managed node group".
pub const EKS_NODE_GROUP: NameRule =
    NameRule::new("EKS node group name", 1, 63, WORD).first(CharSet::ALPHANUMERIC);

/// The name of a general purpose S3 bucket.
///
/// Source: Amazon S3 User Guide, "General purpose bucket naming rules".
pub const S3_BUCKET: NameRule =
    NameRule::new("S3 bucket name", 3, 63, CharSet::LOWER_ALPHANUMERIC.with(".-"))
        .first(CharSet::LOWER_ALPHANUMERIC)
        .last(CharSet::LOWER_ALPHANUMERIC)
        .never(&[".."])
        .reserved_prefixes(&["xn--", "sthree-", "amzn-s3-demo-"])
        .reserved_suffixes(&["-s3alias", "--ol-s3", ".mrap", "--x-s3", "--table-s3"])
        .no_address();

/// The name of a KMS alias, `alias/` included.
///
/// Source: AWS KMS API Reference, `CreateAlias`.
pub const KMS_ALIAS: NameRule = NameRule::new("KMS alias", 7, 256, CharSet::ALPHANUMERIC.with("/_-"))
    .required_prefix("alias/")
    .reserved_prefixes(&["alias/aws/"]);

/// The name of a `CloudWatch` log group.
///
/// Source: Amazon `CloudWatch` Logs API Reference, `CreateLogGroup`.
pub const LOG_GROUP: NameRule =
    NameRule::new("log group name", 1, 512, CharSet::ALPHANUMERIC.with("_-/.#")).reserved_prefixes(&["aws/"]);

/// One label of a host name in Route 53.
///
/// Source: Amazon Route 53 Developer Guide, "DNS domain name format", and RFC 1123 section 2.1.
pub const DNS_LABEL: NameRule = NameRule::new("DNS label", 1, 63, CharSet::ALPHANUMERIC.with("-"))
    .first(CharSet::ALPHANUMERIC)
    .last(CharSet::ALPHANUMERIC)
    .folds_case();

/// The name of a Route 53 hosted zone, without the dot at its end.
///
/// Underscores may stand in a zone (`_domainkey.example.com`) though not in a host name. The last label is not checked
/// against the list of top-level domains.
///
/// Source: Amazon Route 53 Developer Guide, "DNS domain name format".
pub const ROUTE53_ZONE: NameRule = NameRule::new("Route 53 zone", 1, 253, CharSet::ALPHANUMERIC.with("-_."))
    .first(CharSet::ALPHANUMERIC.with("_"))
    .last(CharSet::ALPHANUMERIC)
    .never(&["..", ".-", "-."])
    .parts('.', 63)
    .folds_case();

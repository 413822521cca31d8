//! Names in Kubernetes.

use super::{CharSet, NameRule};

/// A DNS label as most objects are named that become part of a host name, such as a namespace.
///
/// Source: Kubernetes documentation, "Object Names and IDs", RFC 1123 label names.
pub const DNS_LABEL: NameRule =
    NameRule::new("Kubernetes DNS label", 1, 63, CharSet::LOWER_ALPHANUMERIC.with("-"))
        .first(CharSet::LOWER_ALPHANUMERIC)
        .last(CharSet::LOWER_ALPHANUMERIC);

/// A DNS label that begins with a letter, as a Service is named.
///
/// Source: Kubernetes documentation, "Object Names and IDs", RFC 1035 label names.
pub const DNS_1035_LABEL: NameRule = DNS_LABEL.called("Kubernetes DNS-1035 label").first(CharSet::LOWER);

/// A DNS subdomain as most objects are named. Its parts have no limit of their own.
///
/// Source: Kubernetes documentation, "Object Names and IDs", DNS subdomain names.
pub const DNS_SUBDOMAIN: NameRule =
    NameRule::new("Kubernetes DNS subdomain", 1, 253, CharSet::LOWER_ALPHANUMERIC.with(".-"))
        .first(CharSet::LOWER_ALPHANUMERIC)
        .last(CharSet::LOWER_ALPHANUMERIC)
        .never(&["..", ".-", "-."]);

/// A name that a DNS subdomain and a slash may qualify, such as `example.com/quota`.
///
/// Source: Kubernetes API machinery, `IsQualifiedName`.
pub const QUALIFIED_NAME: NameRule =
    NameRule::new("Kubernetes qualified name", 1, 63, CharSet::ALPHANUMERIC.with("-_."))
        .first(CharSet::ALPHANUMERIC)
        .last(CharSet::ALPHANUMERIC)
        .qualified_by(&DNS_SUBDOMAIN);

/// The key of a label or of a taint.
///
/// Source: Kubernetes documentation, "Labels and Selectors", syntax and character set.
pub const LABEL_KEY: NameRule = QUALIFIED_NAME.called("label key");

/// The value of a label or of a taint; it may be empty.
///
/// Source: Kubernetes documentation, "Labels and Selectors", syntax and character set.
pub const LABEL_VALUE: NameRule = NameRule::new("label value", 0, 63, CharSet::ALPHANUMERIC.with("-_."))
    .first(CharSet::ALPHANUMERIC)
    .last(CharSet::ALPHANUMERIC);

/// What may qualify the key of an annotation: upper case is taken too.
const ANNOTATION_QUALIFIER: NameRule =
    NameRule::new("annotation qualifier", 1, 253, CharSet::ALPHANUMERIC.with(".-"))
        .first(CharSet::ALPHANUMERIC)
        .last(CharSet::ALPHANUMERIC)
        .never(&["..", ".-", "-."]);

/// The key of an annotation: a qualified name that is checked without regard to case.
///
/// Source: Kubernetes documentation, "Annotations", syntax and character set.
pub const ANNOTATION_KEY: NameRule =
    QUALIFIED_NAME.called("annotation key").qualified_by(&ANNOTATION_QUALIFIER);

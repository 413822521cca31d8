//! The service that an endpoint leads to.

use deathstar_core::Diagnostic;
use serde::{Deserialize, Serialize};
use std::fmt;

/// What the names of AWS's own services begin with, before the region.
const AWS: &str = "com.amazonaws.";
/// What the names of services that users offer begin with.
const OFFERED: &str = "com.amazonaws.vpce.";

/// The service that an endpoint leads to: one of AWS by its short name (`s3`, `ecr.api`), any other by its whole name.
///
/// The region of the connection is put in where it is called, so that one declaration serves every region.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct EndpointService(String);

impl EndpointService {
    /// Takes a service by its short name, or by a whole one such as `com.amazonaws.vpce.eu-west-1.vpce-svc-0a1b2c3d4e5f60718`.
    pub fn new(name: impl Into<String>) -> Self {
        Self(name.into())
    }

    /// The name as it was given.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether the name is a whole one.
    fn is_whole(&self) -> bool {
        ["com.", "cn.com.", "aws."].iter().any(|begin| self.0.starts_with(begin))
    }

    /// A finding when no service has this name.
    pub(super) fn check(&self, at: &str) -> Option<Diagnostic> {
        let legal = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || ".-".contains(c);
        let (why, fix) = if self.0.is_empty() || !self.0.chars().all(legal) {
            (format!("`{self}` is no name of a service"), "write it like `s3` or `ecr.api`".to_owned())
        } else if self.0.starts_with(AWS) && !self.0.starts_with(OFFERED) {
            let short = self.0[AWS.len()..].split_once('.').map_or("s3", |(_, short)| short);
            (format!("`{self}` holds a region, which the connection says"), format!("write `{short}`"))
        } else {
            return None;
        };
        Some(Diagnostic::new("vpc-endpoint.service", why).at(at).fix(fix))
    }

    /// The whole name in a region.
    #[cfg_attr(not(feature = "client"), allow(dead_code, reason = "only calls need it"))]
    pub(super) fn in_region(&self, region: &str) -> String {
        if self.is_whole() { self.0.clone() } else { format!("{AWS}{region}.{self}") }
    }

    /// A service by the whole name that a region tells.
    #[cfg_attr(not(feature = "client"), allow(dead_code, reason = "only calls need it"))]
    pub(super) fn told(name: &str, region: &str) -> Self {
        let short = name.strip_prefix(AWS).and_then(|rest| rest.strip_prefix(region)?.strip_prefix('.'));
        Self::new(short.unwrap_or(name))
    }
}

impl fmt::Display for EndpointService {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl From<&str> for EndpointService {
    fn from(name: &str) -> Self {
        Self::new(name)
    }
}

impl From<String> for EndpointService {
    fn from(name: String) -> Self {
        Self(name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_short_name_gets_the_region() {
        assert_eq!(EndpointService::new("ecr.api").in_region("eu-west-1"), "com.amazonaws.eu-west-1.ecr.api");
        for whole in [
            "com.amazonaws.vpce.eu-west-1.vpce-svc-1",
            "aws.sagemaker.eu-west-1.studio",
            "cn.com.amazonaws.cn-north-1.ecs",
        ] {
            assert_eq!(EndpointService::new(whole).in_region("eu-west-1"), whole);
            assert_eq!(EndpointService::told(whole, "eu-west-1"), EndpointService::new(whole));
            assert!(EndpointService::new(whole).check("/service").is_none());
        }
    }

    #[test]
    fn a_service_of_another_region_keeps_its_whole_name() {
        let told = EndpointService::told("com.amazonaws.eu-west-2.s3", "eu-west-1");
        assert_eq!(told.as_str(), "com.amazonaws.eu-west-2.s3");
        let told = EndpointService::told("com.amazonaws.eu-west-10.s3", "eu-west-1");
        assert_eq!(told.as_str(), "com.amazonaws.eu-west-10.s3");
    }

    #[test]
    fn names_that_no_service_has_are_found() {
        for wrong in ["", "S3", "ecr api", "com.amazonaws.eu-west-1.s3"] {
            assert!(EndpointService::new(wrong).check("/service").is_some(), "{wrong}");
        }
        let finding = EndpointService::new("com.amazonaws.eu-west-1.ecr.api").check("/service").unwrap();
        assert!(finding.fix.contains("`ecr.api`"), "{}", finding.fix);
    }

    proptest! {
        #[test]
        fn what_is_asked_for_is_told_by_the_same_name(name in "[a-z][a-z0-9]{0,8}([.-][a-z0-9]{1,6}){0,2}") {
            let service = EndpointService::new(name);
            prop_assume!(service.check("/service").is_none());
            prop_assert_eq!(EndpointService::told(&service.in_region("eu-west-1"), "eu-west-1"), service);
        }
    }
}

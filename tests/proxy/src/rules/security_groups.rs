//! Security groups and their rules.
//!
//! Source: Amazon EC2 API Reference, `CreateSecurityGroup`, `AuthorizeSecurityGroupIngress`.

use super::{Case, Judged};
use crate::wire::Refusal;

impl Case<'_> {
    pub(super) fn group_has_a_legal_name(&self) -> Judged {
        let name = self.get("GroupName");
        if name.to_ascii_lowercase().starts_with("sg-") {
            let text = format!(
                "invalid value for parameter groupName ({name}): group names may not be in the format sg-*"
            );
            return Err(Refusal::new("InvalidParameterValue", text));
        }
        if self.get("GroupDescription").chars().count() > 255 || name.chars().count() > 255 {
            return Err(Refusal::new(
                "InvalidParameterValue",
                "names and descriptions have up to 255 characters",
            ));
        }
        Ok(())
    }

    pub(super) fn rules_are_legal(&self) -> Judged {
        for number in self.request.parameters.numbers("IpPermissions") {
            let of = |name: &str| self.get(&format!("IpPermissions.{number}.{name}"));
            let (from, to) = (of("FromPort").parse::<i32>(), of("ToPort").parse::<i32>());
            if let (Ok(from), Ok(to)) = (from, to)
                && matches!(of("IpProtocol"), "tcp" | "udp" | "6" | "17")
                && (from > to || !(0..=65_535).contains(&from) || to > 65_535)
            {
                let text = format!("Invalid TCP/UDP port range ({from}:{to})");
                return Err(Refusal::new("InvalidParameterValue", text));
            }
        }
        Ok(())
    }
}

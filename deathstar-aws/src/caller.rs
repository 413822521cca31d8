//! Who makes the calls, and where.

use crate::{Aws, iam::PolicyText, id::PolicyArn};
use deathstar_core::{Expr, Fact, Input, Output};
use serde::{Deserialize, Serialize};
use std::fmt;

/// The account, the region and the partition of a connection: what ARNs are made of.
///
/// It is asked again at every plan, and says nothing that differs between two sessions of one account.
///
/// # Permissions
/// None: `sts:GetCallerIdentity` needs no permission.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct CallerIdentity {}

impl CallerIdentity {
    /// The question.
    pub const fn new() -> Self {
        Self {}
    }
}

/// Where a connection leads.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Caller {
    /// The account, 12 digits.
    pub account: String,
    /// The region of the connection.
    pub region: String,
    /// The partition that the account belongs to.
    pub partition: Partition,
    /// What names of services end with in the partition, such as `amazonaws.com`.
    pub dns_suffix: String,
}

/// What a declared [`CallerIdentity`] tells, and ARNs that follow from it.
///
/// ```
/// use deathstar_aws::{Account, CallerIdentity, CallerOutputs};
/// use deathstar_core::{Stack, component::Gate};
///
/// let mut stack = Stack::new("webshop");
/// let aws = stack.on(Account::region("eu-west-1"));
/// let caller = stack.add(&aws, "caller", Gate(CallerIdentity::new()));
/// let groups = caller.arn("logs", "log-group:/network/*");
/// ```
pub trait CallerOutputs {
    /// The account, 12 digits.
    fn account(&self) -> Output<String>;
    /// The region of the connection.
    fn region(&self) -> Output<String>;
    /// The partition that the account belongs to.
    fn partition(&self) -> Output<Partition>;
    /// What names of services end with in the partition, such as `amazonaws.com`.
    fn dns_suffix(&self) -> Output<String>;

    /// The ARN of something of a service in the region.
    fn arn(&self, service: &str, resource: impl Into<PolicyText>) -> Output<String> {
        let parts =
            ["arn:".into(), self.partition().into(), format!(":{service}:").into(), self.region().into()];
        concat(parts.into_iter().chain([":".into(), self.account().into(), ":".into(), resource.into()]))
    }

    /// The ARN of something of a service that has no regions, such as `iam`.
    fn global_arn(&self, service: &str, resource: impl Into<PolicyText>) -> Output<String> {
        let parts =
            ["arn:".into(), self.partition().into(), format!(":{service}::").into(), self.account().into()];
        concat(parts.into_iter().chain([":".into(), resource.into()]))
    }

    /// The ARN of a managed policy of AWS, by its name, with its path where it has one: `service-role/AmazonEKSServicePolicy`.
    fn managed_policy(&self, name: &str) -> Output<PolicyArn> {
        concat(["arn:".into(), self.partition().into(), format!(":iam::aws:policy/{name}").into()])
    }
}

impl CallerOutputs for Output<Caller> {
    fn account(&self) -> Output<String> {
        part(self, "/account")
    }

    fn region(&self) -> Output<String> {
        part(self, "/region")
    }

    fn partition(&self) -> Output<Partition> {
        part(self, "/partition")
    }

    fn dns_suffix(&self) -> Output<String> {
        part(self, "/dns_suffix")
    }
}

fn part<T>(caller: &Output<Caller>, pointer: &str) -> Output<T> {
    Output::from_expr(caller.expr().clone().below(pointer))
}

/// One text of several, as an expression.
pub(crate) fn concat<T>(parts: impl IntoIterator<Item = PolicyText>) -> Output<T> {
    let parts = parts.into_iter().map(|part| match Input::<String>::from(part) {
        Input::Known(text) => Expr::Lit(text.into()),
        Input::Pending(expression) => expression,
    });
    Output::from_expr(Expr::Call("concat".into(), parts.collect()))
}

/// A partition: a part of AWS with accounts and regions of its own.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[non_exhaustive]
pub enum Partition {
    /// All of AWS that has no partition of its own.
    #[default]
    #[serde(rename = "aws")]
    Aws,
    /// China.
    #[serde(rename = "aws-cn")]
    China,
    /// The European Sovereign Cloud.
    #[serde(rename = "aws-eusc")]
    Europe,
    /// The government of the United States.
    #[serde(rename = "aws-us-gov")]
    Government,
}

impl Partition {
    const ALL: [Self; 4] = [Self::Aws, Self::China, Self::Europe, Self::Government];

    /// Its name, as ARNs write it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Aws => "aws",
            Self::China => "aws-cn",
            Self::Europe => "aws-eusc",
            Self::Government => "aws-us-gov",
        }
    }

    /// The partition of that name.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|partition| partition.as_str() == name)
    }

    /// The partition that a region belongs to.
    ///
    /// Source: AWS General Reference, "Partitions"; regions of other partitions begin with a word of their own.
    pub fn of_region(region: &str) -> Self {
        match region {
            _ if region.starts_with("cn-") => Self::China,
            _ if region.starts_with("eusc-") => Self::Europe,
            _ if region.starts_with("us-gov-") => Self::Government,
            _ => Self::Aws,
        }
    }

    /// What names of services end with in it.
    pub const fn dns_suffix(self) -> &'static str {
        match self {
            Self::Aws | Self::Government => "amazonaws.com",
            Self::China => "amazonaws.com.cn",
            Self::Europe => "amazonaws.eu",
        }
    }
}

impl fmt::Display for Partition {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl Fact for CallerIdentity {
    type Provider = Aws;
    type Answer = Caller;

    const FAMILY: &'static str = "aws.caller-identity";

    fn simulate(&self) -> Caller {
        let partition = Partition::Aws;
        Caller {
            account: "123456789012".into(),
            region: "memory-1".into(),
            partition,
            dns_suffix: partition.dns_suffix().into(),
        }
    }
}

#[cfg(feature = "client")]
mod driver {
    use super::{Caller, CallerIdentity, Partition};
    use crate::{
        client::Client,
        error::{incomplete, read},
    };
    use deathstar_core::{Answered, Ask, Result};

    impl Ask<CallerIdentity> for Client {
        async fn holds(&self, _: &CallerIdentity) -> Result<Answered<Caller>> {
            const OPERATION: &str = "sts:GetCallerIdentity";
            let caller = read(OPERATION, self.sts().get_caller_identity().send()).await?;
            let account = caller.account().ok_or_else(|| incomplete(OPERATION, "account"))?;
            let arn = caller.arn().ok_or_else(|| incomplete(OPERATION, "ARN"))?;
            Ok(answer(account, arn, &self.region))
        }
    }

    fn answer(account: &str, arn: &str, region: &str) -> Answered<Caller> {
        let name = arn.split(':').nth(1).unwrap_or_default();
        let Some(partition) = Partition::named(name) else {
            return Answered::No(format!(
                "the credentials belong to partition `{name}`, which is not known here"
            ));
        };
        Answered::Yes(Caller {
            account: account.into(),
            region: region.into(),
            partition,
            dns_suffix: partition.dns_suffix().into(),
        })
    }

    #[cfg(test)]
    mod tests {
        use super::*;

        #[test]
        fn the_partition_is_that_of_the_credentials() {
            let of = |arn: &str| answer("123456789012", arn, "cn-north-1");
            let Answered::Yes(caller) = of("arn:aws-cn:sts::123456789012:assumed-role/deploy/session") else {
                panic!("it is known")
            };
            assert_eq!(
                (caller.partition, caller.dns_suffix.as_str()),
                (Partition::China, "amazonaws.com.cn")
            );
            assert!(
                !serde_json::to_string(&caller).unwrap().contains("session"),
                "it would differ each time"
            );
            assert!(matches!(of("arn:aws-x:iam::123456789012:user/a"), Answered::No(_)));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn partitions_are_encoded_by_their_names() {
        for partition in Partition::ALL {
            assert_eq!(serde_json::to_value(partition).unwrap(), partition.as_str());
            assert_eq!(Partition::named(partition.as_str()), Some(partition));
        }
        assert_eq!(Partition::named("aws-moon"), None);
    }

    #[test]
    fn a_region_says_its_partition() {
        for (region, partition) in [
            ("eu-west-1", Partition::Aws),
            ("us-east-1", Partition::Aws),
            ("cn-northwest-1", Partition::China),
            ("us-gov-west-1", Partition::Government),
            ("eusc-de-east-1", Partition::Europe),
        ] {
            assert_eq!(Partition::of_region(region), partition, "{region}");
        }
    }
}

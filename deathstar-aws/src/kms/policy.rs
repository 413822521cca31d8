//! Statements that policies of keys are made of.

use crate::{
    caller::{Caller, CallerOutputs},
    iam::{PolicyText, Principal, Statement},
};
use deathstar_core::Output;

/// Whom an account lets administer and use its keys: its own policies say so. Without such a statement a key is out of the reach of
/// the account's administrators, and AWS refuses a policy that locks out whoever writes it.
pub fn may_administer(caller: &Output<Caller>) -> Statement {
    Statement::allow("kms:*").sid("Account").by(Principal::account(caller.account())).on("*")
}

/// That `CloudWatch` Logs may encrypt the log groups whose names begin so, with the key that carries the statement.
///
/// Source: Amazon `CloudWatch` Logs User Guide, "Encrypt log data in `CloudWatch` Logs using AWS KMS".
pub fn may_encrypt_logs(caller: &Output<Caller>, prefix: &str) -> Statement {
    let service: [PolicyText; 4] =
        ["logs.".into(), caller.region().into(), ".".into(), caller.dns_suffix().into()];
    let service: Output<String> = crate::caller::concat(service);
    let groups = caller.arn("logs", format!("log-group:{prefix}*"));
    Statement::allow_all([
        "kms:Decrypt*",
        "kms:Describe*",
        "kms:Encrypt*",
        "kms:GenerateDataKey*",
        "kms:ReEncrypt*",
    ])
    .sid("Logs")
    .by(Principal::service(service))
    .on("*")
    .when("ArnLike", "kms:EncryptionContext:aws:logs:arn", groups)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        Account, CallerIdentity,
        iam::{PolicyDocument, PolicyUse},
    };
    use deathstar_core::{Stack, component::Gate};

    #[test]
    fn they_make_a_policy_of_a_key() {
        let mut stack = Stack::new("webshop");
        let aws = stack.on(Account::region("eu-west-1"));
        let caller = stack.add(&aws, "caller", Gate(CallerIdentity::new()));
        let policy = PolicyDocument::of([may_administer(&caller), may_encrypt_logs(&caller, "/network/")]);
        assert!(policy.validate(PolicyUse::Key, "/policy").is_empty());
        assert!(!policy.is_known());
        assert!(!policy.to_json().contains("arn:aws:"), "the partition is never written down");
    }
}

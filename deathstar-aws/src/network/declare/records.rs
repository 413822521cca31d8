//! The records of a VPC's traffic.

use super::Parts;
use crate::{
    caller::{CallerIdentity, CallerOutputs},
    ec2::{FlowLog, FlowLogDestination, FlowLogSource},
    iam::{IamRole, IamRoleOutputs, IamRolePolicy, PolicyDocument, Principal, Statement},
    logs::{LogGroup, LogGroupOutputs},
    network::FlowLogs,
};
use deathstar_core::{
    component::{Gate, ResourceExt},
    model::name::aws::{IAM_ROLE, LOG_GROUP},
};

impl Parts<'_, '_> {
    /// Declares the flow log, and what it writes into and as.
    pub(super) fn records(&mut self) {
        let of = FlowLogSource::Vpc(self.vpc.id().into());
        match &self.choice.flow_logs {
            FlowLogs::Off => {}
            FlowLogs::Bucket(bucket) => {
                let log = FlowLog::new(of, FlowLogDestination::bucket(bucket.clone()));
                self.named("flow-logs/flow-log", log);
            }
            FlowLogs::LogGroup(retention) => {
                let path = format!("/vpc/{}/flow-logs", self.base);
                let name = LOG_GROUP.derive(&path).unwrap_or(path);
                let group = self.named("flow-logs/log-group", LogGroup::new(name).retention(*retention));
                let caller = self.scope.add("caller", Gate(CallerIdentity::new()));
                let role = format!("{}/flow-logs", self.base).replace('/', "-");
                let role = IAM_ROLE.derive(&role).unwrap_or(role);
                // Only for this account's flow logs: AWS writes for every account as one principal.
                let trust = Statement::allow("sts:AssumeRole")
                    .by(Principal::service("vpc-flow-logs.amazonaws.com"))
                    .when("StringEquals", "aws:SourceAccount", caller.account());
                let role = IamRole::new(role, PolicyDocument::of([trust]))
                    .description("AWS writes the flow logs of a VPC as this role");
                let role = self.named("flow-logs/role", role);
                // Without `logs:CreateLogGroup`: a group that was deleted does not come back without its settings.
                let write = ["logs:CreateLogStream", "logs:DescribeLogStreams", "logs:PutLogEvents"];
                let find = Statement::allow("logs:DescribeLogGroups").on(caller.arn("logs", "log-group:*"));
                let document =
                    PolicyDocument::of([Statement::allow_all(write).on(group.streams_arn()), find]);
                let policy = IamRolePolicy::new(role.id(), "write-flow-logs", document);
                let policy = self.plain("flow-logs/role-policy", policy);
                let to = FlowLogDestination::log_group(group.id(), role.arn());
                self.named("flow-logs/flow-log", FlowLog::new(of, to).after(&policy));
            }
        }
    }
}

//! What others change behind our back, of every kind in the network: found by field, and repaired.

use crate::expectations::{end, settle};
use crate::{boto::Others, webshop::webshop, world::World};
use deathstar_aws::ec2::DhcpOptions;
use deathstar_aws_proxy::{Quotas, Settings};
use deathstar_core::{
    component::IpFamilies,
    model::traffic::RuleLimits,
    plan::{Drift, RenderOptions},
    state::Recorded,
};
use serde_json::{Value, json};
use std::collections::BTreeSet;

/// The network, as it is recorded before others come.
struct Network<'n> {
    recorded: Recorded,
    others: &'n Others,
}

impl Network<'_> {
    fn id(&self, address: &str) -> Value {
        let row = self.recorded.newest(address).unwrap_or_else(|| panic!("nothing is recorded at {address}"));
        row.phase.id().unwrap().value()
    }

    /// A part of the id of what is in something.
    fn part(&self, address: &str, index: usize) -> Value {
        self.id(address)[index].take()
    }

    fn output(&self, address: &str, name: &str) -> Value {
        self.recorded.newest(address).unwrap().phase.outputs().unwrap().value()[name].take()
    }

    fn ec2(&self, name: &str, with: Value) -> Value {
        self.others.ec2(name, with)
    }

    fn attributes(&self) {
        let off = || json!({"Value": false});
        let vpc = self.id("network/vpc");
        self.ec2("modify_vpc_attribute", json!({"VpcId": vpc, "EnableDnsHostnames": off()}));
        let subnet = self.id("network/public/0/subnet");
        self.ec2("modify_subnet_attribute", json!({"SubnetId": subnet, "MapPublicIpOnLaunch": off()}));
        self.ec2("associate_dhcp_options", json!({"VpcId": vpc, "DhcpOptionsId": "default"}));
        let (s3, table) = (self.id("network/endpoints/s3"), self.id("network/intra/route-table"));
        self.ec2("modify_vpc_endpoint", json!({"VpcEndpointId": s3, "RemoveRouteTableIds": [table]}));
    }

    fn tags(&self) {
        let tagged = [
            "internet-gateway",
            "public/0/nat-address",
            "public/0/nat-gateway",
            "public/1/subnet",
            "public/route-table",
            "public/acl/acl",
            "groups/load-balancers/group",
            "groups/nodes/in/tcp-10250-control-plane",
            "dhcp/options",
        ];
        let tagged = tagged.map(|address| self.id(&format!("network/{address}")));
        self.ec2("delete_tags", json!({"Resources": tagged, "Tags": [{"Key": "team"}]}));
        let (role, zone) = (self.id("network/flow-logs/role"), self.id("network/private-zone"));
        self.others.call("iam", "untag_role", json!({"RoleName": role, "TagKeys": ["team"]}));
        let tags = json!({"ResourceType": "hostedzone", "ResourceId": zone, "RemoveTagKeys": ["team"]});
        self.others.call("route53", "change_tags_for_resource", tags);
        let group = self.output("logs/audit", "arn");
        self.others.call("logs", "untag_resource", json!({"resourceArn": group, "tagKeys": ["team"]}));
    }

    fn groups(&self) {
        let ssh = json!([{
            "IpProtocol": "tcp", "FromPort": 22, "ToPort": 22,
            "IpRanges": [{"CidrIp": "0.0.0.0/0", "Description": "by hand"}],
        }]);
        let default = self.output("network/vpc", "default_security_group");
        for group in [self.id("network/groups/nodes/group"), default] {
            self.ec2("authorize_security_group_ingress", json!({"GroupId": group, "IpPermissions": ssh}));
        }
        let group = self.id("network/groups/database/group");
        let open = json!({
            "IpProtocol": "tcp", "FromPort": 5432, "ToPort": 5432, "CidrIpv4": "0.0.0.0/0", "Description": "a demo",
        });
        let rule = self.id("network/groups/database/in/tcp-5432-nodes");
        let rule = json!([{"SecurityGroupRuleId": rule, "SecurityGroupRule": open}]);
        self.ec2("modify_security_group_rules", json!({"GroupId": group, "SecurityGroupRules": rule}));
        let group = self.id("network/groups/control-plane/group");
        let rule = self.id("network/groups/control-plane/in/tcp-443-nodes");
        self.ec2("revoke_security_group_ingress", json!({"GroupId": group, "SecurityGroupRuleIds": [rule]}));
    }

    fn acls(&self) {
        let acl = self.id("network/private/acl/acl");
        let entry = |number: &Value| {
            json!({
                "NetworkAclId": acl, "RuleNumber": number, "Egress": false, "Protocol": "6", "RuleAction": "allow",
                "CidrBlock": "0.0.0.0/0", "PortRange": {"From": 22, "To": 22},
            })
        };
        self.ec2("create_network_acl_entry", entry(&json!(7)));
        let changed = self.part("network/private/acl/in/tcp-443-10.20.0.0_19", 2);
        self.ec2("replace_network_acl_entry", entry(&changed));
        let gone = self.part("network/private/acl/in/udp-53-10.20.0.0_19", 2);
        self.ec2(
            "delete_network_acl_entry",
            json!({"NetworkAclId": acl, "RuleNumber": gone, "Egress": false}),
        );
        let (moved, to) =
            (self.output("network/private/1/acl", "association"), self.id("network/intra/acl/acl"));
        let moved = json!({"AssociationId": moved, "NetworkAclId": to});
        self.ec2("replace_network_acl_association", moved);
    }

    fn routes(&self) {
        let (everywhere, gateway) = ("0.0.0.0/0", self.id("network/internet-gateway"));
        let way = |table: Value, range: &str| json!({"RouteTableId": table, "DestinationCidrBlock": range, "GatewayId": gateway});
        self.ec2("replace_route", way(self.id("network/private/0/route-table"), everywhere));
        self.ec2("create_route", way(self.id("network/intra/route-table"), "10.99.0.0/16"));
        let public = self.id("network/public/route-table");
        self.ec2("delete_route", json!({"RouteTableId": public, "DestinationCidrBlock": everywhere}));
        let moved = self.output("network/private/1/association", "association");
        let moved = json!({"AssociationId": moved, "RouteTableId": public});
        self.ec2("replace_route_table_association", moved);
    }

    fn deletions(&self) {
        let endpoint = json!({"VpcEndpointIds": [self.id("network/endpoints/sts")]});
        self.ec2("delete_vpc_endpoints", endpoint.clone());
        // It is deleting for one look.
        self.ec2("describe_vpc_endpoints", endpoint);
        self.ec2("delete_flow_logs", json!({"FlowLogIds": [self.id("network/flow-logs/flow-log")]}));
        let gateway = self.id("network/egress-only-gateway");
        let gateway = json!({"EgressOnlyInternetGatewayId": gateway});
        self.ec2("delete_egress_only_internet_gateway", gateway);
    }

    fn services(&self) {
        let role = self.id("network/flow-logs/role");
        let about = json!({"RoleName": role, "Description": "somebody's"});
        self.others.call("iam", "update_role", about);
        let more = json!({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "logs:*", "Resource": "*"}]});
        let more =
            json!({"RoleName": role, "PolicyName": "write-flow-logs", "PolicyDocument": more.to_string()});
        self.others.call("iam", "put_role_policy", more);
        let group = json!({"logGroupName": self.id("network/flow-logs/log-group"), "retentionInDays": 1});
        self.others.call("logs", "put_retention_policy", group);
        let key = self.id("logs/key");
        self.others.call("kms", "disable_key_rotation", json!({"KeyId": key}));
        let about = json!({"KeyId": key, "Description": "somebody's"});
        self.others.call("kms", "update_key_description", about);
        let mut other = self.others.call("kms", "create_key", json!({}));
        let other = other["KeyMetadata"]["KeyId"].take();
        self.others.call(
            "kms",
            "update_alias",
            json!({"AliasName": "alias/shop-logs", "TargetKeyId": other}),
        );
        let record = |action: &str, name: &str, kind: &str, ttl: u32, value: &str| {
            let value = json!([{"Value": value}]);
            let record = json!({"Name": name, "Type": kind, "TTL": ttl, "ResourceRecords": value});
            json!({"Action": action, "ResourceRecordSet": record})
        };
        let changes = json!([
            record("UPSERT", "db.shop.internal.", "A", 60, "10.20.52.8"),
            record("DELETE", "shop.internal.", "TXT", 300, "\"owner=shop\""),
        ]);
        let zone = self.id("network/private-zone");
        let changes = json!({"HostedZoneId": zone, "ChangeBatch": {"Changes": changes}});
        self.others.call("route53", "change_resource_record_sets", changes);
    }
}

/// What has to be found of each object: a field, or that it is gone.
const FOUND: [&str; 39] = [
    "logs/alias key",
    "logs/audit tags.team",
    "logs/key description",
    "logs/key rotation",
    "names/database data",
    "names/owner is gone",
    "network/dhcp/association is gone",
    "network/dhcp/options tags.team",
    "network/egress-only-gateway is gone",
    "network/endpoints/s3 route_tables",
    "network/endpoints/sts is gone",
    "network/flow-logs/flow-log is gone",
    "network/flow-logs/log-group retention",
    "network/flow-logs/role description",
    "network/flow-logs/role tags.team",
    "network/flow-logs/role-policy document",
    "network/groups/control-plane/in/tcp-443-nodes is gone",
    "network/groups/database/in/tcp-5432-nodes description",
    "network/groups/database/in/tcp-5432-nodes peer",
    "network/groups/load-balancers/group tags.team",
    "network/groups/nodes/group undeclared_rules",
    "network/groups/nodes/in/tcp-10250-control-plane tags.team",
    "network/internet-gateway tags.team",
    "network/private-zone tags.team",
    "network/private/0/default-route via",
    "network/private/1/acl acl",
    "network/private/1/association table",
    "network/private/acl/in/tcp-443-10.20.0.0_19 range",
    "network/private/acl/in/tcp-443-10.20.0.0_19 traffic",
    "network/private/acl/in/udp-53-10.20.0.0_19 is gone",
    "network/public/0/nat-address tags.team",
    "network/public/0/nat-gateway tags.team",
    "network/public/0/subnet map_public_ip_on_launch",
    "network/public/1/subnet tags.team",
    "network/public/acl/acl tags.team",
    "network/public/default-route is gone",
    "network/public/route-table tags.team",
    "network/vpc default_ingress",
    "network/vpc enable_dns_hostnames",
];

#[tokio::test(flavor = "multi_thread")]
async fn what_others_change_is_found_by_field_and_repaired() {
    let settings = Settings::default().quotas(Quotas { entries_per_network_acl: 40, ..Quotas::default() });
    let Some(world) = World::new(settings).await else { return };
    let network = webshop()
        .private_zone("shop.internal")
        .endpoint("sts")
        .dhcp_options(DhcpOptions::new().domain_name("shop.internal").amazon_name_server())
        .families(IpFamilies::DualStack)
        .rule_limits(RuleLimits::AWS.filter_entries(40));
    let (stack, _) = world.declared("network", network, "shop");
    let plan = world.engine.plan(&stack).await.unwrap();
    settle(&world.engine, &stack, plan.consent_to_all()).await;
    let recorded = world.engine.recorded().await.unwrap().recorded;
    let others = Others::of(&world.bench);
    let network = Network { recorded, others: &others };
    network.attributes();
    network.tags();
    network.groups();
    network.acls();
    network.routes();
    network.deletions();
    network.services();

    let plan = world.engine.plan(&stack).await.unwrap();
    let found: BTreeSet<_> = plan.drift.iter().map(found).collect();
    assert_eq!(found.iter().map(String::as_str).collect::<Vec<_>>(), FOUND, "{plan}");
    let text = plan.render(&RenderOptions::default());
    assert!(text.contains(r#"lets:       "tcp 22 from 0.0.0.0/0 (by hand)""#), "{text}");
    // What carries no tags, and is recorded nowhere, is told, and left to whom it is.
    let foreign: Vec<_> = plan.foreign.iter().map(|one| (one.within.as_str(), one.id.to_string())).collect();
    let (acl, table) = (network.id("network/private/acl/acl"), network.id("network/intra/route-table"));
    let expected = [
        ("network/intra/route-table", json!([table, "10.99.0.0/16"]).to_string()),
        ("network/private/acl/acl", json!([acl, "ingress", 7]).to_string()),
    ];
    assert_eq!(foreign, expected);
    assert!(text.contains("in network/private/acl/acl  aws.ec2.network-acl-entry"), "{text}");
    settle(&world.engine, &stack, plan.consent_to_all()).await;
    let plan = world.engine.destroy(&stack).await.unwrap();
    end(&world.engine, plan.consent_to_all()).await;
}

fn found(drift: &Drift) -> String {
    let what = if drift.field.is_empty() { "is gone" } else { &drift.field };
    format!("{} {what}", drift.address)
}

//! Plans carried out with their own policies, by a caller whom moto refuses everything else.
//!
//! What they cannot show: moto asks for one action in each request, so the tags of a create call are not authorised apart; it takes
//! no notice of conditions, and knows no objects of EC2, so that here each action is allowed on everything. That actions, types of
//! objects and conditions fit together is shown against AWS's tables.

use crate::{
    relay::Relay,
    server::{Moto, REGION, own_moto},
};
use aws_config::{BehaviorVersion, Region, retry::RetryConfig};
use aws_credential_types::Credentials as Keys;
use deathstar_aws::{
    Account, Credentials,
    ec2::{
        Direction, EgressOnlyInternetGateway, ElasticIp, InternetGateway, NatGateway, NetworkAcl,
        NetworkAclAssociation, NetworkAclEntry, Peer, Route, RouteTable, RouteTableAssociation,
        SecurityGroup, SecurityGroupRule, Subnet, Target, Traffic, Vpc, VpcCidrBlock, VpcEndpoint,
    },
};
use deathstar_core::{
    Engine, Error, Meaning, Permissions, PlanError, Stack,
    apply::{Proof, Quiet, Report},
    component::ResourceExt,
    model::{IpCidr, ZoneName},
    plan::Plan,
    state::MemoryStore,
};
use std::{
    collections::BTreeSet,
    io::{Read, Write},
    net::TcpStream,
    sync::Arc,
    time::Duration,
};

/// Whom the test's caller is, for IAM.
const CALLER: &str = "ci";
/// Actions that are needed on AWS and not here, and what needs them.
const NOT_HERE: [(&str, &str); 2] = [
    ("ec2:CreateTags", "the tags of a create call, which moto does not authorise apart"),
    (
        "ec2:RevokeSecurityGroupIngress",
        "the rule that admits a default group's own members, which moto's have not",
    ),
];

/// A moto that refuses what its one caller may not do, while it is told to.
struct Gate {
    moto: Arc<Moto>,
    /// What the caller calls instead.
    _relay: Relay,
    iam: aws_sdk_iam::Client,
    caller: Credentials,
}

impl Gate {
    async fn new() -> Option<Self> {
        let moto = own_moto()?;
        let config = aws_config::defaults(BehaviorVersion::latest())
            .region(Region::new(REGION))
            .retry_config(RetryConfig::disabled())
            .credentials_provider(Keys::new("AKIDEXAMPLE", "secret", None, None, "test"))
            .endpoint_url(moto.url())
            .load()
            .await;
        let iam = aws_sdk_iam::Client::new(&config);
        iam.create_user().user_name(CALLER).send().await.unwrap();
        let key = iam.create_access_key().user_name(CALLER).send().await.unwrap();
        let key = key.access_key().unwrap();
        let caller = Credentials::with_keys(key.access_key_id(), key.secret_access_key().to_owned());
        let relay = Relay::to(moto.url()).await;
        let caller = caller.endpoint(relay.url()).poll(Duration::from_millis(20));
        Some(Self { moto, _relay: relay, iam, caller })
    }

    /// What the caller may do from now on, and nothing else.
    async fn allow(&self, actions: &BTreeSet<String>) {
        self.enforce(false);
        let actions: Vec<_> = actions.iter().map(|action| format!("\"{action}\"")).collect();
        let document = format!(
            r#"{{"Version":"2012-10-17","Statement":[{{"Effect":"Allow","Action":[{}],"Resource":"*"}}]}}"#,
            actions.join(",")
        );
        self.iam
            .put_user_policy()
            .user_name(CALLER)
            .policy_name("only")
            .policy_document(document)
            .send()
            .await
            .unwrap();
        self.enforce(true);
    }

    /// Switches on or off that moto refuses.
    fn enforce(&self, on: bool) {
        let (body, host) = (if on { "0" } else { "inf" }, self.moto.url().trim_start_matches("http://"));
        let mut stream = TcpStream::connect(host).unwrap();
        let length = body.len();
        let head = "POST /moto-api/reset-auth HTTP/1.1\r\nHost: localhost\r\nConnection: close";
        stream.write_all(format!("{head}\r\nContent-Length: {length}\r\n\r\n{body}").as_bytes()).unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
    }

    /// Whether IAM takes the documents as they are.
    async fn check(&self, permissions: &Permissions, name: &str) {
        self.enforce(false);
        for policy in permissions.policies().unwrap() {
            let name = format!("{name}-{}", policy.name);
            let document = policy.document.to_string();
            let made = self.iam.create_policy().policy_name(name).policy_document(document).send().await;
            made.unwrap_or_else(|error| panic!("{error:?}\n{}", policy.document));
        }
    }

    fn engine(&self, store: &MemoryStore) -> Engine {
        Engine::new(store.clone(), self.caller.clone())
    }
}

/// Kinds of EC2 with simple texts: moto takes the signature of others for a wrong one.
fn stack(tag: &str) -> Stack {
    let mut stack = Stack::new("webshop");
    stack.tag("team", tag);
    let aws = stack.on(Account::region(REGION));
    let vpc = Vpc::new("10.20.0.0/16".parse().unwrap()).dns_hostnames(true).empty_default_security_group();
    let vpc = stack.add(&aws, "vpc", vpc);
    let range = stack.add(&aws, "pods", VpcCidrBlock::ipv4(vpc.id(), "100.64.0.0/16".parse().unwrap()));
    let gateway = stack.add(&aws, "gateway", InternetGateway::of(vpc.id()));
    stack.add(&aws, "egress-only", EgressOnlyInternetGateway::of(vpc.id()));
    let zone = ZoneName::new(format!("{REGION}a")).unwrap();
    let subnet = Subnet::new(vpc.id(), "10.20.0.0/20".parse().unwrap(), zone);
    let subnet = stack.add(&aws, "subnet", subnet.map_public_ip_on_launch(true).after(&range));
    let address = stack.add(&aws, "address", ElasticIp::new());
    let nat = NatGateway::public(subnet.id(), address.id()).after(&gateway);
    stack.add(&aws, "nat", nat);
    let table = stack.add(&aws, "table", RouteTable::of(vpc.id()));
    let everywhere: IpCidr = "0.0.0.0/0".parse().unwrap();
    let route = Route::new(table.id(), everywhere, Target::InternetGateway(gateway.id().into()));
    stack.add(&aws, "route", route);
    stack.add(&aws, "association", RouteTableAssociation::new(subnet.id(), table.id()));
    let group = stack.add(&aws, "group", SecurityGroup::new(vpc.id(), "web", "web"));
    let https = Traffic::tcp(443);
    stack.add(&aws, "rule", SecurityGroupRule::ingress(group.id(), https, Peer::range(everywhere)));
    let acl = stack.add(&aws, "acl", NetworkAcl::of(vpc.id()));
    stack.add(&aws, "entry", NetworkAclEntry::allow(acl.id(), Direction::Ingress, 100, https, everywhere));
    stack.add(&aws, "acl-association", NetworkAclAssociation::new(subnet.id(), acl.id()));
    stack.add(&aws, "s3", VpcEndpoint::gateway(vpc.id(), "s3", [table.id().into()]));
    stack
}

fn actions(permissions: &Permissions) -> BTreeSet<String> {
    permissions.actions().into_iter().map(str::to_owned).collect()
}

async fn apply(engine: &Engine, plan: Plan<'_>) -> Report {
    engine.apply(plan.consent_to_all(), Quiet).await.unwrap()
}

/// The errors of a run that may end while it plans or while it applies.
async fn errors(engine: &Engine, stack: &Stack, destroy: bool) -> Vec<Error> {
    let plan = if destroy { engine.destroy(stack).await } else { engine.plan(stack).await };
    match plan {
        Err(PlanError::Cloud(error)) => vec![error],
        Err(other) => panic!("{other}"),
        Ok(plan) => match engine.apply(plan.consent_to_all(), Quiet).await {
            Ok(report) => report.failures().map(|(_, error)| error.clone()).collect(),
            Err(deathstar_core::ApplyError::Failed(error)) => vec![error],
            Err(other) => panic!("{other}"),
        },
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn each_plan_of_a_life_is_carried_out_with_its_own_policy() {
    let Some(gate) = Gate::new().await else { return };
    let store = MemoryStore::new();
    let engine = gate.engine(&store);
    for (name, tag, expected) in [("first", "a", "ec2:CreateVpc"), ("tags", "b", "ec2:CreateTags")] {
        let stack = stack(tag);
        gate.enforce(false);
        let needed = engine.plan(&stack).await.unwrap().permissions().unwrap();
        gate.check(&needed, name).await;
        gate.allow(&actions(&needed)).await;
        let plan = engine.plan(&stack).await.unwrap();
        let report = apply(&engine, plan).await;
        assert!(report.is_success(), "{report}");
        assert!(needed.actions().contains(expected), "{:?}", needed.actions());
        if name == "tags" {
            assert!(
                !needed
                    .actions()
                    .iter()
                    .any(|action| action.starts_with("ec2:Create") && *action != expected)
            );
        }
        // To look again takes what a plan without changes asks for.
        gate.enforce(false);
        let reads = engine.plan(&stack).await.unwrap().permissions().unwrap();
        assert!(
            reads.actions().iter().all(|action| action.starts_with("ec2:Describe")),
            "{:?}",
            reads.actions()
        );
        gate.allow(&actions(&reads)).await;
        assert!(engine.plan(&stack).await.unwrap().is_empty());
    }
    let stack = stack("b");
    gate.enforce(false);
    let needed = engine.destroy(&stack).await.unwrap().permissions().unwrap();
    gate.check(&needed, "destroy").await;
    gate.allow(&actions(&needed)).await;
    let plan = engine.destroy(&stack).await.unwrap();
    let report = apply(&engine, plan).await;
    assert!(report.is_success(), "{report}");
    assert!(report.proof.is_some_and(|Proof { leftovers, .. }| leftovers.is_empty()));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_refused_one_after_the_other_is_what_the_policy_allows() {
    let Some(gate) = Gate::new().await else { return };
    let stack = stack("a");
    let engine = gate.engine(&MemoryStore::new());
    for destroy in [false, true] {
        gate.enforce(false);
        let plan = if destroy { engine.destroy(&stack).await } else { engine.plan(&stack).await };
        let needed = actions(&plan.unwrap().permissions().unwrap());
        // Nothing is allowed at first, and then what was refused, until all is done.
        let mut allowed = BTreeSet::from(["sts:GetCallerIdentity".to_owned()]);
        loop {
            gate.allow(&allowed).await;
            let errors = errors(&engine, &stack, destroy).await;
            if errors.is_empty() {
                break;
            }
            for error in &errors {
                let Meaning::Denied { action } = error.meaning() else { panic!("{error:?}") };
                assert!(needed.contains(action), "`{action}` is called, and not allowed");
                assert!(!allowed.contains(action), "{error}");
                assert!(error.advice().is_some_and(|hint| hint.contains("`permissions`")), "{error}");
            }
            allowed.extend(errors.iter().filter_map(|error| match error.meaning() {
                Meaning::Denied { action } => Some(action.clone()),
                _ => None,
            }));
        }
        let never: Vec<_> = needed.difference(&allowed).map(String::as_str).collect();
        let expected: Vec<_> = NOT_HERE.iter().map(|(action, _)| *action).filter(|_| !destroy).collect();
        assert_eq!(never, expected, "allowed, and never called");
        assert!(allowed.len() > 20, "{allowed:?}");
    }
}

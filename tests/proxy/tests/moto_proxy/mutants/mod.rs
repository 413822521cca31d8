//! Drivers that misbehave in exactly one way, and the rule that catches each: our own drivers, with something in front of the proxy that
//! changes one thing on the wire, or around them.
//!
//! Each check passes for the unchanged driver: in `conformance`, or beside the mutant.

mod callers;

use crate::{
    bench::REGION,
    conformance::{Held, MANY, Stand},
    rules::{address, gateway, subnet, vpc},
};
use deathstar_aws::{
    Aws,
    ec2::{ElasticIp, NatGateway, Route, RouteTable, Subnet, Target},
    id::{AllocationId, SubnetId, VpcId},
    kinds,
};
use deathstar_aws_proxy::{OnClock, Proxy, Settings, Tamper};
use deathstar_core::{
    Backend, Cx, Driver, Engine, Found, Made, Op, Ready, Result, Seen, Stack, Tags, Want,
    apply::Quiet,
    conformance::{Rule, Suite, Verdicts},
    model::ZoneName,
    state::MemoryStore,
};
use std::{
    collections::BTreeSet,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
};

fn zone() -> ZoneName {
    ZoneName::new(format!("{REGION}a")).unwrap()
}

/// The text between two others, replaced.
fn replaced(text: &str, from: &str, to: &str, with: &str) -> Option<String> {
    let start = text.find(from)? + from.len();
    let end = text[start..].find(to).map_or(text.len(), |length| start + length);
    Some(format!("{}{with}{}", &text[..start], &text[end..]))
}

async fn front(stand: &Stand, tamper: Tamper) -> Proxy {
    Proxy::start(stand.bench.proxy.url(), Settings::recording().tamper(tamper)).await.unwrap()
}

fn broken(verdicts: &Verdicts) -> BTreeSet<Rule> {
    verdicts.findings.iter().map(|violation| violation.rule).collect()
}

/// What the suite says of the driver of subnets with something in front of the proxy.
async fn subnets(tamper: Tamper) -> Option<Verdicts> {
    let stand = Stand::new(Settings::default()).await?;
    let front = front(&stand, tamper).await;
    let vpc = VpcId::new(vpc(&stand.bench.outside().await, "10.0.0.0/16").await);
    let kind =
        |number: usize| Subnet::new(vpc.clone(), format!("10.0.{number}.0/24").parse().unwrap(), zone());
    let trial = stand.trial_at(front.url(), kind(0), (1..=MANY).map(kind).collect()).await;
    Some(trial.run().await)
}

async fn tables(tamper: Tamper) -> Option<Verdicts> {
    let stand = Stand::new(Settings::default()).await?;
    let front = front(&stand, tamper).await;
    let vpc = VpcId::new(vpc(&stand.bench.outside().await, "10.0.0.0/16").await);
    let trial =
        stand.trial_at(front.url(), RouteTable::of(vpc.clone()), vec![RouteTable::of(vpc); MANY]).await;
    Some(trial.run().await)
}

#[tokio::test]
async fn who_forgets_pages_is_caught() {
    let forgets = |_: &str, text: &str| replaced(text, "<nextToken>", "</nextToken>", "");
    let Some(verdicts) = subnets(Tamper::answers(forgets)).await else { return };
    assert_eq!(broken(&verdicts), BTreeSet::from([Rule::EveryPage]), "{verdicts}");
}

#[tokio::test]
async fn who_forgets_tags_is_caught() {
    let forgets = |call: &str, text: &str| {
        let rest = text.split('&').filter(|part| !part.starts_with("TagSpecification."));
        (call == "ec2:CreateSubnet").then(|| rest.collect::<Vec<_>>().join("&"))
    };
    let Some(verdicts) = subnets(Tamper::requests(forgets)).await else { return };
    assert!(verdicts.breaks(Rule::CreateTags), "{verdicts}");
}

#[tokio::test]
async fn who_sends_an_unknown_parameter_is_caught() {
    let adds = |call: &str, text: &str| (call == "ec2:CreateSubnet").then(|| format!("{text}&Color=red"));
    let Some(verdicts) = subnets(Tamper::requests(adds)).await else { return };
    let why = verdicts.interrupted.clone().unwrap_or_default();
    assert!(why.contains("UnknownParameter") && why.contains("Color"), "{verdicts}");
}

#[tokio::test]
async fn who_takes_a_new_token_each_time_is_caught() {
    let count = AtomicU64::new(0);
    let renews = move |_: &str, text: &str| {
        replaced(text, "ClientToken=", "&", &format!("t{}", count.fetch_add(1, Ordering::SeqCst)))
    };
    let Some(verdicts) = tables(Tamper::requests(renews)).await else { return };
    assert!(verdicts.breaks(Rule::CreateRepeats), "{verdicts}");
}

#[tokio::test]
async fn who_takes_one_token_for_all_is_caught() {
    let keeps = |_: &str, text: &str| replaced(text, "ClientToken=", "&", "the-same");
    let Some(verdicts) = tables(Tamper::requests(keeps)).await else { return };
    let text = verdicts.to_string();
    assert!(text.contains("IdempotentParameterMismatch"), "{text}");
}

/// A driver for which everything that fails is gone.
struct Lenient(Held);

impl Driver<Subnet> for Lenient {
    async fn find(&self, cx: &Cx, want: &Want<SubnetId>, found: &mut Found) -> Result<()> {
        let _ = Driver::<Subnet>::find(&self.0, cx, want, found).await;
        Ok(())
    }

    async fn create(&self, cx: &Cx, spec: &Ready<Subnet>) -> Result<Made<SubnetId>> {
        self.0.create(cx, spec).await
    }

    async fn change(&self, cx: &Cx, seen: &Seen<Subnet>, to: &Ready<Subnet>) -> Result<Option<Op>> {
        self.0.change(cx, seen, to).await
    }

    async fn delete(&self, cx: &Cx, seen: &Seen<Subnet>) -> Result<Option<Op>> {
        self.0.delete(cx, seen).await
    }

    async fn retag(&self, cx: &Cx, seen: &Seen<Subnet>, set: &Tags, unset: &[String]) -> Result<()> {
        self.0.retag(cx, seen, set, unset).await
    }
}

#[tokio::test]
async fn who_takes_any_failure_for_gone_is_caught() {
    let Some(stand) = Stand::new(Settings::default()).await else { return };
    let vpc = VpcId::new(vpc(&stand.bench.outside().await, "10.0.0.0/16").await);
    let sample = Subnet::new(vpc, "10.0.0.0/24".parse().unwrap(), zone());
    let client = |url: String| {
        let stand = &stand;
        async move { Lenient(stand.client_at(&url).await) }
    };
    let lenient = client(stand.bench.proxy.url().to_owned()).await;
    let trial = Suite::new(lenient).sample(sample).clock(&stand.clock);
    let trial = trial.refused("a web page", client(stand.refusing_url().to_owned()).await);
    let verdicts = trial.run().await;
    assert_eq!(broken(&verdicts), BTreeSet::from([Rule::ErrorsAreTold]), "{verdicts}");
}

/// The way out of a private subnet: made, and destroyed; what failed on the way.
async fn way_out(tamper: Option<Tamper>) -> Option<Vec<String>> {
    way_out_of(|_| (), tamper).await
}

/// The same, with something prepared before.
async fn way_out_of(prepare: impl Fn(&Stand), tamper: Option<Tamper>) -> Option<Vec<String>> {
    let stand = Stand::new(Settings::default().pending(4).deleting(4)).await?;
    prepare(&stand);
    let front = match tamper {
        Some(tamper) => front(&stand, tamper).await,
        None => front(&stand, Tamper::answers(|_, _| None)).await,
    };
    let outside = stand.bench.outside().await;
    let home = vpc(&outside, "10.0.0.0/16").await;
    gateway(&outside, Some(&home)).await;
    let subnet = SubnetId::new(subnet(&outside, &home, "10.0.0.0/24").await);
    let mut stack = Stack::new("webshop");
    let aws = stack.on(stand.bench.declared().endpoint(front.url()));
    let address = stack.add(&aws, "address", ElasticIp::new());
    let nat = stack.add(&aws, "nat", NatGateway::public(subnet, address.id()));
    let table = stack.add(&aws, "table", RouteTable::of(VpcId::new(home)));
    let everywhere = "0.0.0.0/0".parse().unwrap();
    stack.add(&aws, "route", Route::new(table.id(), everywhere, Target::NatGateway(nat.id().into())));
    let open = Arc::new(OnClock::new(stand.bench.credentials(), &stand.clock));
    let catalogue = kinds()
        .connect::<_, Aws>(&open)
        .driver::<Held, ElasticIp>()
        .driver::<Held, NatGateway>()
        .driver::<Held, RouteTable>()
        .driver::<Held, Route>();
    let engine = Engine::new(MemoryStore::new(), Backend::real(catalogue).on(&stand.clock));
    let mut failures = vec![];
    for destroy in [false, true] {
        let plan = if destroy { engine.destroy(&stack).await } else { engine.plan(&stack).await };
        let report = engine.apply(plan.unwrap().consent_to_all(), Quiet).await.unwrap();
        failures.extend(report.failures().map(|(step, error)| format!("{}: {error}", step.address)));
    }
    Some(failures)
}

#[tokio::test]
async fn who_waits_for_beginnings_and_ends_is_let_through() {
    let Some(failures) = way_out(None).await else { return };
    assert!(failures.is_empty(), "{failures:?}");
}

#[tokio::test]
async fn who_does_not_wait_for_pending_is_caught() {
    let hurries = |call: &str, text: &str| {
        (call == "ec2:DescribeNatGateways").then(|| text.replace("<state>pending<", "<state>available<"))
    };
    let Some(failures) = way_out(Some(Tamper::answers(hurries))).await else { return };
    let text = failures.join("\n");
    assert!(
        text.contains("route: ec2:CreateRoute") && text.contains("InvalidNatGatewayID.NotFound"),
        "{text}"
    );
}

#[tokio::test]
async fn who_does_not_wait_for_deleting_is_caught() {
    let hurries = |call: &str, text: &str| {
        (call == "ec2:DescribeNatGateways").then(|| text.replace("<state>deleting<", "<state>deleted<"))
    };
    let Some(failures) = way_out(Some(Tamper::answers(hurries))).await else { return };
    let text = failures.join("\n");
    assert!(
        text.contains("address: ec2:ReleaseAddress") && text.contains("InvalidIPAddress.InUse"),
        "{text}"
    );
}

#[tokio::test]
async fn who_does_not_know_the_code_of_a_gone_gateway_is_caught() {
    let Some(stand) = Stand::new(Settings::default()).await else { return };
    let outside = stand.bench.outside().await;
    let home = vpc(&outside, "10.0.0.0/16").await;
    gateway(&outside, Some(&home)).await;
    let subnet = SubnetId::new(subnet(&outside, &home, "10.0.0.0/24").await);
    let sample = NatGateway::public(subnet, AllocationId::new(address(&outside).await));
    let renames = |_: &str, text: &str| Some(text.replace("NatGatewayNotFound", "InvalidParameterValue"));
    let front = front(&stand, Tamper::answers(renames)).await;
    // A gateway that is gone for good, which takes AWS an hour.
    let forgets =
        |_: &str, text: &str| text.contains("DeleteNatGateway").then(|| text.replace("=nat-", "=nat-0"));
    let gone =
        Proxy::start(front.url(), Settings::recording().tamper(Tamper::requests(forgets))).await.unwrap();
    let verdicts = stand.trial_at(gone.url(), sample, vec![]).await.run().await;
    assert!(verdicts.breaks(Rule::DeleteEnds) || verdicts.breaks(Rule::DeleteRepeats), "{verdicts}");
}

#[tokio::test]
async fn who_does_not_see_that_a_gateway_failed_is_caught() {
    let hopes = |call: &str, text: &str| {
        (call == "ec2:DescribeNatGateways").then(|| text.replace("<state>failed<", "<state>available<"))
    };
    for (tamper, caught) in
        [(None, "nat: it exists and failed: "), (Some(Tamper::answers(hopes)), "route: ec2:CreateRoute")]
    {
        let Some(failures) =
            way_out_of(|stand| stand.bench.proxy.fail_nat_gateway("InternalError", "x"), tamper).await
        else {
            return;
        };
        assert!(failures.iter().any(|failure| failure.starts_with(caught)), "{caught}: {failures:?}");
    }
}

#[tokio::test]
async fn who_asks_by_an_unknown_filter_is_caught() {
    let renames = |call: &str, text: &str| {
        (call == "ec2:DescribeSubnets").then(|| text.replace("Name=subnet-id", "Name=subnet-ids"))
    };
    let Some(verdicts) = subnets(Tamper::requests(renames)).await else { return };
    assert!(verdicts.to_string().contains("InvalidParameterValue"), "{verdicts}");
}

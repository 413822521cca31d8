//! The table of faults: nothing lost and nothing doubled, whatever befalls which call of which driver.
//!
//! A process that is killed is a future that is dropped, with its journal kept: what the operating system does beside that is for the
//! crash harness.

use crate::{
    bench::{Bench, REGION},
    conformance::Held,
    rules::{address, gateway, nat, subnet, table, vpc},
};
use deathstar_aws::{
    Account, Aws, Client, Credentials,
    ec2::{
        ElasticIp, InternetGateway, NatGateway, Route, RouteTable, RouteTableAssociation, Subnet, Target, Vpc,
    },
    id::{AllocationId, InternetGatewayId, NatGatewayId, RouteTableId, SubnetId, VpcId},
    kinds,
};
use deathstar_aws_proxy::{
    OnClock, Quotas, Settings,
    table::{Kind, Step, Subject, Table, run},
};
use deathstar_core::{
    Backend, Catalogue, Connect, Cx, Driver, Error, Found, Made, Op, Ready, Resource, Result, Seen, Stack,
    Tags, Want, clock::Clock, model::ZoneName,
};
use futures_util::future::{BoxFuture, FutureExt, join_all};
use std::{io::Write, sync::Arc};

/// What the samples stand on, made past the proxy.
#[derive(Clone)]
struct Ground {
    vpc: VpcId,
    other_vpc: VpcId,
    subnet: SubnetId,
    bare_subnet: SubnetId,
    gateway: InternetGatewayId,
    address: AllocationId,
    nat: NatGatewayId,
    table: RouteTableId,
    other_table: RouteTableId,
}

impl Ground {
    async fn new(bench: &Bench) -> Self {
        let outside = bench.outside().await;
        let home = vpc(&outside, "10.0.0.0/16").await;
        let gateway = gateway(&outside, Some(&home)).await;
        let home_subnet = subnet(&outside, &home, "10.0.0.0/24").await;
        Self {
            other_vpc: VpcId::new(vpc(&outside, "10.1.0.0/16").await),
            bare_subnet: SubnetId::new(subnet(&outside, &home, "10.0.1.0/24").await),
            address: AllocationId::new(address(&outside).await),
            nat: NatGatewayId::new(nat(&outside, &home_subnet, &address(&outside).await).await),
            table: RouteTableId::new(table(&outside, &home).await),
            other_table: RouteTableId::new(table(&outside, &home).await),
            vpc: VpcId::new(home),
            subnet: SubnetId::new(home_subnet),
            gateway: InternetGatewayId::new(gateway),
        }
    }
}

/// A kind with a sample and, where something changes in place, what it becomes.
fn sample<R: Resource<Provider = Aws>>(
    bench: &Bench,
    ground: &Ground,
    first: fn(&Ground) -> R,
    changed: Option<fn(&Ground) -> R>,
) -> Subject
where
    Client: Driver<R>,
{
    let (declared, credentials) = (bench.declared(), bench.credentials());
    let (ground, clock) = (ground.clone(), Clock::virtual_time());
    let stack = move |step| {
        let mut stack = Stack::new("webshop");
        stack.tag("step", if step == Step::Create { "create" } else { "change" });
        let aws = stack.on(declared.clone());
        let make = changed.filter(|_| step == Step::Change).unwrap_or(first);
        stack.add(&aws, "object", make(&ground));
        stack
    };
    let backend = move || {
        let open = Arc::new(OnClock::new(credentials.clone(), &clock));
        // Routes are shown by their tables.
        let catalogue = kinds().connect::<_, Aws>(&open).driver::<Held, RouteTable>().driver::<Held, R>();
        Backend::real(catalogue).on(&clock)
    };
    let subject = Subject::new(R::FAMILY.trim_start_matches("aws."), &bench.account, stack, backend);
    let tagged = R::IDENTITY.tagged();
    if changed.is_some() || tagged { subject } else { subject.unchanging() }
}

/// The faults that are tried. All of them take minutes: `DEATHSTAR_FAULTS=all` asks for that.
fn faults() -> &'static [Kind] {
    const WORST: [Kind; 3] = [Kind::Throttled, Kind::LostAnswer, Kind::KilledAndHidden];
    if std::env::var_os("DEATHSTAR_FAULTS").is_some_and(|faults| faults == "all") {
        &Kind::ALL
    } else {
        &WORST
    }
}

/// One kind in an account of its own.
async fn tried<R: Resource<Provider = Aws>>(
    first: fn(&Ground) -> R,
    changed: Option<fn(&Ground) -> R>,
) -> Table
where
    Client: Driver<R>,
{
    let Some(bench) = Bench::new(Settings::default().hidden(1).quotas(Quotas::ample())).await else {
        return Table::default();
    };
    let ground = Ground::new(&bench).await;
    let subject = sample(&bench, &ground, first, changed);
    run(&bench.proxy, &subject, faults()).await.unwrap()
}

/// A kind is a line: its sample, and where something of it changes in place, what it becomes.
#[tokio::test]
async fn nothing_is_lost_and_nothing_doubled() {
    let kinds: Vec<BoxFuture<'_, Table>> = vec![
        tried(|_| a_vpc(), Some(|_| a_vpc().dns_hostnames(true).empty_default_security_group())).boxed(),
        tried(a_subnet, Some(|ground| a_subnet(ground).map_public_ip_on_launch(true))).boxed(),
        tried(|ground| InternetGateway::of(ground.other_vpc.clone()), None).boxed(),
        tried(|_| ElasticIp::new(), None).boxed(),
        tried(|ground| NatGateway::public(ground.subnet.clone(), ground.address.clone()), None).boxed(),
        tried(|ground| RouteTable::of(ground.vpc.clone()), None).boxed(),
        tried(|ground| a_route(ground, to_internet(ground)), Some(|ground| a_route(ground, to_nat(ground))))
            .boxed(),
        tried(
            |ground| an_association(ground, &ground.table),
            Some(|ground| an_association(ground, &ground.other_table)),
        )
        .boxed(),
    ];
    let mut all = Table::default();
    for table in join_all(kinds).await {
        all.extend(table);
    }
    let mut out = std::io::stderr();
    writeln!(out, "{all}").unwrap();
    let failures = all.failures();
    assert!(failures.is_empty(), "{}", failures.join("\n"));
    // Only a process that is killed needs another one.
    let runs = |kind: Kind| if kind.kills() { 2 } else { 1 };
    assert!(all.entries.iter().all(|entry| entry.outcome == Ok(runs(entry.kind))), "{all}");
}

fn a_vpc() -> Vpc {
    Vpc::new("10.9.0.0/16".parse().unwrap())
}

fn an_association(ground: &Ground, table: &RouteTableId) -> RouteTableAssociation {
    RouteTableAssociation::new(ground.bare_subnet.clone(), table.clone())
}

fn to_internet(ground: &Ground) -> Target {
    Target::InternetGateway(ground.gateway.clone().into())
}

fn to_nat(ground: &Ground) -> Target {
    Target::NatGateway(ground.nat.clone().into())
}

fn a_subnet(ground: &Ground) -> Subnet {
    let zone = ZoneName::new(format!("{REGION}a")).unwrap();
    Subnet::new(ground.vpc.clone(), "10.0.9.0/24".parse().unwrap(), zone)
}

fn a_route(ground: &Ground, via: Target) -> Route {
    Route::new(ground.table.clone(), "20.0.0.0/8".parse().unwrap(), via)
}

/// A driver that says of every failed create call that nothing happened.
struct Careless(Held);

impl Driver<ElasticIp> for Careless {
    async fn find(&self, cx: &Cx, want: &Want<AllocationId>, found: &mut Found) -> Result<()> {
        Driver::<ElasticIp>::find(&self.0, cx, want, found).await
    }

    async fn create(&self, cx: &Cx, spec: &Ready<ElasticIp>) -> Result<Made<AllocationId>> {
        let made = self.0.create(cx, spec).await;
        made.map_err(|error| Error::new(error.meaning().clone(), error.message()))
    }

    async fn delete(&self, cx: &Cx, seen: &Seen<ElasticIp>) -> Result<Option<Op>> {
        self.0.delete(cx, seen).await
    }

    async fn retag(&self, cx: &Cx, seen: &Seen<ElasticIp>, set: &Tags, unset: &[String]) -> Result<()> {
        self.0.retag(cx, seen, set, unset).await
    }
}

/// Opens careless clients.
struct Opens(OnClock<Credentials>);

impl Connect<Aws> for Opens {
    type Client = Careless;

    async fn connect(&self, account: &Account) -> Result<Careless> {
        Ok(Careless(self.0.connect(account).await?))
    }
}

#[tokio::test]
async fn who_repeats_a_create_whose_answer_was_lost_is_caught() {
    let Some(bench) = Bench::new(Settings::default().quotas(Quotas::ample())).await else { return };
    let (declared, credentials, clock) = (bench.declared(), bench.credentials(), Clock::virtual_time());
    let stack = move |_| {
        let mut stack = Stack::new("webshop");
        let aws = stack.on(declared.clone());
        stack.add(&aws, "object", ElasticIp::new());
        stack
    };
    let backend = move || {
        let open = Arc::new(Opens(OnClock::new(credentials.clone(), &clock)));
        Backend::real(Catalogue::new().connect::<_, Aws>(&open).driver::<Careless, ElasticIp>()).on(&clock)
    };
    let subject = Subject::new("careless", &bench.account, stack, backend).unchanging();
    let table = run(&bench.proxy, &subject, &[Kind::Throttled, Kind::LostAnswer]).await.unwrap();
    let failures = table.failures();
    assert!(
        failures.len() == 1
            && failures[0].starts_with("careless, Create, ec2:AllocateAddress (1), lost answer"),
        "{table}"
    );
}

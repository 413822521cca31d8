//! The conformance suite over HTTP: the one driver with every kind, with the server's records as the witness.
//!
//! It cannot show what only Azure knows: how long lists are behind, and what a service answers beyond its documentation.

use crate::{
    samples::{self, Sample, every_sample, ground, kinds::*},
    world::{Held, World},
};
use deathstar_arm_server::{ArmServer, Fault, Injection, Settings};
use deathstar_core::{
    Driver, Identity, Resource,
    conformance::{Rule, Suite, Trial, Verdicts},
};
use std::time::Duration;

/// How many entries a page has.
const PAGE: usize = 3;

/// The server with all rules, and others that refuse everything once a client is connected.
struct Stand {
    world: World,
    refusing: Vec<(&'static str, ArmServer)>,
}

impl Stand {
    async fn new() -> Self {
        let world = World::unchecked(Settings::default().page(PAGE).lower_case());
        ground(&world).await;
        let refusing = [
            ("no permission", Fault::Denied),
            ("an unknown type", Fault::refused(404, "InvalidResourceType", "no such type")),
            ("another subscription", Fault::refused(404, "SubscriptionNotFound", "no such subscription")),
        ];
        let start = |(why, fault): (&'static str, Fault)| {
            let server = ArmServer::start(Settings::default()).unwrap();
            for method in ["GET", "PUT", "PATCH", "DELETE", "POST"] {
                server.inject(Injection::new(method, "*/resourceGroups*", fault.clone()).always());
                server.inject(Injection::new(method, "*/providers/*", fault.clone()).always());
            }
            (why, server)
        };
        Self { world, refusing: refusing.map(start).into() }
    }

    async fn trial<R: Resource>(&self, sample: Sample<R>) -> Trial<Held, R>
    where
        Held: Driver<R>,
    {
        let mut specs = sample.specs.into_iter();
        let mut trial = Suite::new(self.world.client().await)
            .sample(specs.next().unwrap())
            .many(specs)
            .page(PAGE)
            .witness(self.world.server.witness())
            .clock(&self.world.clock)
            .patience(Duration::from_mins(10));
        if let Some(changed) = sample.changed {
            trial = trial.variant(changed);
        }
        for (why, server) in &self.refusing {
            trial = trial.refused(*why, self.world.client_at(server.url()).await);
        }
        trial
    }
}

/// The rules that are checked for every kind with a witness.
const ALWAYS: [Rule; 9] = [
    Rule::OneObject,
    Rule::OneCall,
    Rule::CreateRepeats,
    Rule::RoundTrip,
    Rule::FindAgrees,
    Rule::GoneLeftOut,
    Rule::ReadsOnly,
    Rule::ErrorsAreTold,
    Rule::DeleteEnds,
];

fn judge<R: Resource>(name: &str, verdicts: &Verdicts, failures: &mut Vec<String>) {
    if !verdicts.findings.is_empty() || verdicts.interrupted.is_some() || !verdicts.left_behind.is_empty() {
        failures.push(format!("{name}: {verdicts}"));
        return;
    }
    let mut always = ALWAYS.to_vec();
    if R::IDENTITY.tagged() {
        always.extend([Rule::CreateTags, Rule::OnlyOurs, Rule::RetagExact, Rule::RetagCalls]);
    }
    assert!(matches!(R::IDENTITY, Identity::Key { .. }), "{name}");
    // Of a part that there is once there is no other.
    let alone = verdicts.skipped.iter().any(|skipped| skipped.why.contains("`many` gave"));
    always.retain(|rule| !alone || !matches!(rule, Rule::GoneLeftOut | Rule::OnlyOurs));
    let missing: Vec<_> = always.into_iter().filter(|rule| !verdicts.has_checked(*rule)).collect();
    if !missing.is_empty() {
        failures.push(format!("{name}: {missing:?} not checked: {:?}", verdicts.skipped));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn every_kind_keeps_the_contract() {
    let mut failures = vec![];
    macro_rules! tried {
        ($($name:ident: $kind:ty $(=> $shower:ty)?;)*) => {
            $({
                // Its witness tells all that it has ever seen: what it sees is to be little.
                let stand = Stand::new().await;
                let trial = stand.trial(samples::$name()).await$(.shown_by::<$shower>())?;
                let verdicts = Box::pin(trial.run()).await;
                judge::<$kind>(stringify!($name), &verdicts, &mut failures);
            })*
        };
    }
    every_sample!(tried);
    assert!(failures.is_empty(), "{}", failures.join("\n\n"));
}

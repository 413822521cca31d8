//! Programs that call AWS in exactly one wrong way, beside one that does it right.

use crate::{
    bench::{Bench, code},
    conformance::{Held, Stand},
    rules::{address, by, gateway, subnet, vpc},
};
use aws_sdk_ec2::config::retry::RetryConfig;
use deathstar_aws::{Aws, ec2::Vpc, kinds_on};
use deathstar_aws_proxy::{Bucket, Fault, Injection, OnClock, Proxy, Settings, Tamper, Throttle};
use deathstar_core::{
    Backend, Engine, Stack,
    apply::{Patience, Quiet},
    clock::Clock,
    state::MemoryStore,
};
use std::{
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

/// Makes an object once, in the way of who looks before they repeat; `patient` looks as long as it may be hidden.
async fn make_once(ec2: &aws_sdk_ec2::Client, patient: bool) {
    ec2.create_vpc().cidr_block("10.77.0.0/16").send().await.unwrap();
    for _ in 0..if patient { 3 } else { 1 } {
        let seen = ec2.describe_vpcs().filters(by("cidr", "10.77.0.0/16")).send().await.unwrap();
        if !seen.vpcs().is_empty() {
            return;
        }
    }
    ec2.create_vpc().cidr_block("10.77.0.0/16").send().await.unwrap();
}

#[tokio::test]
async fn who_makes_again_what_is_only_hidden_is_caught() {
    for (patient, expected) in [(true, 1), (false, 2)] {
        let Some(stand) = Stand::new(Settings::default().hidden(2)).await else { return };
        make_once(&stand.bench.ec2().await, patient).await;
        assert_eq!(stand.bench.proxy.standing(&stand.bench.proxy.calls()).await.len(), expected);
    }
}

#[tokio::test]
async fn who_deletes_in_the_wrong_order_is_caught() {
    for (order, refused) in [
        (["subnet", "gateway", "vpc"], false),
        (["gateway", "vpc", "subnet"], true),
        (["subnet", "vpc", "gateway"], true),
    ] {
        let Some(stand) = Stand::new(Settings::default()).await else { return };
        let ec2 = stand.bench.ec2().await;
        let home = vpc(&ec2, "10.0.0.0/16").await;
        let internet = gateway(&ec2, Some(&home)).await;
        let subnet = subnet(&ec2, &home, "10.0.0.0/24").await;
        let mut codes = vec![];
        for what in order {
            codes.push(match what {
                "subnet" => code(ec2.delete_subnet().subnet_id(&subnet).send().await),
                "gateway" => code(
                    ec2.detach_internet_gateway().internet_gateway_id(&internet).vpc_id(&home).send().await,
                ),
                _ => code(ec2.delete_vpc().vpc_id(&home).send().await),
            });
        }
        assert_eq!(codes.contains(&"DependencyViolation".to_owned()), refused, "{order:?}: {codes:?}");
    }
}

#[tokio::test]
async fn who_lets_the_sdk_repeat_a_create_without_a_token_is_caught() {
    for (retry, expected) in [
        (RetryConfig::disabled(), 1),
        (RetryConfig::standard().with_initial_backoff(Duration::from_millis(1)), 2),
    ] {
        let Some(bench) = Bench::strict().await else { return };
        let config = aws_sdk_ec2::config::Builder::from(&bench.config().await).retry_config(retry);
        let ec2 = aws_sdk_ec2::Client::from_conf(config.build());
        bench.proxy.inject(Injection::new("ec2:AllocateAddress", Fault::LostAnswer));
        let answer = ec2.allocate_address().send().await;
        assert_eq!(answer.is_ok(), expected == 2);
        assert_eq!(bench.proxy.standing(&bench.proxy.calls()).await.len(), expected);
    }
}

#[tokio::test]
async fn who_compares_ranges_by_their_text_is_caught() {
    for (settings, keeps) in [(Settings::recording(), true), (Settings::default(), false)] {
        let Some(bench) = Bench::new(settings).await else { return };
        let ec2 = bench.ec2().await;
        let id = subnet(&ec2, &vpc(&ec2, "10.0.0.0/16").await, "10.0.0.9/24").await;
        let seen = ec2.describe_subnets().subnet_ids(id).send().await.unwrap();
        assert_eq!(seen.subnets()[0].cidr_block() == Some("10.0.0.9/24"), keeps);
    }
}

#[tokio::test]
async fn who_takes_a_quota_for_throttling_is_caught() {
    let confuses = |_: &str, text: &str| Some(text.replace("VpcLimitExceeded", "RequestLimitExceeded"));
    for (tamper, tries) in [(Tamper::answers(|_, _| None), 1..=1), (Tamper::answers(confuses), 2..=99)] {
        let Some(bench) = Bench::strict().await else { return };
        let front = Proxy::start(bench.proxy.url(), Settings::recording().tamper(tamper)).await.unwrap();
        let outside = bench.outside().await;
        for number in 0..4 {
            // With the one of every account these are all that there may be.
            vpc(&outside, &format!("10.{number}.0.0/16")).await;
        }
        let mut stack = Stack::new("webshop");
        let aws = stack.on(bench.declared().endpoint(front.url()));
        stack.add(&aws, "vpc", Vpc::new("10.9.0.0/16".parse().unwrap()));
        let clock = Clock::virtual_time();
        let open = Arc::new(OnClock::new(bench.credentials(), &clock));
        let backend = Backend::real(kinds_on::<Held>().connect::<_, Aws>(&open)).on(&clock);
        let engine = Engine::new(MemoryStore::new(), backend)
            .patience(Patience::default().step(Duration::from_mins(5)));
        let plan = engine.plan(&stack).await.unwrap();
        let report = engine.apply(plan, Quiet).await.unwrap();
        assert!(!report.is_success());
        let tried = bench.proxy.calls().of("ec2", "CreateVpc").len();
        assert!(tries.contains(&tried), "{tried} times");
    }
}

#[tokio::test]
async fn who_repeats_a_throttled_call_at_once_is_caught() {
    for (patient, expected) in [(true, 2), (false, 9)] {
        let time = Arc::new(AtomicU64::new(0));
        let now = Arc::clone(&time);
        let throttle = Throttle::new(move || Duration::from_secs(now.load(Ordering::SeqCst)))
            .mutating(Bucket { size: 1.0, refill: 1.0 });
        let Some(bench) = Bench::new(Settings::recording().throttle(throttle)).await else { return };
        let ec2 = bench.ec2().await;
        address(&ec2).await;
        let mut tries = 1;
        while tries < 9 && !code(ec2.allocate_address().send().await).is_empty() {
            tries += 1;
            time.fetch_add(u64::from(patient), Ordering::SeqCst);
        }
        assert_eq!(tries, expected);
    }
}

#[tokio::test]
async fn who_uses_a_new_role_at_once_is_caught() {
    for (patient, expected) in [(true, true), (false, false)] {
        let Some(bench) = Bench::new(Settings::default().unusable_roles(2)).await else { return };
        let config = bench.config().await;
        let (iam, sts) = (aws_sdk_iam::Client::new(&config), aws_sdk_sts::Client::new(&config));
        iam.create_role().role_name("a").assume_role_policy_document("{}").send().await.unwrap();
        let arn = format!("arn:aws:iam::{}:role/a", bench.account);
        let mut tries = 0..if patient { 3 } else { 1 };
        let mut done = false;
        while !done && tries.next().is_some() {
            done = sts.assume_role().role_arn(&arn).role_session_name("x").send().await.is_ok();
        }
        assert_eq!(done, expected);
    }
}

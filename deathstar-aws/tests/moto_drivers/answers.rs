//! What AWS answers and moto does not: refusals of single objects, tokens that were used, changes that go on.

use crate::scripted::{Answer, Scripted};
use deathstar_aws::{
    Aws, Client,
    id::{HostedZoneId, KeyId},
    kinds_on,
    kms::KmsKey,
    route53::{HostedZone, RecordSet, RecordSetId, RecordType},
};
use deathstar_aws_proxy::OnClock;
use deathstar_core::{
    Backend, Cx, Driver, Engine, Found, Meaning, Result, Stack, Want,
    apply::Quiet,
    clock::Clock,
    state::{Loaded, MemoryStore, Store},
};
use std::sync::{
    Arc,
    atomic::{AtomicU32, Ordering},
};

fn cx() -> Cx {
    Cx::for_tests("webshop", "", "")
}

fn json(status: u16, body: impl Into<String>) -> Answer {
    (status, "application/x-amz-json-1.1", body.into())
}

/// KMS with three keys, and one of AWS's that nobody may ask; `told` says which of them tell their tags.
fn kms(told: &'static [&'static str]) -> Scripted {
    let denied = || json(400, r#"{"__type":"AccessDeniedException","message":"no"}"#);
    Scripted::new(move |request| {
        let key =
            ["k1", "k2", "k3"].into_iter().find(|key| request.contains(&format!("\"KeyId\":\"{key}\"")));
        let operation = request.split("TrentService.").nth(1).unwrap().split_whitespace().next().unwrap();
        match (operation, key) {
            ("ListKeys", _) => json(
                200,
                r#"{"Keys":[{"KeyId":"aws"},{"KeyId":"k1"},{"KeyId":"k2"},{"KeyId":"k3"}],"Truncated":false}"#,
            ),
            ("ListAliases", _) => json(
                200,
                r#"{"Aliases":[{"AliasName":"alias/aws/acm","TargetKeyId":"aws"},{"AliasName":"alias/aws/s3"}],"Truncated":false}"#,
            ),
            ("ListResourceTags", Some("aws")) => {
                json(400, r#"{"__type":"InternalFailure","message":"asked"}"#)
            }
            ("ListResourceTags", Some(key)) if !told.contains(&key) => denied(),
            ("ListResourceTags", Some("k2")) => {
                let tag = r#"{"TagKey":"deathstar:stack","TagValue":"webshop"}"#;
                json(200, format!(r#"{{"Tags":[{tag}],"Truncated":false}}"#))
            }
            ("ListResourceTags", _) => json(200, r#"{"Tags":[],"Truncated":false}"#),
            ("DescribeKey", Some(key)) => json(
                200,
                format!(r#"{{"KeyMetadata":{{"KeyId":"{key}","Arn":"arn:{key}","Enabled":true}}}}"#),
            ),
            ("GetKeyPolicy", _) => json(200, r#"{"Policy":"{}"}"#),
            _ => denied(),
        }
    })
}

async fn keys(api: &Scripted) -> Result<Vec<KeyId>> {
    let mut found = Found::default();
    Driver::<KmsKey>::find(&api.client().await, &cx(), &Want::All, &mut found).await?;
    Ok(found.of::<KmsKey>()?.into_iter().map(|seen| seen.id).collect())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_that_keeps_us_out_is_passed_over_while_others_do_not() {
    assert_eq!(keys(&kms(&["k2", "k3"])).await.unwrap(), [KeyId::new("k2")]);
    assert_eq!(keys(&kms(&["k3"])).await.unwrap(), []);
    let error = keys(&kms(&[])).await.unwrap_err();
    assert_eq!(*error.meaning(), Meaning::Denied { action: "kms:ListResourceTags".into() });
}

fn xml(status: u16, body: impl AsRef<str>) -> Answer {
    (status, "text/xml", format!("<?xml version=\"1.0\"?>{}", body.as_ref()))
}

fn refusal(status: u16, code: &str) -> Answer {
    let error = format!("<Error><Type>Sender</Type><Code>{code}</Code><Message>no</Message></Error>");
    xml(status, format!("<ErrorResponse>{error}<RequestId>r</RequestId></ErrorResponse>"))
}

fn zone(reference: &str) -> String {
    let config = "<Config><PrivateZone>false</PrivateZone></Config>";
    format!(
        "<HostedZone><Id>/hostedzone/Z1</Id><Name>example.com.</Name><CallerReference>{reference}</CallerReference>{config}</HostedZone>"
    )
}

fn between<'t>(text: &'t str, from: &str, to: &str) -> Option<&'t str> {
    text.split_once(from)?.1.split_once(to).map(|(inner, _)| inner)
}

/// What Route 53 answers about one zone with this caller reference, whose tags are those that were written.
fn about_zone(request: &str, reference: &str, tags: &mut Vec<(String, String)>) -> Answer {
    let servers = "<DelegationSet><NameServers><NameServer>ns-1</NameServer></NameServers></DelegationSet>";
    if request.starts_with("POST /2013-04-01/tags/hostedzone/Z1") {
        for tag in request.split("<Tag>").skip(1) {
            let part =
                |name: &str| between(tag, &format!("<{name}>"), &format!("</{name}>")).unwrap().to_owned();
            tags.push((part("Key"), part("Value")));
        }
        return xml(200, "<ChangeTagsForResourceResponse/>");
    }
    if request.starts_with("POST /2013-04-01/tags/hostedzone") {
        let one =
            |(key, value): &(String, String)| format!("<Tag><Key>{key}</Key><Value>{value}</Value></Tag>");
        let tags = tags.iter().map(one).collect::<Vec<_>>().concat();
        let set = format!(
            "<ResourceTagSet><ResourceType>hostedzone</ResourceType><ResourceId>Z1</ResourceId><Tags>{tags}</Tags></ResourceTagSet>"
        );
        return xml(
            200,
            format!(
                "<ListTagsForResourcesResponse><ResourceTagSets>{set}</ResourceTagSets></ListTagsForResourcesResponse>"
            ),
        );
    }
    if request.starts_with("GET /2013-04-01/hostedzone/Z1") {
        return xml(
            200,
            format!("<GetHostedZoneResponse>{}{servers}</GetHostedZoneResponse>", zone(reference)),
        );
    }
    let page = "<Marker/><IsTruncated>false</IsTruncated><MaxItems>100</MaxItems>";
    xml(
        200,
        format!(
            "<ListHostedZonesResponse><HostedZones>{}</HostedZones>{page}</ListHostedZonesResponse>",
            zone(reference)
        ),
    )
}

#[tokio::test(flavor = "multi_thread")]
async fn a_zone_whose_create_call_is_refused_as_a_repetition_is_the_same_zone() {
    let (mut reference, mut tags) = (String::new(), vec![]);
    let api = Scripted::new(move |request| {
        if request.starts_with("POST /2013-04-01/hostedzone ") {
            reference = between(request, "<CallerReference>", "</CallerReference>").unwrap().to_owned();
            return refusal(409, "HostedZoneAlreadyExists");
        }
        about_zone(request, &reference, &mut tags)
    });
    let mut stack = Stack::new("webshop");
    let aws = stack.on(api.account());
    let zone = stack.add(&aws, "zone", HostedZone::public("example.com"));
    let engine = Engine::new(MemoryStore::new(), Scripted::credentials());
    let report = engine.apply(engine.plan(&stack).await.unwrap(), Quiet).await.unwrap();
    assert!(report.is_success(), "{}", report.to_json());
    assert_eq!(report.value(&zone.id()).unwrap(), HostedZoneId::new("Z1"));
    assert!(engine.plan(&stack).await.unwrap().is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_zone_with_our_reference_that_is_never_listed_is_an_error() {
    let api = Scripted::new(|request| {
        if request.starts_with("POST /2013-04-01/hostedzone ") {
            return refusal(409, "HostedZoneAlreadyExists");
        }
        about_zone(request, "another reference", &mut vec![])
    });
    let mut stack = Stack::new("webshop");
    let aws = stack.on(api.account());
    stack.add(&aws, "zone", HostedZone::public("example.com"));
    // The wait for the zone to be listed costs no time.
    let clock = Clock::virtual_time();
    let open = Arc::new(OnClock::new(Scripted::credentials(), &clock));
    let cloud = Backend::real(kinds_on::<OnClock<Client>>().connect::<_, Aws>(&open)).on(&clock);
    let store = MemoryStore::new();
    let engine = Engine::new(store.clone(), cloud);
    let report = engine.apply(engine.plan(&stack).await.unwrap(), Quiet).await.unwrap();
    let told: Vec<_> =
        report.failures().map(|(_, error)| (error.meaning().clone(), error.to_string())).collect();
    let [(Meaning::Transient, text)] = &told[..] else { panic!("{told:?}") };
    assert!(text.contains("not listed yet"), "{text}");
    let Loaded { recorded, .. } = store.read().await.unwrap();
    assert_eq!(recorded.len(), 1, "the next run looks for it");
}

#[tokio::test(flavor = "multi_thread")]
async fn one_zone_that_is_gone_does_not_hide_the_others() {
    let api = Scripted::new(|request| {
        if request.starts_with("POST /2013-04-01/tags/hostedzone") && request.contains("Z2") {
            return refusal(404, "NoSuchHostedZone");
        }
        about_zone(request, "reference", &mut vec![])
    });
    let mut found = Found::default();
    let want = Want::Ids(vec![HostedZoneId::new("Z1"), HostedZoneId::new("Z2")]);
    Driver::<HostedZone>::find(&api.client().await, &cx(), &want, &mut found).await.unwrap();
    let ids: Vec<_> = found.of::<HostedZone>().unwrap().into_iter().map(|seen| seen.id).collect();
    assert_eq!(ids, [HostedZoneId::new("Z1")]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_record_is_done_when_its_change_is_in_sync() {
    let asked = Arc::new(AtomicU32::new(0));
    let polls = Arc::clone(&asked);
    let mut made = false;
    let api = Scripted::new(move |request| {
        let change = |status: &str| {
            format!(
                "<ChangeInfo><Id>/change/C7</Id><Status>{status}</Status><SubmittedAt>2020-01-01T00:00:00Z</SubmittedAt></ChangeInfo>"
            )
        };
        if request.starts_with("POST /2013-04-01/hostedzone/Z1/rrset") {
            made = true;
            return xml(
                200,
                format!(
                    "<ChangeResourceRecordSetsResponse>{}</ChangeResourceRecordSetsResponse>",
                    change("PENDING")
                ),
            );
        }
        if request.starts_with("GET /2013-04-01/change/C7") {
            let status = if polls.fetch_add(1, Ordering::SeqCst) < 2 { "PENDING" } else { "INSYNC" };
            return xml(200, format!("<GetChangeResponse>{}</GetChangeResponse>", change(status)));
        }
        let record = "<ResourceRecordSet><Name>a.example.com.</Name><Type>A</Type><TTL>300</TTL><ResourceRecords><ResourceRecord><Value>192.0.2.1</Value></ResourceRecord></ResourceRecords></ResourceRecordSet>";
        let records = if made { record } else { "" };
        let page = "<IsTruncated>false</IsTruncated><MaxItems>300</MaxItems>";
        xml(
            200,
            format!(
                "<ListResourceRecordSetsResponse><ResourceRecordSets>{records}</ResourceRecordSets>{page}</ListResourceRecordSetsResponse>"
            ),
        )
    });
    let mut stack = Stack::new("webshop");
    let aws = stack.on(api.account());
    stack.add(
        &aws,
        "record",
        RecordSet::new(HostedZoneId::new("Z1"), "a.example.com", RecordType::A, ["192.0.2.1"]),
    );
    let engine = Engine::new(MemoryStore::new(), Scripted::credentials());
    let report = engine.apply(engine.plan(&stack).await.unwrap(), Quiet).await.unwrap();
    assert!(report.is_success(), "{}", report.to_json());
    assert_eq!(asked.load(Ordering::SeqCst), 3);
}

#[tokio::test(flavor = "multi_thread")]
async fn records_are_found_on_whatever_page_they_stand_and_one_page_tells_of_many() {
    const NAMES: [&str; 6] = ["a.b", "a", "c", "d", "e", "*.e"];
    let asked = Arc::new(AtomicU32::new(0));
    let pages = Arc::clone(&asked);
    // Two records to a page, in the order of Route 53: by parts, from the root.
    let api = Scripted::new(move |request| {
        pages.fetch_add(1, Ordering::SeqCst);
        let parts = |name: &str| name.rsplit('.').map(str::to_owned).collect::<Vec<_>>();
        let first = between(request, "name=", ".example.com.").unwrap().replace("%2A", "*");
        let mut names = NAMES.to_vec();
        names.sort_by_key(|name| parts(name));
        let page = names.into_iter().filter(|name| parts(name) >= parts(&first)).take(2);
        let record = |name: &str| {
            let name = name.replace('*', "\\052");
            let values = "<ResourceRecords><ResourceRecord><Value>192.0.2.1</Value></ResourceRecord></ResourceRecords>";
            format!(
                "<ResourceRecordSet><Name>{name}.example.com.</Name><Type>A</Type><TTL>60</TTL>{values}</ResourceRecordSet>"
            )
        };
        let records = page.map(record).collect::<Vec<_>>().concat();
        let end = "<IsTruncated>true</IsTruncated><MaxItems>2</MaxItems>";
        xml(
            200,
            format!(
                "<ListResourceRecordSetsResponse><ResourceRecordSets>{records}</ResourceRecordSets>{end}</ListResourceRecordSetsResponse>"
            ),
        )
    });
    let id = |name: &str| {
        RecordSetId(
            HostedZoneId::new("Z1"),
            format!("{name}.example.com").as_str().into(),
            RecordType::A,
            None,
        )
    };
    let wanted = ["*.e", "a.b", "gone", "e", "a"];
    let mut found = Found::default();
    let want = Want::Ids(wanted.map(id).to_vec());
    Driver::<RecordSet>::find(&api.client().await, &cx(), &want, &mut found).await.unwrap();
    let seen: Vec<_> = found.of::<RecordSet>().unwrap().into_iter().map(|seen| seen.id).collect();
    assert_eq!(seen, ["a", "a.b", "e", "*.e"].map(id));
    assert_eq!(asked.load(Ordering::SeqCst), 3, "`a` begins a page, as do `e` and what is gone");
}

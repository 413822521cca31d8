//! The form, the id and the fields of a record set.

use super::*;
use deathstar_core::Verdict;

fn record(record_type: RecordType, values: &[&str]) -> RecordSet {
    RecordSet::new(HostedZoneId::new("Z1"), "api.example.com", record_type, values.iter().copied())
}

fn findings(record: &RecordSet) -> usize {
    record.validate().len()
}

#[test]
fn zone_name_type_and_identifier_are_the_id() {
    let simple = record(RecordType::A, &["192.0.2.1"]);
    let (id, ()) = simple.simulate(1);
    assert_eq!(serde_json::to_string(&id).unwrap(), r#"["Z1","api.example.com","A",null]"#);
    assert_eq!(simple.key(), Some(Key::of(&id)));
    let weighted = simple.clone().weighted("blue", 1);
    assert_eq!(weighted.key(), Some(Key::of(weighted.simulate(1).0)));
    assert_ne!(weighted.key(), simple.key());
    for record_type in RecordType::ALL {
        assert_eq!(serde_json::to_value(record_type).unwrap(), record_type.as_str());
    }
}

#[test]
fn values_that_mean_the_same_are_equal() {
    for (record_type, one, other) in [
        (RecordType::A, &["192.0.2.1", "192.0.2.2"][..], &["192.0.2.2", "192.0.2.1"][..]),
        (RecordType::Aaaa, &["2001:DB8:0::1"], &["2001:db8::1"]),
        (RecordType::Cname, &["Web.example.com."], &["web.example.com"]),
        (RecordType::Mx, &["10 Mail.example.com."], &["10 mail.example.com"]),
        (RecordType::Srv, &["1 2 443 A.example.com."], &["1 2 443 a.example.com"]),
    ] {
        assert_eq!(record(record_type, one), record(record_type, other));
        let text = serde_json::to_string(&record(record_type, one)).unwrap();
        assert_eq!(serde_json::from_str::<RecordSet>(&text).unwrap(), record(record_type, other));
    }
    assert_ne!(record(RecordType::Txt, &["\"A.\""]), record(RecordType::Txt, &["\"a\""]));
}

#[test]
fn what_is_seen_or_resolved_takes_the_same_form() {
    let text = r#"{"zone":"Z1","name":"API.example.com.","record_type":"CNAME","routing":"simple",
        "data":{"values":{"ttl":300,"values":["Web.example.com."]}},"health_check":null}"#;
    assert_eq!(
        serde_json::from_str::<RecordSet>(text).unwrap(),
        record(RecordType::Cname, &["web.example.com"])
    );
}

#[test]
fn another_identifier_replaces_it() {
    let blue = record(RecordType::A, &["192.0.2.1"]).weighted("blue", 1);
    assert_eq!(of_routing(&blue, &blue.clone().weighted("blue", 2)), Verdict::Update);
    assert_eq!(of_routing(&blue, &blue.clone().weighted("green", 1)), Verdict::Replace);
    assert_eq!(of_routing(&blue, &blue.clone().routing(Routing::Simple)), Verdict::Replace);
    let updated = RecordSet::FIELDS.iter().filter(|f| matches!(f.class, deathstar_core::Class::Update));
    assert_eq!(updated.map(|field| field.name).collect::<Vec<_>>(), ["data", "health_check"]);
}

#[test]
fn what_route_53_refuses_is_found() {
    assert_eq!(findings(&record(RecordType::A, &["192.0.2.1"])), 0);
    assert_eq!(findings(&record(RecordType::A, &[])), 1);
    assert_eq!(findings(&record(RecordType::Cname, &["a", "b"])), 1);
    assert_eq!(findings(&record(RecordType::Txt, &["plain"])), 1);
    assert_eq!(findings(&record(RecordType::Txt, &["\""])), 1);
    assert_eq!(findings(&record(RecordType::Txt, &["\"quoted\""])), 0);
    assert_eq!(findings(&record(RecordType::A, &["192.0.2.1"]).weighted("", 1)), 1);
    assert_eq!(
        findings(&record(RecordType::A, &["192.0.2.1"]).routing(Routing::Other { identifier: "x".into() })),
        1
    );
    let named = |name: &str| RecordSet { name: name.into(), ..record(RecordType::A, &["192.0.2.1"]) };
    assert_eq!(findings(&named("*.example.com")), 0);
    assert_eq!(findings(&named("a.*.example.com")), 1);
    assert_eq!(findings(&named("a..example.com")), 1);
    let other = RecordSet { data: RecordData::Other("a traffic policy".into()), ..named("x") };
    assert_eq!(findings(&other), 1);
}

#[test]
fn an_alias_has_no_time_to_live() {
    let alias = RecordSet::alias(
        HostedZoneId::new("Z1"),
        "x",
        RecordType::A,
        (DomainName::new("Lb."), HostedZoneId::new("Z2")),
    );
    assert_eq!(alias.clone().ttl(1), alias);
    assert_ne!(alias.clone().while_healthy(), alias);
    assert_eq!(findings(&alias), 0);
}

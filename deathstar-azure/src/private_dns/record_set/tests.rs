use super::*;
use crate::{
    arm::testing::{change, document, read},
    private_dns::{MailExchange, ServiceRecord},
};
use deathstar_core::{Class, model::Set};

const ZONE: &str =
    "/subscriptions/s/resourceGroups/g/providers/Microsoft.Network/privateDnsZones/shop.internal";

fn zone() -> PrivateDnsZoneId {
    PrivateDnsZoneId::new(ZONE)
}

fn addresses(all: &[&str]) -> RecordSet {
    RecordSet::a(zone(), "api", all.iter().map(|text| text.parse::<Ipv4Addr>().unwrap()))
}

fn paths(set: &RecordSet) -> Vec<String> {
    set.validate().into_iter().map(|finding| finding.path).collect()
}

fn every_type() -> Vec<(RecordSet, Value)> {
    let mail = MailExchange { preference: 10, exchange: "mail.example".into() };
    let service = ServiceRecord { priority: 1, weight: 2, port: 443, target: "a.example".into() };
    let of = |records| RecordSet::new(zone(), "api", records);
    vec![
        (addresses(&["10.0.0.4"]), json!({"aRecords": [{"ipv4Address": "10.0.0.4"}]})),
        (
            RecordSet::aaaa(zone(), "api", ["fd00::4".parse::<Ipv6Addr>().unwrap()]),
            json!({"aaaaRecords": [{"ipv6Address": "fd00::4"}]}),
        ),
        (
            RecordSet::cname(zone(), "api", DomainName::new("Web.Example.")),
            json!({"cnameRecord": {"cname": "web.example"}}),
        ),
        (
            of(Records::Mx(Set::from([mail]))),
            json!({"mxRecords": [{"preference": 10, "exchange": "mail.example"}]}),
        ),
        (
            of(Records::Ptr(Set::from(["a.example".into()]))),
            json!({"ptrRecords": [{"ptrdname": "a.example"}]}),
        ),
        (
            of(Records::Srv(Set::from([service]))),
            json!({"srvRecords": [{"priority": 1, "weight": 2, "port": 443, "target": "a.example"}]}),
        ),
        (RecordSet::txt(zone(), "api", ["v=1"]), json!({"txtRecords": [{"value": ["v=1"]}]})),
    ]
}

#[test]
fn every_type_is_written_and_reads_back_under_its_own_id() {
    for (set, records) in every_type() {
        let of = set.records.record_type();
        let (id, ()) = set.simulate(1);
        assert_eq!(id.as_str(), format!("{ZONE}/{of}/api"));
        assert_eq!(set.key(), Some(Key::of(&id)));
        let written = document(&set);
        let mut expected = records;
        expected["ttl"] = json!(300);
        assert_eq!(written["properties"], expected);
        assert_eq!(read::<RecordSet>(id.as_str(), &written), set);
        assert!(paths(&set).is_empty(), "{of}");
    }
}

#[test]
fn what_azure_says_of_a_zone_is_seen() {
    let soa = json!({"properties": {"ttl": 3600, "soaRecord": {"host": "azureprivatedns.net"}}});
    let set = read::<RecordSet>(&format!("{ZONE}/SOA/@"), &soa);
    assert_eq!(paths(&set), ["/records"]);
}

#[test]
fn other_records_are_taken_in_place_and_of_another_type_replace_it() {
    let records = RecordSet::FIELDS.iter().find(|field| field.name == "records").unwrap();
    let Class::By(verdict) = records.class else { panic!("it depends on the values") };
    assert_eq!(verdict(&addresses(&["10.0.0.4"]), &addresses(&["10.0.0.5"])), Verdict::Update);
    assert_eq!(verdict(&addresses(&["10.0.0.4"]), &RecordSet::txt(zone(), "api", ["a"])), Verdict::Replace);
    let seen = json!({"etag": "e", "properties": {"ttl": 60, "fqdn": "f", "isAutoRegistered": false,
        "metadata": {"by": "hand"}, "aRecords": [{"ipv4Address": "10.0.0.4"}]}});
    let changed = change(&addresses(&["10.0.0.5"]), &seen);
    let expected = json!({"ttl": 300, "metadata": {"by": "hand"}, "aRecords": [{"ipv4Address": "10.0.0.5"}]});
    assert_eq!(changed, json!({"properties": expected}));
}

#[test]
fn long_texts_are_written_in_pieces() {
    let text = "é".repeat(200);
    let set = RecordSet::txt(zone(), "api", [text.clone()]);
    let written = document(&set);
    let pieces = written["properties"]["txtRecords"][0]["value"].as_array().unwrap();
    let lengths: Vec<_> = pieces.iter().map(|piece| piece.as_str().unwrap().len()).collect();
    assert_eq!(lengths, [254, 146]);
    assert_eq!(read::<RecordSet>(&format!("{ZONE}/TXT/api"), &written), set);
}

#[test]
fn what_azure_refuses_is_found_before() {
    let named = |name: &str| RecordSet { name: name.into(), ..addresses(&["10.0.0.4"]) };
    for right in ["@", "*", "*.api", "a.b", "_dmarc"] {
        assert!(paths(&named(right)).is_empty(), "{right}");
    }
    for wrong in ["", "a..b", "a b", "api.*", "a*"] {
        assert_eq!(paths(&named(wrong)), ["/name"], "{wrong}");
    }
    assert_eq!(paths(&addresses(&[])), ["/records"]);
    let many = |count: u8| RecordSet::a(zone(), "api", (0..count).map(|n| Ipv4Addr::new(10, 0, 0, n)));
    assert!(paths(&many(20)).is_empty());
    assert_eq!(paths(&many(21)), ["/records"]);
    assert_eq!(paths(&addresses(&["10.0.0.4"]).ttl(0)), ["/ttl"]);
    assert_eq!(paths(&RecordSet::cname(zone(), "@", DomainName::new("a.b"))), ["/records"]);
    assert_eq!(paths(&RecordSet::txt(zone(), "api", ["x".repeat(1025)])), ["/records"]);
}

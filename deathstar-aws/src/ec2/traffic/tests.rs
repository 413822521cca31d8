use super::*;
use proptest::prelude::*;

fn ports() -> impl Strategy<Value = Ports> {
    (any::<u16>(), any::<u16>()).prop_map(|(one, other)| Ports::between(one, other))
}

fn messages() -> impl Strategy<Value = IcmpMessages> {
    prop_oneof![
        Just(IcmpMessages::All),
        any::<u8>().prop_map(IcmpMessages::Type),
        any::<(u8, u8)>().prop_map(|(kind, code)| IcmpMessages::Code(kind, code)),
    ]
}

pub(in crate::ec2) fn traffic() -> impl Strategy<Value = Traffic> {
    prop_oneof![
        Just(Traffic::All),
        ports().prop_map(Traffic::Tcp),
        ports().prop_map(Traffic::Udp),
        messages().prop_map(Traffic::Icmp),
        messages().prop_map(Traffic::IcmpV6),
        any::<u8>().prop_map(Traffic::protocol),
    ]
}

proptest! {
    #[test]
    fn what_is_encoded_is_read_back(traffic in traffic()) {
        let text = serde_json::to_string(&traffic).unwrap();
        prop_assert_eq!(serde_json::from_str::<Traffic>(&text).unwrap(), traffic);
    }

    #[test]
    fn ports_are_between_their_ends(one: u16, other: u16, port: u16) {
        let ports = Ports::between(one, other);
        prop_assert_eq!(ports, Ports::between(other, one));
        let inside = (one <= port && port <= other) || (other <= port && port <= one);
        prop_assert_eq!(ports.contains(port), inside);
    }

    #[test]
    fn a_protocol_has_one_form(number: u8) {
        let traffic = Traffic::protocol(number);
        prop_assert_eq!(traffic.number(), Some(number));
        let named = matches!(number, 1 | 6 | 17 | 58);
        prop_assert_eq!(matches!(traffic, Traffic::Protocol(_)), !named);
        let text = format!("{{\"protocol\":{number}}}");
        prop_assert_eq!(serde_json::from_str::<Traffic>(&text).is_ok(), !named);
    }
}

#[cfg(feature = "client")]
mod wired {
    use super::{super::wire, *};

    proptest! {
        #[test]
        fn what_is_written_is_shown_in_the_same_form(traffic in traffic()) {
            let (from, to) = wire::bounds(traffic);
            for protocol in [wire::name(traffic), wire::number(traffic)] {
                prop_assert_eq!(wire::traffic(&protocol, Some(from), Some(to)), Some(traffic));
            }
        }

        #[test]
        fn whatever_is_shown_has_one_form(number in -1..=255_i32, from in -1..=65_535_i32, to in -1..=65_535_i32) {
            if let Some(traffic) = wire::traffic(&number.to_string(), Some(from), Some(to)) {
                let (from, to) = wire::bounds(traffic);
                prop_assert_eq!(wire::traffic(&wire::name(traffic), Some(from), Some(to)), Some(traffic));
            }
        }
    }

    #[test]
    fn missing_ports_are_all_ports() {
        assert_eq!(wire::traffic("tcp", None, None), Some(Traffic::Tcp(Ports::ALL)));
        assert_eq!(wire::traffic("17", Some(-1), Some(-1)), Some(Traffic::Udp(Ports::ALL)));
        assert_eq!(wire::traffic("47", Some(0), Some(0)), Some(Traffic::protocol(47)));
        assert_eq!(wire::traffic("icmp", Some(8), Some(-1)), Some(Traffic::Icmp(IcmpMessages::Type(8))));
    }

    #[test]
    fn what_no_rule_says_is_not_guessed() {
        for (protocol, from, to) in [("tcp", 10, 5), ("udp", 0, 70_000), ("icmp", 300, 0), ("gre", 0, 0)] {
            assert_eq!(wire::traffic(protocol, Some(from), Some(to)), None, "{protocol} {from} {to}");
        }
    }
}

#[test]
fn traffic_has_texts_for_people_and_for_rows() {
    for (traffic, people, row) in [
        (Traffic::All, "all traffic", r#""all""#),
        (Traffic::tcp(443), "tcp 443", r#"{"tcp":"443"}"#),
        (Traffic::udp(1024..=65535), "udp 1024-65535", r#"{"udp":"1024-65535"}"#),
        (Traffic::Icmp(IcmpMessages::Code(3, 4)), "icmp type 3 code 4", r#"{"icmp":{"code":[3,4]}}"#),
        (Traffic::IcmpV6(IcmpMessages::Type(128)), "icmpv6 type 128", r#"{"icmpv6":{"type":128}}"#),
        (Traffic::protocol(47), "protocol 47", r#"{"protocol":47}"#),
    ] {
        assert_eq!(traffic.to_string(), people);
        assert_eq!(serde_json::to_string(&traffic).unwrap(), row);
    }
}

#[test]
fn ports_out_of_rule_are_refused() {
    for wrong in ["", "-", "80-", "443-80", "65536", "a", "1-2-3", " 80"] {
        assert!(wrong.parse::<Ports>().is_err(), "{wrong}");
    }
    assert_eq!("443-443".parse::<Ports>().unwrap(), Ports::one(443));
}

#[test]
fn the_protocol_goes_with_the_family() {
    let check = |traffic: Traffic, range: &str| {
        traffic.check_family(Some(&range.parse().unwrap()), "/range").map(|finding| finding.code)
    };
    let (four, six) = (Traffic::Icmp(IcmpMessages::All), Traffic::IcmpV6(IcmpMessages::All));
    assert_eq!(check(four, "10.0.0.0/8"), None);
    assert_eq!(check(four, "::/0").as_deref(), Some("traffic.family"));
    assert_eq!(check(six, "::/0"), None);
    assert_eq!(check(six, "10.0.0.0/8").as_deref(), Some("traffic.family"));
    assert_eq!(check(Traffic::All, "::/0"), None);
    assert_eq!(four.check_family(None, "/range"), None);
}

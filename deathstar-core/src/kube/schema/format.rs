//! Formats of texts, as the API server checks them.
//!
//! What it does not know, such as `int32`, it ignores; so do we. Source: Kubernetes, `apiextensions-apiserver`, the supported formats
//! of a `CustomResourceDefinition`, and `kube-openapi`, `strfmt`.

use super::pattern::Pattern;
use std::net::{Ipv4Addr, Ipv6Addr};

/// A format that the server checks.
#[derive(Debug)]
pub(super) struct Format {
    pub(super) name: String,
    /// `None` for a format that is not checked here.
    check: Option<Check>,
}

#[derive(Debug)]
enum Check {
    By(fn(&str) -> bool),
    Pattern { pattern: Pattern, longest: usize },
}

impl Format {
    /// The format of this name; `None` where the server checks nothing.
    pub(super) fn named(name: &str) -> Option<Self> {
        let uuid = |third: &str, fourth: &str| {
            pattern(
                &format!("(?i)^[0-9a-f]{{8}}-?[0-9a-f]{{4}}-?{third}-?{fourth}-?[0-9a-f]{{12}}$"),
                usize::MAX,
            )
        };
        let hex = "[0-9a-f]{4}";
        // Dashes in a format's name mean nothing.
        let check = match name.replace('-', "").as_str() {
            "uri" => Check::By(is_uri),
            "email" => Check::By(is_email),
            "ipv4" => Check::By(is_ipv4),
            "ipv6" => Check::By(|text| text.parse::<Ipv6Addr>().is_ok()),
            "cidr" => Check::By(is_cidr),
            "mac" => Check::By(is_mac),
            "byte" => Check::By(is_base64),
            "date" => Check::By(is_date),
            "datetime" => Check::By(is_date_time),
            "duration" => Check::By(is_duration),
            "uuid" => uuid(hex, hex),
            "uuid3" => uuid("3[0-9a-f]{3}", hex),
            "uuid4" => uuid("4[0-9a-f]{3}", "[89ab][0-9a-f]{3}"),
            "uuid5" => uuid("5[0-9a-f]{3}", "[89ab][0-9a-f]{3}"),
            "hexcolor" => pattern("^#?([0-9a-fA-F]{3}|[0-9a-fA-F]{6})$", usize::MAX),
            "hostname" => Check::By(is_hostname),
            "k8sshortname" => pattern("^[a-z0-9]([-a-z0-9]*[a-z0-9])?$", 63),
            "k8slongname" => {
                pattern(r"^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$", 253)
            }
            "bsonobjectid" | "isbn" | "isbn10" | "isbn13" | "creditcard" | "ssn" | "rgbcolor" => {
                return Some(Self { name: name.to_owned(), check: None });
            }
            // `password` takes any text, and the rest is unknown to the server.
            _ => return None,
        };
        Some(Self { name: name.to_owned(), check: Some(check) })
    }

    /// Whether a text has this format; `None` where that is not checked here.
    pub(super) fn fits(&self, text: &str) -> Option<bool> {
        match self.check.as_ref()? {
            Check::By(check) => Some(check(text)),
            Check::Pattern { pattern, longest } => {
                pattern.matches(text).map(|fits| fits && text.len() <= *longest)
            }
        }
    }
}

fn pattern(text: &str, longest: usize) -> Check {
    Check::Pattern { pattern: Pattern::new(text), longest }
}

/// An IPv4 address; leading zeros are taken, and IPv6 that ends in one.
fn is_ipv4(text: &str) -> bool {
    text.contains('.') && is_address(text).is_some()
}

/// How many bits the address has.
fn is_address(text: &str) -> Option<u8> {
    if text.contains(':') {
        return text.parse::<Ipv6Addr>().ok().map(|_| 128);
    }
    let octets: Vec<_> = text
        .split('.')
        .map(|octet| match octet.trim_start_matches('0') {
            "" if !octet.is_empty() => "0",
            short => short,
        })
        .collect();
    octets.join(".").parse::<Ipv4Addr>().ok().map(|_| 32)
}

fn is_cidr(text: &str) -> bool {
    let Some((address, length)) = text.split_once('/') else { return false };
    let digits = !length.is_empty() && length.bytes().all(|byte| byte.is_ascii_digit());
    is_address(address).is_some_and(|bits| digits && length.parse::<u8>().is_ok_and(|length| length <= bits))
}

/// Six, eight or twenty bytes: pairs between colons or dashes, or groups of four between dots.
fn is_mac(text: &str) -> bool {
    let grouped = |separator: char, digits: usize| {
        let groups: Vec<_> = text.split(separator).collect();
        [6, 8, 20].contains(&(groups.len() * digits / 2))
            && groups
                .iter()
                .all(|group| group.len() == digits && group.bytes().all(|byte| byte.is_ascii_hexdigit()))
    };
    grouped(':', 2) || grouped('-', 2) || grouped('.', 4)
}

/// Base64 with padding; empty text is none.
fn is_base64(text: &str) -> bool {
    let body = text.trim_end_matches('=');
    !body.is_empty()
        && text.len().is_multiple_of(4)
        && text.len() - body.len() <= 2
        && body.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'+' || byte == b'/')
}

/// Two or four digits at a place.
fn digits(text: &str, from: usize, length: usize) -> Option<u32> {
    let part = text.get(from..from + length)?;
    part.bytes().all(|byte| byte.is_ascii_digit()).then(|| part.parse().ok())?
}

/// `2006-01-02`.
fn is_date(text: &str) -> bool {
    let parts = (digits(text, 0, 4), digits(text, 5, 2), digits(text, 8, 2));
    let (Some(year), Some(month), Some(day)) = parts else { return false };
    let leap = year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400));
    let days = match month {
        4 | 6 | 9 | 11 => 30,
        2 if leap => 29,
        2 => 28,
        1..=12 => 31,
        _ => return false,
    };
    text.len() == 10 && &text[4..5] == "-" && &text[7..8] == "-" && (1..=days).contains(&day)
}

/// `2006-01-02T15:04:05Z`, with fractions and offsets.
fn is_date_time(text: &str) -> bool {
    let text = text.to_ascii_lowercase();
    let mut parts = text.split('t');
    let (Some(date), Some(time)) = (parts.next(), parts.next()) else { return false };
    let numbers = (digits(time, 0, 2), digits(time, 3, 2), digits(time, 6, 2));
    let (Some(hour), Some(minute), Some(second)) = numbers else { return false };
    let colons = time.get(2..3) == Some(":") && time.get(5..6) == Some(":");
    is_date(date)
        && colons
        && hour <= 23
        && minute <= 59
        && second <= 59
        && is_zone_after_fraction(&time[8..])
}

fn is_zone_after_fraction(rest: &str) -> bool {
    let is_zone = |zone: &str| {
        let offset = zone.strip_prefix(['+', '-']);
        zone == "z"
            || offset.is_some_and(|offset| {
                offset.len() == 5
                    && offset.get(2..3) == Some(":")
                    && digits(offset, 0, 2).is_some()
                    && digits(offset, 3, 2).is_some()
            })
    };
    if is_zone(rest) {
        return true;
    }
    // Any character may stand where the point should.
    let mut characters = rest.chars();
    characters.next();
    let fraction = characters.as_str();
    let zone = fraction.trim_start_matches(|c: char| c.is_ascii_digit());
    zone.len() < fraction.len() && is_zone(zone)
}

/// Units of a duration by their short names, and the long name that others begin with.
const UNITS: [(&[&str], &str); 8] = [
    (&["ns"], "nano"),
    (&["us", "µs"], "micro"),
    (&["ms"], "milli"),
    (&["s"], "sec"),
    (&["m"], "min"),
    (&["h", "hr"], "hour"),
    (&["d"], "day"),
    (&["w", "wk"], "week"),
];

/// As Go reads it (`1h30m`), or a number and a unit somewhere in the text (`2 days`).
fn is_duration(text: &str) -> bool {
    if matches!(text, "0" | "+0" | "-0") {
        return true;
    }
    let mut rest = text;
    let mut found = false;
    while let Some(start) = rest.find(|c: char| c.is_ascii_digit()) {
        let from = &rest[start..];
        let after = from.trim_start_matches(|c: char| c.is_ascii_digit());
        let number = &from[..from.len() - after.len()];
        let spaced = after.trim_start_matches([' ', '\t', '\n', '\r', '\x0c']);
        rest = spaced.trim_start_matches(|c: char| c.is_ascii_alphabetic() || c == 'µ' || c == 'μ');
        let unit = spaced[..spaced.len() - rest.len()].to_lowercase().replace('μ', "µ");
        if unit.is_empty() {
            continue;
        }
        if number.parse::<i64>().is_err() {
            return false;
        }
        found |= UNITS.iter().any(|(short, long)| short.contains(&unit.as_str()) || unit.starts_with(long));
    }
    found
}

/// One label that may hold symbols and letters of any script, or several with a top level of letters.
fn is_hostname(text: &str) -> bool {
    let labels: Vec<_> = text.split('.').collect();
    // Symbols and letters of other scripts are taken as they come: what is not ASCII and not white space.
    let is_plain =
        |c: char| c.is_ascii_alphanumeric() || is_symbol(c) || (!c.is_ascii() && !c.is_whitespace());
    let is_label = |label: &str| {
        label.len() <= 63
            && label.starts_with(is_plain)
            && label.ends_with(is_plain)
            && label.chars().all(|c| is_plain(c) || c == '-')
    };
    text.len() <= 255
        && match labels.split_last() {
            // A single label takes one dash at most, behind its first character.
            Some((only, [])) => {
                let mut characters = only.chars();
                let first = characters.next().is_some_and(is_plain);
                let rest = characters.as_str();
                first && only.len() <= 63 && rest.strip_prefix('-').unwrap_or(rest).chars().all(is_plain)
            }
            Some((top, below)) => {
                below.iter().all(|label| is_label(label))
                    && (2..=63).contains(&top.len())
                    && top.chars().all(char::is_alphabetic)
            }
            None => false,
        }
}

/// The symbols among ASCII's marks.
fn is_symbol(c: char) -> bool {
    "$+<=>^`|~".contains(c)
}

/// A URI, or a path from the root.
fn is_uri(text: &str) -> bool {
    if text.is_empty() || text.chars().any(|c| c.is_ascii_control()) {
        return false;
    }
    if text == "*" {
        return true;
    }
    let is_scheme = |scheme: &str| {
        scheme.starts_with(|c: char| c.is_ascii_alphabetic())
            && scheme.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"+-.".contains(&byte))
    };
    let (rest, has_scheme) = match text.split_once(':') {
        Some((scheme, rest)) if is_scheme(scheme) => (rest, true),
        _ => (text, false),
    };
    let path = rest.split('?').next().unwrap_or_default();
    let Some(below) = path.strip_prefix('/') else { return has_scheme };
    let (host, path) = match below.strip_prefix('/') {
        Some(authority) if has_scheme => match authority.split_once('/') {
            Some((host, path)) => (host, path),
            None => (authority, ""),
        },
        _ => ("", below),
    };
    is_authority(host) && escapes_are_whole(path)
}

fn is_authority(authority: &str) -> bool {
    let host = authority.rsplit_once('@').map_or(authority, |(_, host)| host);
    let port = match host.rfind(']') {
        Some(end) => host[end + 1..].strip_prefix(':'),
        None => host.split_once(':').map(|(_, port)| port),
    };
    port.is_none_or(|port| port.bytes().all(|byte| byte.is_ascii_digit()))
        && !host.contains([' ', '\\', '^', '`', '{', '}', '|'])
        && escapes_are_whole(host)
}

/// Whether two hexadecimal digits follow each percent sign.
fn escapes_are_whole(text: &str) -> bool {
    text.split('%')
        .skip(1)
        .all(|after| after.as_bytes().get(..2).is_some_and(|digits| digits.iter().all(u8::is_ascii_hexdigit)))
}

/// An address of mail, alone or behind a name.
fn is_email(text: &str) -> bool {
    let text = text.trim();
    let address = match text.strip_suffix('>') {
        Some(named) => match named.rsplit_once('<') {
            Some((_, address)) => address,
            None => return false,
        },
        None => text,
    };
    let is_atom = |c: char| c.is_ascii_alphanumeric() || !c.is_ascii() || "!#$%&'*+-/=?^_`{|}~".contains(c);
    let is_dotted = |text: &str| text.split('.').all(|part| !part.is_empty() && part.chars().all(is_atom));
    let Some((local, domain)) = address.rsplit_once('@') else { return false };
    let quoted = local.len() > 2 && local.starts_with('"') && local.ends_with('"');
    let literal = domain.strip_prefix('[').and_then(|rest| rest.strip_suffix(']'));
    (quoted || is_dotted(local))
        && literal.map_or_else(|| is_dotted(domain), |inside| is_address(inside).is_some())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn formats_take_what_the_server_takes() {
        for (format, takes, refuses) in [
            (
                "uri",
                vec!["https://a.example/b?c", "/path", "mailto:a@b", "*", "http://h:80/"],
                vec!["", "example.com", "a b", "http://h:x/", "/a%2", "http://a b/", "1a://b"],
            ),
            (
                "email",
                vec!["a.b@c.example", "A B <a@b.example>", "\"a b\"@c"],
                vec!["a", "a@", "@b", "a..b@c", "a b@c", "A <a@b"],
            ),
            (
                "hostname",
                vec!["localhost", "a.example", "1a.b-c.example", "a-b", "a-"],
                vec!["", "-a", "a.example-", "a_b.example", "a..b", "a.b1", "a.b", "a--b"],
            ),
            (
                "ipv4",
                vec!["10.0.0.1", "010.0.0.001", "::ffff:1.2.3.4"],
                vec!["10.0.0", "10.0.0.256", "::1", ""],
            ),
            ("ipv6", vec!["::1", "2001:db8::", "::ffff:1.2.3.4"], vec!["10.0.0.1", "::g", "fe80::1%eth0"]),
            (
                "cidr",
                vec!["10.0.0.0/8", "10.0.0.1/32", "::/0"],
                vec!["10.0.0.0", "10.0.0.0/33", "::/129", "/8"],
            ),
            (
                "mac",
                vec!["01:23:45:67:89:ab", "0123.4567.89ab", "01-23-45-67-89-AB-cd-ef"],
                vec!["01:23:45:67:89", "01:23:45:67:89:ag", "0123456789ab"],
            ),
            ("byte", vec!["YQ==", "YWI=", "YWJj"], vec!["", "YQ", "YQ=", "Y===", "YW_j"]),
            (
                "date",
                vec!["2024-02-29", "2000-02-29", "1999-12-31"],
                vec![
                    "2023-02-29",
                    "1900-02-29",
                    "2024-13-01",
                    "2024-04-31",
                    "2024-1-01",
                    "2024-01-00",
                    "2024/01/01",
                ],
            ),
            (
                "date-time",
                vec!["2024-01-02T03:04:05Z", "2024-01-02t03:04:05.123+01:00", "2024-01-02T23:59:59-00:00"],
                vec![
                    "2024-01-02",
                    "2024-01-02T03:04:05",
                    "2024-01-02 03:04:05Z",
                    "2024-01-02T24:00:00Z",
                    "2024-01-02T03:60:00Z",
                    "2024-01-02T03:04:60Z",
                    "2024-02-30T03:04:05Z",
                    "2024-01-02T03:04:05.Z",
                ],
            ),
            (
                "duration",
                vec!["1h30m", "0", "1.5s", "2 days", "10MS", "3 weeks", "5μs"],
                vec!["", "1", "h", "1x", "99999999999999999999s"],
            ),
            (
                "uuid",
                vec!["0dc2c8f0-4d25-11e8-842f-0ed5f89f718b", "0DC2C8F04D2511E8842F0ED5F89F718B"],
                vec!["0dc2"],
            ),
            (
                "uuid3",
                vec!["0dc2c8f0-4d25-31e8-842f-0ed5f89f718b"],
                vec!["0dc2c8f0-4d25-11e8-842f-0ed5f89f718b"],
            ),
            (
                "uuid4",
                vec!["0dc2c8f0-4d25-41e8-842f-0ed5f89f718b"],
                vec!["0dc2c8f0-4d25-41e8-742f-0ed5f89f718b"],
            ),
            (
                "uuid5",
                vec!["0dc2c8f0-4d25-51e8-842f-0ed5f89f718b"],
                vec!["0dc2c8f0-4d25-41e8-842f-0ed5f89f718b"],
            ),
            ("hexcolor", vec!["#fff", "A0b1c2"], vec!["#ff", "#ggg"]),
            ("k8s-short-name", vec!["a-1"], vec!["A", "a.b", "-a"]),
            ("k8s-long-name", vec!["a.b-1"], vec!["a..b", "A.b"]),
        ] {
            let format_of = Format::named(format).unwrap();
            for text in takes {
                assert_eq!(format_of.fits(text), Some(true), "{format} takes `{text}`");
            }
            for text in refuses {
                assert_eq!(format_of.fits(text), Some(false), "{format} refuses `{text}`");
            }
        }
        let long = "a".repeat(64);
        assert_eq!(Format::named("k8s-short-name").unwrap().fits(&long), Some(false));
        assert_eq!(Format::named("hostname").unwrap().fits(&long), Some(false));
    }

    #[test]
    fn what_the_server_does_not_check_is_no_format_and_what_we_do_not_says_so() {
        for name in ["int32", "int64", "password", "quantity", "double"] {
            assert!(Format::named(name).is_none(), "{name}");
        }
        assert_eq!(Format::named("isbn").unwrap().fits("x"), None);
    }
}

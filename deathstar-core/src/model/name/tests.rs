//! Each rule against names that its API accepts and refuses, and derived names against all rules.
#![allow(clippy::unwrap_used, reason = "a refused name is a failed test")]

use super::{NameProblem, NameRule, aws, azure, kubernetes};
use proptest::prelude::*;

const ALL: [NameRule; 44] = [
    aws::EC2_NAME_TAG,
    aws::SECURITY_GROUP,
    aws::IAM_ROLE,
    aws::IAM_POLICY,
    aws::EKS_CLUSTER,
    aws::EKS_NODE_GROUP,
    aws::S3_BUCKET,
    aws::KMS_ALIAS,
    aws::LOG_GROUP,
    aws::DNS_LABEL,
    aws::ROUTE53_ZONE,
    azure::RESOURCE_GROUP,
    azure::VIRTUAL_NETWORK,
    azure::SUBNET,
    azure::NETWORK_SECURITY_GROUP,
    azure::SECURITY_RULE,
    azure::APPLICATION_SECURITY_GROUP,
    azure::ROUTE_TABLE,
    azure::ROUTE,
    azure::NAT_GATEWAY,
    azure::PUBLIC_IP,
    azure::PUBLIC_IP_PREFIX,
    azure::PRIVATE_ENDPOINT,
    azure::PRIVATE_DNS_ZONE_GROUP,
    azure::PRIVATE_DNS_LINK,
    azure::NETWORK_WATCHER,
    azure::FLOW_LOG,
    azure::AKS_CLUSTER,
    azure::AKS_LINUX_POOL,
    azure::AKS_WINDOWS_POOL,
    azure::STORAGE_ACCOUNT,
    azure::KEY_VAULT,
    azure::CONTAINER_REGISTRY,
    azure::USER_ASSIGNED_IDENTITY,
    azure::FEDERATED_CREDENTIAL,
    azure::LOG_ANALYTICS_WORKSPACE,
    kubernetes::DNS_LABEL,
    kubernetes::DNS_1035_LABEL,
    kubernetes::DNS_SUBDOMAIN,
    kubernetes::QUALIFIED_NAME,
    kubernetes::LABEL_KEY,
    kubernetes::LABEL_VALUE,
    kubernetes::ANNOTATION_KEY,
    NameRule::new("two words", 3, 20, super::CharSet::LOWER_ALPHANUMERIC.with("-")).never(&["--"]),
];

/// A rule, its longest name but one character, names that are accepted, names that are refused.
type Case = (NameRule, usize, &'static [&'static str], &'static [&'static str]);

const CASES: &[Case] = &[
    (aws::EC2_NAME_TAG, 256, &["", "web shop/1 @ eu:a", "größe"], &["a\nb", "a#b"]),
    (aws::SECURITY_GROUP, 255, &["web (a)$*", "a"], &["", "sg-web", "wéb"]),
    (aws::IAM_ROLE, 64, &["a+b=c,d.e@f-g_h"], &["", "a/b", "a b"]),
    (aws::IAM_POLICY, 128, &["node-policy"], &["", "a/b"]),
    (aws::EKS_CLUSTER, 100, &["1web_Shop-"], &["", "-web", "_web", "a.b"]),
    (aws::EKS_NODE_GROUP, 63, &["apps-1_"], &["", "-apps", "a.b"]),
    (
        aws::S3_BUCKET,
        63,
        &["a-b.c1", "1.2.3", "abc"],
        &[
            "ab",
            "Abc",
            "a..b",
            "-ab",
            "ab-",
            ".ab",
            "a_b",
            "10.0.0.1",
            "xn--ab",
            "sthree-a",
            "amzn-s3-demo-a",
            "a-s3alias",
            "a--ol-s3",
            "a.mrap",
            "a--x-s3",
            "a--table-s3",
        ],
    ),
    (aws::KMS_ALIAS, 0, &["alias/web", "alias/a/b"], &["web", "alias/", "alias/aws/eks", "alias/a.b"]),
    (aws::LOG_GROUP, 512, &["/aws/eks/web/cluster", "a#b"], &["", "aws/eks", "a b"]),
    (aws::DNS_LABEL, 63, &["1a", "Web"], &["", "-a", "a-", "a_b", "a.b"]),
    (
        aws::ROUTE53_ZONE,
        0,
        &["example.com", "_domainkey.example.com", "2.0.192.in-addr.arpa"],
        &["", "example.com.", ".com", "a..b", "a.-b", "a-.b"],
    ),
    (azure::RESOURCE_GROUP, 90, &["rg_(a).b", ".a", "gr\u{f6}\u{df}e", "a("], &["", "a.", "a b", "a/b"]),
    (azure::VIRTUAL_NETWORK, 64, &["ab", "a_", "1.b-c"], &["a", "_ab", "ab-", "ab.", "a b"]),
    (azure::SUBNET, 80, &["a", "a_"], &["", "-a", "a-"]),
    (azure::NETWORK_SECURITY_GROUP, 80, &["a", "a_"], &["", "-a", "a."]),
    (azure::SECURITY_RULE, 80, &["a", "a.b_"], &["", "-a", "a b"]),
    (azure::APPLICATION_SECURITY_GROUP, 80, &["a"], &["", "-a", "a."]),
    (azure::ROUTE_TABLE, 80, &["a"], &["", "-a", "a."]),
    (azure::ROUTE, 80, &["a"], &["", "-a", "a."]),
    (azure::NAT_GATEWAY, 80, &["a"], &["", "-a", "a."]),
    (azure::PUBLIC_IP, 80, &["a"], &["", "-a", "a."]),
    (azure::PUBLIC_IP_PREFIX, 80, &["a"], &["", "-a", "a."]),
    (azure::PRIVATE_ENDPOINT, 64, &["ab"], &["a", "-a", "a."]),
    (azure::PRIVATE_DNS_ZONE_GROUP, 80, &["a"], &["", "-a", "a."]),
    (azure::PRIVATE_DNS_LINK, 80, &["a"], &["", "-a", "a."]),
    (azure::NETWORK_WATCHER, 80, &["NetworkWatcher_westeurope"], &["", "-a", "a."]),
    (azure::FLOW_LOG, 80, &["a"], &["", "-a", "a."]),
    (azure::AKS_CLUSTER, 63, &["a", "a_b-c", "1"], &["", "-a", "a-", "a_", "a.b"]),
    (azure::AKS_LINUX_POOL, 12, &["a", "apps1"], &["", "1apps", "Apps", "a-b"]),
    (azure::AKS_WINDOWS_POOL, 6, &["win1"], &["", "1win", "Win"]),
    (azure::STORAGE_ACCOUNT, 24, &["1ab", "abc"], &["ab", "Abc", "a-b"]),
    (azure::KEY_VAULT, 24, &["a-b", "Abc1"], &["ab", "1ab", "ab-", "a--b", "a_b"]),
    (azure::CONTAINER_REGISTRY, 50, &["Abc12"], &["abcd", "abc-d"]),
    (azure::USER_ASSIGNED_IDENTITY, 128, &["a-_", "1ab"], &["ab", "-ab", "_ab", "a.b"]),
    (azure::FEDERATED_CREDENTIAL, 120, &["a-_", "1ab"], &["ab", "-ab", "_ab", "a.b"]),
    (azure::LOG_ANALYTICS_WORKSPACE, 63, &["a-1b", "1abc"], &["abc", "-abc", "abc-", "a_bc"]),
    (kubernetes::DNS_LABEL, 63, &["a", "1-a"], &["", "A", "-a", "a-", "a.b", "a_b"]),
    (kubernetes::DNS_1035_LABEL, 63, &["a-1"], &["", "1a", "a-", "A"]),
    (kubernetes::DNS_SUBDOMAIN, 253, &["a.b-c.1"], &["", "a..b", "a.-b", "a-.b", ".a", "a.", "A"]),
    (
        kubernetes::LABEL_KEY,
        63,
        &["a", "A_b.c-d", "example.com/Quota", "a/b"],
        &["", "/a", "a/", "a/b/c", "-a", "a-", "Example.com/a", "a..b/c", "a b"],
    ),
    (kubernetes::QUALIFIED_NAME, 63, &["a/b"], &["", "A/b", "a/b/c"]),
    (kubernetes::LABEL_VALUE, 63, &["", "a", "A_b.c-1"], &["-a", "a.", "a/b", "a b"]),
    (kubernetes::ANNOTATION_KEY, 63, &["Example.com/a", "a"], &["", "Ex..a/b", "Ex-/b", "a/b/c", "-a/b"]),
];

#[test]
fn each_rule_accepts_and_refuses_as_its_api_does() {
    for (rule, longest, accepted, refused) in CASES {
        for name in *accepted {
            assert_eq!(rule.check(name), Ok(()));
        }
        for name in *refused {
            assert!(rule.check(name).is_err(), "{}: `{name}`", rule.what());
        }
        if *longest > 0 {
            assert_eq!(rule.check(&"a".repeat(*longest)), Ok(()));
            let long = rule.check(&"a".repeat(longest + 1)).unwrap_err();
            assert_eq!(long.problem, NameProblem::TooLong { length: longest + 1, max: *longest });
        }
    }
}

#[test]
fn long_names_of_parts_are_measured_by_part_and_as_a_whole() {
    let label = "a".repeat(63);
    assert_eq!(aws::ROUTE53_ZONE.check(&format!("b.{label}.com")), Ok(()));
    let error = aws::ROUTE53_ZONE.check(&format!("b.{label}a.com")).unwrap_err();
    assert_eq!(error.problem, NameProblem::PartTooLong { position: 3, length: 64, max: 63 });
    assert_eq!(error.hint(), "drop at least 1 character");
    assert!(aws::ROUTE53_ZONE.check(&format!("{label}.{label}.{label}.{label}")).is_err());
    let alias = format!("alias/{}", "a".repeat(250));
    assert_eq!(aws::KMS_ALIAS.check(&alias), Ok(()));
    assert!(aws::KMS_ALIAS.check(&format!("{alias}a")).is_err());
    assert!(kubernetes::LABEL_KEY.check(&format!("{}/a", "a".repeat(254))).is_err());
    assert_eq!(kubernetes::LABEL_KEY.check(&format!("{}/{label}", "a".repeat(253))), Ok(()));
}

#[test]
fn the_first_of_several_sequences_is_told() {
    let first = |name: &str| kubernetes::DNS_SUBDOMAIN.check(name).unwrap_err().problem;
    assert_eq!(first("a..b.-c"), NameProblem::Sequence { position: 2, found: ".." });
    assert_eq!(first("a.-b..c"), NameProblem::Sequence { position: 2, found: ".-" });
}

#[test]
fn errors_say_where_and_what_to_do() {
    let told = |rule: NameRule, name: &str| {
        let error = rule.check(name).unwrap_err();
        (error.to_string(), error.hint())
    };
    let texts = [
        told(aws::EKS_CLUSTER, "web shop"),
        told(aws::EKS_CLUSTER, "-web"),
        told(azure::KEY_VAULT, "web-"),
        told(azure::KEY_VAULT, "wéb--b"),
        told(azure::KEY_VAULT, "web--b--c"),
        told(azure::KEY_VAULT, "w"),
        told(azure::AKS_WINDOWS_POOL, "windows1"),
        told(aws::KMS_ALIAS, "webshop"),
        told(aws::LOG_GROUP, "aws/eks"),
        told(aws::S3_BUCKET, "web.mrap"),
        told(aws::S3_BUCKET, "10.0.0.1"),
        told(kubernetes::LABEL_KEY, "example.com/a b"),
        told(kubernetes::LABEL_KEY, "example.com/a-"),
        told(kubernetes::LABEL_KEY, "exa mple.com/a"),
        told(aws::IAM_ROLE, "a\nb"),
    ];
    let lines: Vec<String> = texts.iter().map(|(what, hint)| format!("{what}\n  hint: {hint}")).collect();
    insta::assert_snapshot!(lines.join("\n"), @r"
    EKS cluster name `web shop`: character 4 is ` `, which is not one of a-z, A-Z, 0-9, `-_`
      hint: use only a-z, A-Z, 0-9, `-_`
    EKS cluster name `-web`: it begins with `-` at character 1, which is not one of a-z, A-Z, 0-9
      hint: begin with one of a-z, A-Z, 0-9
    key vault name `web-`: it ends with `-` at character 4, which is not one of a-z, A-Z, 0-9
      hint: end with one of a-z, A-Z, 0-9
    key vault name `wéb--b`: character 2 is `é`, which is not one of a-z, A-Z, 0-9, `-`
      hint: use only a-z, A-Z, 0-9, `-`
    key vault name `web--b--c`: it has `--` at character 4
      hint: replace `--`
    key vault name `w`: it has 1 character, fewer than 3
      hint: add at least 2 characters
    AKS Windows node pool name `windows1`: it has 8 characters, more than 6
      hint: drop at least 2 characters
    KMS alias `webshop`: it does not begin with `alias/`
      hint: put `alias/` in front
    log group name `aws/eks`: it begins with `aws/`, which is reserved
      hint: begin with something other than `aws/`
    S3 bucket name `web.mrap`: it ends with `.mrap`, which is reserved
      hint: end with something other than `.mrap`
    S3 bucket name `10.0.0.1`: it has the form of an IPv4 address
      hint: add a letter
    label key `example.com/a b`: character 14 is ` `, which is not one of a-z, A-Z, 0-9, `-_.`
      hint: use only a-z, A-Z, 0-9, `-_.`
    label key `example.com/a-`: it ends with `-` at character 14, which is not one of a-z, A-Z, 0-9
      hint: end with one of a-z, A-Z, 0-9
    label key `exa mple.com/a`: character 4 is ` `, which is not one of a-z, 0-9, `.-`
      hint: use only a-z, 0-9, `.-`
    IAM role name `a\nb`: character 2 is `\n`, which is not one of a-z, A-Z, 0-9, `_+=,.@-`
      hint: use only a-z, A-Z, 0-9, `_+=,.@-`
    ");
}

#[test]
fn case_matters_where_the_provider_says_so() {
    assert!(azure::SUBNET.same("Nodes", "nodes"));
    assert!(!azure::SUBNET.same("nodes", "pods"));
    assert!(!aws::EKS_CLUSTER.same("Web", "web"));
}

#[test]
fn a_legal_text_is_its_own_name() {
    assert_eq!(aws::EKS_CLUSTER.derive("Web-Shop_1").unwrap(), "Web-Shop_1");
    assert_eq!(aws::LOG_GROUP.derive("/aws/eks/web/cluster").unwrap(), "/aws/eks/web/cluster");
    assert_eq!(kubernetes::LABEL_KEY.derive("example.com/a").unwrap(), "example.com/a");
}

#[test]
fn derived_names_keep_what_can_be_read_and_never_change() {
    let derived: Vec<String> = [
        aws::IAM_ROLE.derive("webshop/network/flow logs"),
        aws::S3_BUCKET.derive("sthree-/Webshop"),
        aws::S3_BUCKET.derive("10.0.0.1"),
        aws::KMS_ALIAS.derive("webshop.cluster"),
        aws::KMS_ALIAS.derive("alias/aws/eks"),
        aws::SECURITY_GROUP.derive("sg-web"),
        azure::AKS_LINUX_POOL.derive("webshop/apps"),
        azure::AKS_WINDOWS_POOL.derive("1-windows"),
        azure::STORAGE_ACCOUNT.derive("webshop/storage/velero-backups"),
        azure::KEY_VAULT.derive("webshop/secrets/of-the-cluster"),
        azure::SUBNET.derive("Nodes"),
        azure::CONTAINER_REGISTRY.derive("é"),
        kubernetes::DNS_LABEL.derive(&"webshop-".repeat(12)),
    ]
    .into_iter()
    .map(Result::unwrap)
    .collect();
    insta::assert_snapshot!(derived.join("\n"), @r"
    webshop-network-flow-logs-gtaeftju
    nsthree-webshop-t4pfdm72
    10-0-0-1-rifa6rpy
    alias/webshop-cluster-rj3i7eib
    alias/aws-eks-lt4brtvz
    nsg-web-zeifmovs
    websholv3l7z
    n15r6k
    webshopstoragevepysomsrr
    webshop-secrets-gqrr2yyd
    nodes-rzv3eism
    ni3ioy5bm
    webshop-webshop-webshop-webshop-webshop-webshop-websho-tzul7ljm
    ");
}

#[test]
fn texts_that_read_alike_give_names_apart() {
    let rule = azure::AKS_LINUX_POOL;
    let names = ["web/apps", "web-apps", "web.apps", "WEB/APPS"].map(|text| rule.derive(text).unwrap());
    for (index, name) in names.iter().enumerate() {
        assert!(!names[..index].contains(name), "{names:?}");
    }
    assert_ne!(azure::SUBNET.derive("Nodes").unwrap(), azure::SUBNET.derive("nodes").unwrap());
    let one = kubernetes::DNS_LABEL.derive(&format!("{}1", "a".repeat(80))).unwrap();
    assert_ne!(one, kubernetes::DNS_LABEL.derive(&format!("{}2", "a".repeat(80))).unwrap());
}

#[test]
fn the_longest_text_still_gives_a_name() {
    for rule in ALL {
        let name = rule.derive(&format!("a/{}", "b".repeat(900))).unwrap();
        assert_eq!(rule.check(&name), Ok(()));
        assert!(name.len() + 1 >= rule.max().min(63), "{}: `{name}` has room left", rule.what());
    }
}

#[test]
fn a_rule_without_room_for_a_hash_is_an_error() {
    let rule = NameRule::new("code", 1, 3, super::CharSet::LOWER_ALPHANUMERIC);
    assert!(rule.derive("a/b").is_err());
}

proptest! {
    #[test]
    fn every_derived_name_is_legal_and_stable(address in "[ -~é]{0,120}") {
        for rule in ALL {
            let name = rule.derive(&address).unwrap();
            prop_assert_eq!(rule.check(&name), Ok(()));
            prop_assert_eq!(rule.derive(&address).unwrap(), name.clone());
            prop_assert_eq!(rule.derive(&name).unwrap(), name);
        }
    }

    #[test]
    fn addresses_of_a_stack_give_names_apart(
        one in "[a-z0-9][a-z0-9._-]{0,20}(/[a-z0-9][a-z0-9._-]{0,20}){0,3}",
        other in "[a-z0-9][a-z0-9._-]{0,20}(/[a-z0-9][a-z0-9._-]{0,20}){0,3}",
    ) {
        prop_assume!(one != other);
        for rule in ALL.into_iter().filter(|rule| rule.max() > 12) {
            prop_assert_ne!(rule.derive(&one).unwrap(), rule.derive(&other).unwrap());
        }
    }
}

#![allow(clippy::unwrap_used, reason = "a failed test says where")]

use super::*;
use k8s_openapi::api::rbac::v1::PolicyRule;

/// All that rules allow: verb, group, resource.
fn allowed(rules: &[PolicyRule]) -> BTreeSet<(String, String, String)> {
    let of = |all: &Option<Vec<String>>| all.clone().unwrap_or_default();
    let mut allowed = BTreeSet::new();
    for rule in rules {
        for group in of(&rule.api_groups) {
            for resource in of(&rule.resources) {
                allowed.extend(rule.verbs.iter().map(|verb| (verb.clone(), group.clone(), resource.clone())));
            }
        }
    }
    allowed
}

/// The rules of every role but that of the platform's admins.
fn limited() -> Vec<(String, Vec<PolicyRule>)> {
    let roles = Role::ALL.into_iter().filter(|role| *role != Role::PlatformAdmin);
    let roles = roles.map(|role| (role.to_string(), rules::of(role)));
    let more = Allowance::ALL.into_iter().map(|one| (one.as_str().to_owned(), rules::allowance(one)));
    let of_cluster = [
        (CLUSTER_VIEWER.to_owned(), rules::cluster_viewer()),
        (CLUSTER_OPERATOR.to_owned(), rules::cluster_operator()),
    ];
    roles.chain(more).chain(of_cluster).collect()
}

#[test]
fn no_role_but_the_last_has_a_wildcard_or_a_way_to_more() {
    for (role, rules) in limited() {
        for rule in &rules {
            assert!(rule.non_resource_urls.is_none() && rule.resource_names.is_none(), "{role}");
            let named = [&rule.api_groups, &rule.resources].into_iter().flatten().flatten();
            for word in named.chain(&rule.verbs) {
                assert!(!word.contains('*'), "{role}: {word}");
                assert!(!["escalate", "bind", "impersonate"].contains(&word.as_str()), "{role}: {word}");
            }
            let groups = rule.api_groups.clone().unwrap_or_default();
            assert!(!groups.contains(&API_GROUP.to_owned()), "{role} reads who has which role");
            let resources = rule.resources.clone().unwrap_or_default();
            for way in ["serviceaccounts/token", "nodes/proxy", "pods/proxy", "services/proxy"] {
                assert!(!resources.contains(&way.to_owned()), "{role}: {way}");
            }
        }
    }
}

#[test]
fn each_role_may_all_that_a_lesser_one_may() {
    let roles = [Role::Viewer, Role::Developer, Role::Operator].map(|role| allowed(&rules::of(role)));
    for pair in roles.windows(2) {
        assert!(pair[0].is_subset(&pair[1]) && pair[0] != pair[1]);
    }
    for one in Allowance::ALL {
        let more = allowed(&rules::allowance(one));
        assert!(more.is_disjoint(&roles[1]), "{one:?} is no part of a developer's role");
        assert!(more.is_subset(&roles[2]), "{one:?} is part of an operator's role");
    }
}

#[test]
fn who_views_reads_and_reads_no_secret() {
    for (verb, _, resource) in allowed(&rules::of(Role::Viewer)) {
        assert!(
            ["get", "list", "watch"].contains(&verb.as_str()) && resource != "secrets",
            "{verb} {resource}"
        );
    }
}

fn names(grant: &Grant, reach: &Reach) -> Vec<String> {
    let bindings = bindings(grant, reach);
    let name = |(at, object): (String, Object)| {
        assert!(deathstar_core::Address::parse(&at).is_ok(), "{at}");
        serde_json::to_value(object).unwrap()["name"].as_str().unwrap().to_owned()
    };
    bindings.into_iter().map(name).collect()
}

#[test]
fn a_grant_is_bound_where_it_counts() {
    let shop = Reach::Namespace("shop".into());
    let developer = || Grant::new(Role::Developer, Group::new("devs"));
    assert_eq!(names(&developer(), &shop), ["deathstar:developer:devs"]);
    let more = names(&developer().may(Allowance::Exec), &shop);
    assert_eq!(more, ["deathstar:developer:devs", "deathstar:may-exec:devs"]);
    let everywhere = names(&Grant::new(Role::Operator, Group::new("ops")), &Reach::Cluster);
    assert_eq!(
        everywhere,
        ["deathstar:operator:ops", "deathstar:cluster-viewer:ops", "deathstar:cluster-operator:ops"]
    );
    let admin = names(&Grant::new(Role::PlatformAdmin, Group::new("ops")), &Reach::Cluster);
    assert_eq!(admin, ["deathstar:platform-admin:ops"]);
}

#[test]
fn groups_of_any_name_have_addresses_of_their_own() {
    let groups =
        ["Team A", "team-a", "team_a", "arn:aws:iam::1:role/team-a", "日本", "0f1c-2d", "a/b", "a:b"];
    let mut all = BTreeSet::new();
    for group in groups {
        for name in names(&Grant::new(Role::Viewer, Group::new(group)), &Reach::Cluster) {
            assert!(all.insert(name.clone()), "{group}: {name}");
        }
    }
}

#[test]
fn roles_are_not_given_to_everybody() {
    let codes = |name: &str| {
        let findings = Grant::new(Role::Viewer, Group::new(name)).findings();
        findings.into_iter().map(|finding| finding.code).collect::<Vec<_>>()
    };
    for group in ["", " ", "system:authenticated", "system:serviceaccounts:shop", "system:masters"] {
        assert_eq!(codes(group), ["base.group"], "{group}");
    }
    assert!(codes("oidc:system").is_empty());
}

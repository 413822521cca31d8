//! The roles model, judged by the API server's own authorizer.

use deathstar_addons::base::Role;
use k8s_openapi::api::authorization::v1::{ResourceAttributes, SubjectAccessReview, SubjectAccessReviewSpec};
use kube::api::{Api, PostParams};
use std::collections::BTreeMap;

use crate::world::{INGRESS, SHOP, TRUSTED, applied, everywhere, group_of};

/// Verbs on a resource (`resource[/subresource][.group]`), and who may, by the first letter of the role in a namespace: viewer,
/// developer, operator, platform admin; and trusted developers.
const IN_NAMESPACE: &[(&str, &str, &str)] = &[
    ("get list watch", "pods", "vdopt"),
    ("get", "pods/log", "vdopt"),
    ("get list watch", "configmaps", "vdopt"),
    ("get list watch", "deployments.apps", "vdopt"),
    ("get list watch", "events.events.k8s.io", "vdopt"),
    ("get list watch", "networkpolicies.networking.k8s.io", "vdopt"),
    ("get list watch", "resourcequotas", "vdopt"),
    ("get", "namespaces", "vdopt"),
    ("create update patch delete", "deployments.apps", "dopt"),
    ("create update patch delete deletecollection", "pods", "dopt"),
    ("create", "pods/eviction", "dopt"),
    ("update patch", "deployments/scale.apps", "dopt"),
    ("create update patch delete", "services", "dopt"),
    ("create update patch delete", "configmaps", "dopt"),
    ("create update patch delete", "jobs.batch", "dopt"),
    ("create update patch delete", "ingresses.networking.k8s.io", "dopt"),
    ("create update patch delete", "httproutes.gateway.networking.k8s.io", "dopt"),
    ("create update patch delete", "poddisruptionbudgets.policy", "dopt"),
    ("create get", "pods/exec", "opt"),
    ("create get", "pods/attach", "opt"),
    ("create get", "pods/portforward", "opt"),
    ("get list watch create update patch delete", "secrets", "opt"),
    ("patch", "pods/ephemeralcontainers", "op"),
    ("create update patch delete", "daemonsets.apps", "op"),
    ("create update patch delete", "networkpolicies.networking.k8s.io", "op"),
    ("create update patch delete", "serviceaccounts", "op"),
    ("create update patch delete", "gateways.gateway.networking.k8s.io", "op"),
    ("create", "serviceaccounts/token", "p"),
    ("create update patch delete", "resourcequotas", "p"),
    ("create update patch delete", "limitranges", "p"),
    ("get list watch create update patch delete", "roles.rbac.authorization.k8s.io", "p"),
    ("get list watch create update patch delete", "rolebindings.rbac.authorization.k8s.io", "p"),
    ("bind escalate", "roles.rbac.authorization.k8s.io", "p"),
    ("impersonate", "serviceaccounts", "p"),
    ("delete update patch", "namespaces", "p"),
    ("get create", "pods/proxy", "p"),
    ("get create", "services/proxy", "p"),
];

/// The same of what belongs to the cluster, for those who have a role in all namespaces.
const OF_CLUSTER: &[(&str, &str, &str)] = &[
    ("get list watch", "nodes", "vdop"),
    ("list", "namespaces", "vdop"),
    ("list", "pods", "vdop"),
    ("get list watch", "storageclasses.storage.k8s.io", "vdop"),
    ("get list watch", "priorityclasses.scheduling.k8s.io", "vdop"),
    ("get list watch", "customresourcedefinitions.apiextensions.k8s.io", "vdop"),
    ("create delete", "pods", "dop"),
    ("list", "secrets", "op"),
    ("patch update", "nodes", "op"),
    ("delete create", "nodes", "p"),
    ("get create", "nodes/proxy", "p"),
    ("create delete", "namespaces", "p"),
    ("create update delete", "storageclasses.storage.k8s.io", "p"),
    ("create update delete", "customresourcedefinitions.apiextensions.k8s.io", "p"),
    ("get list", "clusterroles.rbac.authorization.k8s.io", "p"),
    ("create update bind escalate", "clusterroles.rbac.authorization.k8s.io", "p"),
    ("create update", "clusterrolebindings.rbac.authorization.k8s.io", "p"),
    ("impersonate", "users", "p"),
    ("impersonate", "groups", "p"),
    ("create update", "validatingwebhookconfigurations.admissionregistration.k8s.io", "p"),
    ("approve", "certificatesigningrequests.certificates.k8s.io", "p"),
];

struct Judge(Api<SubjectAccessReview>);

impl Judge {
    async fn may(&self, group: &str, verb: &str, what: &str, namespace: Option<&str>) -> bool {
        let (resource, group_of_resource) = what.split_once('.').unwrap_or((what, ""));
        let (resource, subresource) = resource.split_once('/').unwrap_or((resource, ""));
        let text = |text: &str| Some(text.to_owned()).filter(|text| !text.is_empty());
        let attributes = ResourceAttributes {
            group: text(group_of_resource),
            resource: text(resource),
            subresource: text(subresource),
            verb: text(verb),
            namespace: namespace.map(str::to_owned),
            name: (resource == "namespaces" && verb != "list" && verb != "create").then(|| SHOP.to_owned()),
            ..ResourceAttributes::default()
        };
        let review = SubjectAccessReview {
            spec: SubjectAccessReviewSpec {
                user: text("somebody"),
                groups: Some(vec![group.to_owned(), "system:authenticated".into()]),
                resource_attributes: Some(attributes),
                ..SubjectAccessReviewSpec::default()
            },
            ..SubjectAccessReview::default()
        };
        self.0.create(&PostParams::default(), &review).await.unwrap().status.unwrap().allowed
    }

    /// What a table says and the server does not.
    async fn differences(
        &self,
        table: &[(&str, &str, &str)],
        groups: &BTreeMap<char, String>,
        namespace: Option<&str>,
    ) -> Vec<String> {
        let mut wrong = vec![];
        for (verbs, what, who) in table {
            for verb in verbs.split(' ') {
                for (letter, group) in groups {
                    let should = who.contains(*letter);
                    if self.may(group, verb, what, namespace).await != should {
                        wrong.push(format!(
                            "{group} {} {verb} {what}",
                            if should { "must" } else { "must not" }
                        ));
                    }
                }
            }
        }
        wrong
    }
}

fn letter(role: Role) -> char {
    role.as_str().chars().next().unwrap()
}

async fn judge() -> Option<Judge> {
    let control_plane = applied().await?;
    Some(Judge(Api::all(control_plane.client().await.unwrap())))
}

#[tokio::test]
async fn roles_in_a_namespace_may_what_the_table_says_and_nothing_more() {
    let Some(judge) = judge().await else { return };
    let mut groups: BTreeMap<char, String> =
        Role::ALL.into_iter().map(|role| (letter(role), group_of(role).to_owned())).collect();
    groups.insert('t', TRUSTED.to_owned());
    assert_eq!(judge.differences(IN_NAMESPACE, &groups, Some(SHOP)).await, Vec::<String>::new());
    // They end with the namespace.
    for group in groups.values() {
        assert!(!judge.may(group, "get", "pods", Some(INGRESS)).await, "{group}");
        assert!(!judge.may(group, "list", "nodes", None).await, "{group}");
    }
}

#[tokio::test]
async fn roles_everywhere_may_what_the_tables_say_and_nothing_more() {
    let Some(judge) = judge().await else { return };
    let groups = Role::ALL.into_iter().map(|role| (letter(role), everywhere(role))).collect();
    assert_eq!(judge.differences(IN_NAMESPACE, &groups, Some(INGRESS)).await, Vec::<String>::new());
    assert_eq!(judge.differences(OF_CLUSTER, &groups, None).await, Vec::<String>::new());
}

#[tokio::test]
async fn who_has_no_role_may_nothing() {
    let Some(judge) = judge().await else { return };
    let groups = [('-', "strangers".to_owned())].into();
    for (table, namespace) in [(IN_NAMESPACE, Some(SHOP)), (OF_CLUSTER, None)] {
        let nobody: Vec<_> = table.iter().map(|(verbs, what, _)| (*verbs, *what, "")).collect();
        assert_eq!(judge.differences(&nobody, &groups, namespace).await, Vec::<String>::new());
    }
}

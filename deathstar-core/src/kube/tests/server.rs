//! Objects in a real API server: no controllers run, so that nothing but the server's own defaults is written.

use super::*;
use crate::{apply::Report, plan::Plan};
use ::kube::api::{Api, Patch, PatchParams, PostParams};
use k8s_openapi::api::{networking::v1::NetworkPolicy, rbac::v1::Role};
use std::{fs, path::PathBuf, process::Command, time::Duration};

/// The server of this test run, as a context of a kubeconfig: `DEATHSTAR_KUBECONFIG` and `DEATHSTAR_CONTEXT`. Without them these
/// tests have nothing to run against.
#[expect(clippy::disallowed_methods, reason = "the settings of a test run")]
fn server() -> Option<(String, String)> {
    let path = std::env::var("DEATHSTAR_KUBECONFIG").ok()?;
    Some((path, std::env::var("DEATHSTAR_CONTEXT").unwrap_or_else(|_| "test".into())))
}

/// One stack's world: an engine with its own state, and a namespace that no other test has.
struct World {
    engine: Engine,
    cluster: Cluster,
    name: String,
    client: ::kube::Client,
    kubeconfig: String,
}

impl World {
    async fn of(name: &str) -> Option<Self> {
        let (path, context) = server()?;
        let name = format!("{name}-{}", std::process::id());
        let config = crate::kube::access::of_file(&path, &context).await.unwrap();
        let client = ::kube::Client::try_from(config).unwrap();
        let namespace = json!({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": name}});
        let namespaces: Api<Namespace> = Api::all(client.clone());
        namespaces.create(&PostParams::default(), &serde_json::from_value(namespace).unwrap()).await.unwrap();
        let access = Access::of_kubeconfigs().poll(Duration::from_millis(50));
        let engine = Engine::new(MemoryStore::new(), access);
        let cluster = Cluster::of_kubeconfig(&*path, context);
        Some(Self { engine, cluster, name, client, kubeconfig: path })
    }

    fn stack(&self, objects: impl IntoIterator<Item = (&'static str, Object)>) -> Stack {
        let mut stack = Stack::new(&self.name);
        let cluster = stack.on(self.cluster.clone());
        for (address, object) in objects {
            stack.add(&cluster, address, object.within(&*self.name));
        }
        stack
    }

    async fn plan<'s>(&self, stack: &'s Stack) -> Plan<'s> {
        self.engine.plan(stack).await.unwrap()
    }

    async fn apply(&self, stack: &Stack) -> Report {
        self.engine.apply(self.plan(stack).await, Quiet).await.unwrap()
    }

    async fn settle(&self, stack: &Stack) {
        let report = self.apply(stack).await;
        assert!(report.is_success(), "{report}");
        let plan = self.plan(stack).await;
        assert!(plan.is_empty(), "{plan}");
    }

    fn maps(&self) -> Api<ConfigMap> {
        Api::namespaced(self.client.clone(), &self.name)
    }

    /// What somebody else applies.
    async fn foreign(&self, name: &str, data: &[(&str, &str)], force: bool) {
        let data: serde_json::Map<_, _> =
            data.iter().map(|(key, value)| ((*key).into(), (*value).into())).collect();
        let body = json!({"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": name}, "data": data});
        let mut params = PatchParams::apply("somebody");
        params.force = force;
        self.maps().patch(name, &params, &Patch::Apply(body)).await.unwrap();
    }

    async fn data(&self, name: &str) -> std::collections::BTreeMap<String, String> {
        self.maps().get(name).await.unwrap().data.unwrap_or_default()
    }

    fn kubectl(&self, arguments: &[&str]) -> std::process::Output {
        let mut kubectl = Command::new("kubectl");
        kubectl.args(["--kubeconfig", &self.kubeconfig, "--namespace", &self.name]).args(arguments);
        kubectl.output().unwrap()
    }
}

fn map(name: &str, data: &[(&str, &str)]) -> Object {
    let object = Object::of(ConfigMap::default()).named(name);
    data.iter().fold(object, |object, (key, value)| object.set(&format!("/data/{key}"), *value))
}

fn mixed() -> Vec<(&'static str, Object)> {
    let of = |value| Object::from_value(value);
    vec![
        ("settings", map("settings", &[("a", "1"), ("b", "2")])),
        (
            "web",
            of(
                json!({"apiVersion": "apps/v1", "kind": "Deployment", "metadata": {"name": "web", "labels": {"app": "web"}}, "spec": {
                    "replicas": 0,
                    "selector": {"matchLabels": {"app": "web"}},
                    "template": {"metadata": {"labels": {"app": "web"}}, "spec": {
                        "automountServiceAccountToken": false,
                        "hostNetwork": false,
                        "volumes": [{"name": "settings", "configMap": {"name": "settings"}}, {"name": "scratch", "emptyDir": {}}],
                        "tolerations": [{"key": "spot", "operator": "Exists"}],
                        "containers": [{
                            "name": "web", "image": "example.com/web:1",
                            "ports": [{"containerPort": 8080}],
                            "env": [{"name": "EMPTY", "value": ""}, {"name": "HOST", "valueFrom": {"fieldRef": {"fieldPath": "status.podIP"}}}],
                            "resources": {"requests": {"cpu": "0.5", "memory": "1024Mi"}, "limits": {"memory": "1.5Gi"}},
                            "readinessProbe": {"httpGet": {"path": "/", "port": 8080}},
                            "volumeMounts": [{"name": "settings", "mountPath": "/etc/web"}],
                        }],
                    }},
                }}),
            ),
        ),
        (
            "service",
            of(json!({"apiVersion": "v1", "kind": "Service", "metadata": {"name": "web"}, "spec": {
            "selector": {"app": "web"}, "ports": [{"port": 80, "targetPort": 8080}]}})),
        ),
        (
            "scaler",
            of(
                json!({"apiVersion": "autoscaling/v1", "kind": "HorizontalPodAutoscaler", "metadata": {"name": "web"}, "spec": {
            "maxReplicas": 3, "scaleTargetRef": {"apiVersion": "apps/v1", "kind": "Deployment", "name": "web"}}}),
            ),
        ),
        (
            "closed",
            Object::of(NetworkPolicy::default()).named("closed").set(
                "/spec",
                json!({
            "podSelector": {}, "policyTypes": ["Ingress", "Egress"], "egress": [{"ports": [{"port": 53}]}]}),
            ),
        ),
        (
            "role",
            Object::of(Role::default()).named("reader").set(
                "/rules",
                json!([
            {"apiGroups": [""], "resources": ["pods"], "verbs": ["get"]}]),
            ),
        ),
        (
            "secret",
            Object::of(Secret::default())
                .named("db")
                .set_sensitive("/stringData/password", "hunter2".to_owned()),
        ),
        (
            "budget",
            of(
                json!({"apiVersion": "policy/v1", "kind": "PodDisruptionBudget", "metadata": {"name": "web"}, "spec": {
            "minAvailable": 1, "selector": {"matchLabels": {"app": "web"}}}}),
            ),
        ),
        (
            "job",
            of(
                json!({"apiVersion": "batch/v1", "kind": "CronJob", "metadata": {"name": "tidy"}, "spec": {"schedule": "0 0 * * *",
            "jobTemplate": {"spec": {"template": {"spec": {"restartPolicy": "Never", "containers": [{"name": "a", "image": "example.com/tidy:1"}]}}}}}}),
            ),
        ),
    ]
}

#[tokio::test]
async fn apply_then_the_plan_is_empty() {
    let Some(world) = World::of("life").await else { return };
    let stack = world.stack(mixed());
    world.settle(&stack).await;
    // Nothing but what the stack has is found to be its own.
    let fewer = world.stack(mixed().into_iter().skip(1));
    let plan = world.plan(&fewer).await;
    assert_eq!((plan.deletes(), plan.updates(), plan.creates()), (1, 0, 0), "{plan}");
    // What controllers would finish stays: none run here.
    let kept = mixed().into_iter().filter(|(at, _)| ["web", "job"].contains(at));
    let kept = kept.chain([("settings", map("settings", &[("a", "1")]))]);
    world.settle(&world.stack(kept)).await;
    assert_eq!(
        world.data("settings").await.into_iter().collect::<Vec<_>>(),
        [("a".to_owned(), "1".to_owned())]
    );
}

#[tokio::test]
async fn a_field_that_is_no_longer_declared_is_removed_and_fields_of_others_stay() {
    let Some(world) = World::of("fields").await else { return };
    world.settle(&world.stack([("a", map("a", &[("ours", "1"), ("more", "2")]))])).await;
    world.foreign("a", &[("theirs", "3")], false).await;
    let stack = world.stack([("a", map("a", &[("ours", "1")]))]);
    let plan = world.plan(&stack).await;
    assert!(plan.updates() == 1 && !plan.to_string().contains("theirs"), "{plan}");
    world.settle(&stack).await;
    assert_eq!(world.data("a").await.into_keys().collect::<Vec<_>>(), ["ours", "theirs"]);
}

#[tokio::test]
async fn a_field_of_another_manager_is_taken_over_with_consent_only() {
    let Some(world) = World::of("conflict").await else { return };
    let ours = || map("a", &[("key", "ours")]);
    world.settle(&world.stack([("a", ours())])).await;
    world.foreign("a", &[("key", "theirs")], true).await;
    let report = world.apply(&world.stack([("a", ours())])).await;
    let failures: Vec<_> = report.failures().map(|(_, error)| error.clone()).collect();
    let [error] = &failures[..] else { panic!("{report}") };
    assert!(error.message().contains("somebody") && error.message().contains(".data.key"), "{error}");
    assert_eq!(world.data("a").await["key"], "theirs");
    world.settle(&world.stack([("a", ours().take_over())])).await;
    assert_eq!(world.data("a").await["key"], "ours");
}

#[tokio::test]
async fn what_exists_is_not_taken_over() {
    let Some(world) = World::of("exists").await else { return };
    world.foreign("a", &[("key", "theirs")], false).await;
    let report = world.apply(&world.stack([("a", map("a", &[("other", "ours")]))])).await;
    assert_eq!(report.failures().count(), 1, "{report}");
    // Not even by a create that no look came before.
    let client = Access::of_kubeconfigs().open(&world.cluster).await.unwrap();
    let spec = crate::Ready::resolved(map("a", &[("other", "ours")]).within(&*world.name));
    let cx = crate::Cx::for_tests("stack", "a", "token");
    let error = crate::Driver::<Object>::create(&client, &cx, &spec).await.unwrap_err();
    assert_eq!(*error.meaning(), crate::Meaning::AlreadyExists);
    assert_eq!(world.data("a").await.into_keys().collect::<Vec<_>>(), ["key"]);
}

#[tokio::test]
async fn what_is_nobodys_is_adopted_with_consent_and_what_is_a_stacks_is_not() {
    let Some(world) = World::of("consent").await else { return };
    world.foreign("a", &[("key", "theirs")], false).await;
    world.settle(&world.stack([("a", map("a", &[("other", "ours")]).adopt())])).await;
    assert_eq!(world.data("a").await.into_keys().collect::<Vec<_>>(), ["key", "other"]);
    let mut stack = Stack::new("somebody-else");
    let cluster = stack.on(world.cluster.clone());
    stack.add(&cluster, "a", map("a", &[("other", "ours")]).within(&*world.name).adopt());
    let other = Engine::new(MemoryStore::new(), Access::of_kubeconfigs().poll(Duration::from_millis(50)));
    let report = other.apply(other.plan(&stack).await.unwrap(), Quiet).await.unwrap();
    let failures: Vec<_> = report.failures().map(|(_, error)| error.to_string()).collect();
    assert!(
        failures.len() == 1 && failures[0].contains(&format!("belongs to stack `{}`", world.name)),
        "{report}"
    );
}

#[tokio::test]
async fn what_kubectl_applied_is_adopted_without_a_difference() {
    let Some(world) = World::of("adopted").await else { return };
    let directory = tempfile::tempdir().unwrap();
    let file: PathBuf = directory.path().join("all.json");
    let items = mixed().into_iter().map(|(_, object)| {
        let mut manifest = object.within(&*world.name).manifest(&crate::Tags::new()).unwrap();
        manifest["metadata"].as_object_mut().unwrap().remove("annotations");
        manifest
    });
    fs::write(
        &file,
        json!({"apiVersion": "v1", "kind": "List", "items": items.collect::<Vec<_>>()}).to_string(),
    )
    .unwrap();
    let applied = world.kubectl(&["apply", "-f", &file.display().to_string()]);
    assert!(applied.status.success(), "{applied:?}");
    let stack = world.stack(mixed());
    let ids: Vec<_> =
        mixed().into_iter().map(|(at, object)| (at, object.within(&*world.name).id().to_string())).collect();
    let mut options = crate::PlanOptions::default();
    for (at, id) in &ids {
        options = options.import(at, id.clone());
    }
    let plan = world.engine.plan_with(&stack, options).await.unwrap();
    let changed: Vec<_> =
        plan.steps.iter().flat_map(|step| &step.changes).map(|change| change.field.as_str()).collect();
    // A secret is never compared with what is read, and the server does not tell an empty value that was written from none.
    assert_eq!(changed, ["body", "secrets"], "{plan}");
    let text = plan.to_string();
    assert!(text.contains("hostNetwork") && text.contains("env[0].value"), "{text}");
    let report = world.engine.apply(plan, Quiet).await.unwrap();
    assert!(report.is_success(), "{report}");
    let plan = world.plan(&stack).await;
    assert!(plan.is_empty(), "{plan}");
}

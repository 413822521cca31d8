//! The life of a chart: made, changed, destroyed.

use crate::bench::World;
use deathstar_core::{
    PlanOptions,
    apply::Quiet,
    kube::{Object, Outputs as _},
    plan::Action,
};
use serde_json::json;

const VALUES: &str = "replicas: 1\ntag: one\nrole: \"\"\n";
const WEB: &str = "apiVersion: apps/v1\nkind: Deployment\nmetadata:\n  name: web\n  labels: {app.kubernetes.io/managed-by: {{ .Release.Service }}}\n\
    spec:\n  replicas: {{ .Values.replicas }}\n  selector: {matchLabels: {app: web}}\n  template:\n    metadata: {labels: {app: web}}\n\
    \x20   spec:\n      serviceAccountName: web\n      containers:\n      - {name: web, image: \"web:{{ .Values.tag }}\", resources: {limits: {cpu: 0.5}}}\n\
    \x20     volumes:\n      - {name: files, configMap: {name: files, defaultMode: 0440}}\n\
    ---\napiVersion: v1\nkind: ConfigMap\nmetadata: {name: files}\ndata:\n  tag: {{ .Values.tag | quote }}\n\
    ---\napiVersion: v1\nkind: ServiceAccount\nmetadata: {name: web}\n\
    ---\napiVersion: v1\nkind: Service\nmetadata: {name: web}\nspec: {selector: {app: web}, ports: [{port: 80}]}\n";
const HOOK: &str = "apiVersion: batch/v1\nkind: Job\nmetadata:\n  name: migrate\n  annotations: {helm.sh/hook: \"pre-install,pre-upgrade\", helm.sh/hook-delete-policy: hook-succeeded}\n\
    spec: {ttlSecondsAfterFinished: 0, template: {spec: {restartPolicy: Never, containers: [{name: a, image: \"migrate:{{ .Values.tag }}\"}]}}}\n\
    ---\napiVersion: v1\nkind: Pod\nmetadata: {name: probe, annotations: {helm.sh/hook: test}}\nspec: {containers: [{name: a, image: a}]}\n";

#[tokio::test]
async fn a_chart_is_made_changed_field_by_field_and_gone() {
    let files = [("values.yaml", VALUES), ("templates/web.yaml", WEB), ("templates/hook.yaml", HOOK)];
    let Some(world) = World::of("chart", &files).await else { return };
    let declare = |values: serde_json::Value| {
        let (mut stack, cluster) = world.stack();
        stack.add(&cluster, "web", world.web().values(values));
        stack
    };
    world.apply(&declare(json!({}))).await;
    // The job of the hook has ended, and stays as the record that it ran.
    assert_eq!(world.field("job/migrate", "{.status.succeeded}"), "1");
    assert_eq!(world.field("pod/probe", "{.metadata.name}"), "");
    let made = |object: &str| world.field(object, "{.metadata.creationTimestamp}");
    assert!(made("job/migrate") <= made("serviceaccount/web"));
    // kubectl, given what Helm renders, has nothing to change.
    let diff = ["diff", "--server-side", "--force-conflicts", "--filename", "-"];
    let said = world.kubectl(&diff, &world.template("{}"));
    assert_eq!(
        (said.status.code(), String::from_utf8_lossy(&said.stdout).into_owned()),
        (Some(0), String::new())
    );
    let said = world.kubectl(&diff, &world.template("{replicas: 3}"));
    assert_eq!(said.status.code(), Some(1), "it would have said so");

    let second = declare(json!({"replicas": 2, "tag": "two"}));
    let plan = world.engine.plan(&second).await.unwrap();
    let text = plan.to_string();
    let changed: Vec<_> =
        plan.steps.iter().map(|step| step.address.as_str().rsplit('/').next().unwrap()).collect();
    assert!(changed.contains(&"web") && changed.contains(&"files") && changed.contains(&"migrate"), "{text}");
    assert!(!text.contains("serviceaccount") && text.contains("web:two"), "{text}");
    let uid = world.field("job/migrate", "{.metadata.uid}");
    assert!(world.engine.apply(plan, Quiet).await.unwrap().is_success());
    assert_eq!(world.field("deployment/web", "{.spec.replicas}"), "2");
    assert_eq!(
        world.field("deployment/web", "{.spec.template.spec.volumes[0].configMap.defaultMode}"),
        "288"
    );
    assert_ne!(world.field("job/migrate", "{.metadata.uid}"), uid, "a hook that has changed runs again");
    assert!(world.engine.plan(&second).await.unwrap().is_empty());

    let plan = world.engine.destroy(&second).await.unwrap();
    let report = world.engine.apply(plan, Quiet).await.unwrap();
    assert!(report.is_success(), "{report}");
    let left = world.kubectl(&["get", "all,serviceaccounts,configmaps", "--output", "name"], "");
    let left = String::from_utf8(left.stdout).unwrap();
    assert!(!left.contains("web") && !left.contains("files") && !left.contains("migrate"), "{left}");
}

#[tokio::test]
async fn a_value_that_the_cluster_tells_reaches_every_place() {
    let config = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: role}\ndata:\n  plain: {{ .Values.role }}\n  \
        encoded: {{ .Values.role | b64enc }}\n  sum: {{ .Values.role | sha256sum }}\n\
        ---\napiVersion: v1\nkind: Secret\nmetadata: {name: role}\ndata:\n  one: {{ .Values.role | b64enc }}\n\
        stringData:\n  two: {{ .Values.role | quote }}\n  known: hunter2\n";
    let files = [("values.yaml", VALUES), ("templates/a.yaml", config)];
    let Some(world) = World::of("told", &files).await else { return };
    let (mut stack, cluster) = world.stack();
    let manifest = json!({"apiVersion": "v1", "kind": "ServiceAccount", "metadata": {"name": "role"}});
    let account = stack.add(&cluster, "account", Object::from_value(manifest).within(&world.namespace));
    stack.add(&cluster, "web", world.web().set("role", account.uid()));
    world.apply(&stack).await;
    let uid = world.field("serviceaccount/role", "{.metadata.uid}");
    assert_eq!(world.field("configmap/role", "{.data.plain}"), uid);
    let secret = |key: &str| world.field("secret/role", &format!("{{.data.{key}}}"));
    assert!(!secret("one").is_empty() && secret("one") == secret("two") && secret("known") == "aHVudGVyMg==");
    let rendered = world.template(&format!("{{role: \"{uid}\"}}"));
    for key in ["encoded", "sum"] {
        let value = world.field("configmap/role", &format!("{{.data.{key}}}"));
        assert!(!value.is_empty() && rendered.contains(&format!("{key}: {value}\n")), "{rendered}");
    }
}

#[tokio::test]
async fn a_definition_and_its_objects_go_in_one_plan() {
    let Some(world) = World::of("ships", &[]).await else { return };
    // The definition belongs to the whole cluster: its group is of this test alone.
    let group = format!("{}.example.com", world.namespace);
    let definition = format!(
        "apiVersion: apiextensions.k8s.io/v1\nkind: CustomResourceDefinition\nmetadata: {{name: ships.{group}}}\nspec:\n  group: {group}\n  \
         scope: Namespaced\n  names: {{kind: Ship, plural: ships, singular: ship, listKind: ShipList}}\n  versions:\n  - name: v1\n    served: true\n    \
         storage: true\n    schema: {{openAPIV3Schema: {{type: object, properties: {{spec: {{type: object, properties: {{sails: {{type: integer}}}}}}}}}}}}\n"
    );
    world.write("crds/ships.yaml", &definition);
    let ship = format!(
        "{{{{- if .Capabilities.APIVersions.Has \"{group}/v1/Ship\" }}}}\napiVersion: {group}/v1\nkind: Ship\nmetadata: {{name: one}}\nspec: {{sails: 3}}\n{{{{- end }}}}\n"
    );
    world.write("templates/ship.yaml", &ship);
    let (mut stack, cluster) = world.stack();
    let refs = stack.add(&cluster, "web", world.web());
    assert_eq!(refs.len(), 2);
    world.apply(&stack).await;
    assert_eq!(world.field(&format!("ships.{group}/one"), "{.spec.sails}"), "3");
    let plan = world.engine.destroy(&stack).await.unwrap();
    assert!(plan.steps.iter().all(|step| step.action == Action::Delete), "{plan}");
}

#[tokio::test]
async fn a_release_of_helm_becomes_ours_and_nothing_of_it_changes() {
    let files = [("values.yaml", VALUES), ("templates/web.yaml", WEB)];
    let Some(world) = World::of("release", &files).await else { return };
    world.helm_install();
    let (mut stack, cluster) = world.stack();
    let refs = stack.add(&cluster, "web", world.web());
    let uid = world.field("deployment/web", "{.metadata.uid}");
    assert!(!uid.is_empty() && refs.len() == 4);
    let imports = refs.iter().fold(PlanOptions::default(), |options, (id, handle)| {
        options.import(handle.at().as_str(), id.to_string())
    });
    let plan = world.engine.plan_with(&stack, imports).await.unwrap();
    assert!(plan.steps.iter().all(|step| step.changes.is_empty()), "{plan}");
    let report = world.engine.apply(plan, Quiet).await.unwrap();
    assert!(report.is_success(), "{report}");
    let plan = world.engine.plan(&stack).await.unwrap();
    assert!(plan.is_empty(), "{plan}");
    assert_eq!(world.field("deployment/web", "{.metadata.uid}"), uid);

    // From now on a new version of the chart is ours to make.
    let (mut stack, cluster) = world.stack();
    stack.add(&cluster, "web", world.web().set("tag", "two"));
    world.apply(&stack).await;
    assert_eq!(world.field("deployment/web", "{.spec.template.spec.containers[0].image}"), "web:two");
}

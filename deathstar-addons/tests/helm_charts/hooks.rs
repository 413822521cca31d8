//! Hooks keep their turn.

use crate::bench::{TestChart, apply, chart, engine, programs, stack, steps};
use deathstar_core::plan::{Action, Plan};

fn object(kind: &str, name: &str, hook: &str) -> String {
    let (api, spec) = if kind == "Job" {
        (
            "batch/v1",
            "spec: {ttlSecondsAfterFinished: 1, template: {spec: {restartPolicy: Never, containers: [{name: a, image: \"a:{{ .Values.tag }}\"}]}}}\n",
        )
    } else {
        ("v1", "")
    };
    format!(
        "---\napiVersion: {api}\nkind: {kind}\nmetadata: {{name: {name}, annotations: {{{hook}}}}}\n{spec}"
    )
}

fn hook(events: &str, weight: i32, policy: &str) -> String {
    format!(
        "helm.sh/hook: \"{events}\", helm.sh/hook-weight: \"{weight}\", helm.sh/hook-delete-policy: \"{policy}\""
    )
}

fn web(objects: &[String]) -> TestChart {
    chart(&[("values.yaml", "tag: one\ncolor: red\n"), ("templates/a.yaml", &objects.concat())])
}

/// Whether a step, or what it comes after, comes after another one.
fn waits(plan: &Plan<'_>, from: &str, to: &str) -> bool {
    let step = |name: &str| plan.steps.iter().find(|step| step.address.as_str().ends_with(name)).expect(name);
    let (mut left, target) = (vec![step(from).id], step(to).id);
    while let Some(id) = left.pop() {
        if id == target {
            return true;
        }
        left.extend(plan.steps.iter().find(|step| step.id == id).unwrap().after.iter().copied());
    }
    false
}

#[tokio::test]
async fn a_hook_has_its_turn_by_event_and_weight() {
    for program in programs() {
        let chart = web(&[
            object("ConfigMap", "settings", ""),
            object("ServiceAccount", "web", ""),
            object("Job", "late", &hook("post-install,post-upgrade", 1, "hook-succeeded")),
            object("Job", "early", &hook("pre-install,pre-upgrade", 5, "before-hook-creation")),
            object("ConfigMap", "first", &hook("pre-install,pre-upgrade", -5, "")),
            object("Job", "later", &hook("post-install", 2, "")),
        ]);
        let (stack, refs) = stack(chart.with(&program).create_namespace());
        assert_eq!(refs.len(), 7);
        let plan = engine().plan(&stack).await.unwrap();
        let order =
            ["namespace/shop", "shop/first", "shop/early", "shop/settings", "shop/late", "shop/later"];
        for pair in order.windows(2) {
            assert!(waits(&plan, pair[1], pair[0]), "{} after {}: {plan}", pair[1], pair[0]);
            assert!(!waits(&plan, pair[0], pair[1]));
        }
        assert!(waits(&plan, "shop/late", "serviceaccount/shop/web"));
        assert!(!waits(&plan, "shop/settings", "serviceaccount/shop/web"));
    }
}

#[tokio::test]
async fn what_has_no_turn_is_left_out_and_said() {
    for program in programs() {
        let chart = web(&[
            object("ConfigMap", "settings", ""),
            object("Pod", "probe", &hook("test", 0, "")),
            object("Job", "clean", &hook("pre-delete", 0, "")),
            object("Job", "back", &hook("pre-rollback", 0, "")),
            object("Job", "move", &hook("pre-upgrade", 0, "hook-succeeded")),
        ]);
        let (stack, refs) = stack(chart.with(&program));
        assert_eq!(refs.iter().count(), 2);
        let text = engine().plan(&stack).await.unwrap().to_string();
        for part in [
            "web: test hooks are left out: they belong into a run of their own: `Pod/probe`",
            "hooks around the deletion are left out",
            "`Job.batch/clean`",
            "hooks around a rollback are left out",
            "the hook `Job.batch/shop/move` is for upgrades alone",
            "the hook `Job.batch/shop/move` stays when it has ended",
        ] {
            assert!(text.contains(part), "{part}: {text}");
        }
    }
}

#[tokio::test]
async fn a_hook_runs_when_it_is_new_or_has_changed() {
    for program in programs() {
        let chart = web(&[
            "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: settings}\ndata: {color: {{ .Values.color }}}\n".to_owned(),
            object("Job", "early", &hook("pre-install,pre-upgrade", 0, "hook-succeeded")),
        ]);
        for reruns in [false, true] {
            let engine = engine();
            let declare = |color: &str| {
                let chart = chart.with(&program).set("color", color);
                stack(if reruns { chart.rerun_hooks() } else { chart }).0
            };
            let first = declare("red");
            let json = engine.plan(&first).await.unwrap().to_json();
            // Else it would be gone, and the next plan would run it again.
            assert!(!json.contains("ttlSecondsAfterFinished"), "{json}");
            apply(&engine, &first).await;
            assert!(engine.plan(&first).await.unwrap().is_empty());
            let second = declare("blue");
            let plan = engine.plan(&second).await.unwrap();
            let touched = steps(&plan).into_iter().filter(|(_, at)| at.ends_with("early")).count();
            assert_eq!(touched > 0, reruns, "{plan}");
        }
    }
}

#[tokio::test]
async fn what_helm_keeps_is_kept() {
    for program in programs() {
        let chart = web(&[
            object("ConfigMap", "settings", "helm.sh/resource-policy: keep"),
            object("ConfigMap", "gone", ""),
        ]);
        let engine = engine();
        let (stack, _) = stack(chart.with(&program));
        apply(&engine, &stack).await;
        let plan = engine.destroy(&stack).await.unwrap();
        let deleted: Vec<_> =
            steps(&plan).into_iter().filter(|(action, _)| *action == Action::Delete).collect();
        assert_eq!(deleted, [(Action::Delete, "web/configmap/shop/gone".to_owned())], "{plan}");
    }
}

#[tokio::test]
async fn what_a_hook_needs_is_there_before_it() {
    let binding = "---\napiVersion: rbac.authorization.k8s.io/v1\nkind: RoleBinding\nmetadata: {name: web}\n\
        roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: view}\nsubjects: [{kind: ServiceAccount, name: web}]\n";
    let job = |events: &str| {
        let job = object("Job", "move", &hook(events, 0, ""));
        job.replace("restartPolicy", "serviceAccountName: web, restartPolicy")
    };
    for program in programs() {
        for (events, with_permissions) in [("pre-upgrade", true), ("pre-install", false)] {
            let chart = web(&[
                object("ServiceAccount", "web", ""),
                binding.to_owned(),
                object("ConfigMap", "settings", ""),
                job(events),
            ]);
            let (stack, _) = stack(chart.with(&program));
            let plan = engine().plan(&stack).await.unwrap();
            assert!(waits(&plan, "shop/move", "serviceaccount/shop/web"), "{plan}");
            assert!(waits(&plan, "shop/settings", "shop/move"), "{plan}");
            let binding = "rolebinding.rbac.authorization.k8s.io/shop/web";
            assert_eq!(waits(&plan, "shop/move", binding), with_permissions, "{plan}");
            assert_eq!(waits(&plan, binding, "shop/move"), !with_permissions, "{plan}");
        }
    }
}

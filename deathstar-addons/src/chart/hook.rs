//! Helm's hooks: objects with a turn of their own.

use deathstar_core::kube::order::Rank;
use serde_json::Value;

/// When an object has its turn.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Turn {
    /// Before everything else of the chart.
    Before,
    /// After everything else of the chart is ready.
    After,
    /// Never: why is said.
    Never(Never),
}

/// Why a hook has no turn in a plan.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Never {
    /// It tests what runs.
    Test,
    /// It runs around the deletion of a release.
    Deletion,
    /// It runs around the return to an older revision.
    Rollback,
    /// No version of Helm that is known runs it.
    Unknown,
}

impl Never {
    /// What a person should know.
    pub(super) fn why(self) -> &'static str {
        match self {
            Self::Test => "test hooks are left out: they belong into a run of their own",
            Self::Deletion => {
                "hooks around the deletion are left out: a destroy deletes what the plan shows, and runs nothing before or after"
            }
            Self::Rollback => "hooks around a rollback are left out: the way back is a plan like any other",
            Self::Unknown => "hooks with events that Helm does not know are left out",
        }
    }
}

/// What an object says of itself as a hook.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Hook {
    pub(super) turn: Turn,
    /// Lower ones come first.
    pub(super) weight: i64,
    /// Whether it is to run when the release exists already, and not when it is new.
    pub(super) only_upgrades: bool,
    /// Whether Helm deletes it once it has run.
    pub(super) deleted_after: bool,
}

fn annotation<'m>(manifest: &'m Value, name: &str) -> Option<&'m str> {
    manifest.pointer("/metadata/annotations")?.get(name)?.as_str()
}

impl Hook {
    /// The hook that an object is; none for all others.
    pub(super) fn of(manifest: &Value) -> Option<Self> {
        let events: Vec<_> = annotation(manifest, "helm.sh/hook")?.split(',').map(str::trim).collect();
        let any = |names: &[&str]| events.iter().any(|event| names.contains(event));
        let turn = if any(&["pre-install", "pre-upgrade"]) {
            Turn::Before
        } else if any(&["post-install", "post-upgrade"]) {
            Turn::After
        } else if any(&["test", "test-success", "test-failure"]) {
            Turn::Never(Never::Test)
        } else if any(&["pre-delete", "post-delete"]) {
            Turn::Never(Never::Deletion)
        } else if any(&["pre-rollback", "post-rollback"]) {
            Turn::Never(Never::Rollback)
        } else {
            Turn::Never(Never::Unknown)
        };
        let weight =
            annotation(manifest, "helm.sh/hook-weight").and_then(|weight| weight.trim().parse().ok());
        let policies = annotation(manifest, "helm.sh/hook-delete-policy").unwrap_or_default();
        Some(Self {
            turn,
            weight: weight.unwrap_or(0),
            only_upgrades: !any(&["pre-install", "post-install"]),
            deleted_after: policies.split(',').any(|policy| policy.trim() == "hook-succeeded"),
        })
    }

    /// Its place among the hooks of its turn: what has the same may go at once, and waits for what is before it.
    pub(super) fn place(&self, group: &str, kind: &str) -> (i64, Rank) {
        (self.weight, Rank::of(group, kind))
    }
}

/// Whether Helm leaves an object in the cluster when its release goes.
pub(super) fn is_kept(manifest: &Value) -> bool {
    annotation(manifest, "helm.sh/resource-policy").is_some_and(|policy| policy.trim() == "keep")
}

/// Takes the time to live of a job that is a hook away. The job that has ended is the record that it ran: once it is gone,
/// the next plan would run it again. Answers whether there was one.
pub(super) fn keep_record(manifest: &mut Value) -> bool {
    let is_job = manifest.get("kind").is_some_and(|kind| kind == "Job");
    let spec = manifest.get_mut("spec").and_then(Value::as_object_mut).filter(|_| is_job);
    spec.and_then(|spec| spec.remove("ttlSecondsAfterFinished")).is_some()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn hook(events: &str) -> Option<Hook> {
        Hook::of(&json!({"metadata": {"annotations": {"helm.sh/hook": events}}}))
    }

    #[test]
    fn events_decide_the_turn() {
        let never = Turn::Never;
        for (events, turn, only_upgrades) in [
            ("pre-install", Turn::Before, false),
            ("pre-upgrade, pre-rollback", Turn::Before, true),
            ("post-install,post-upgrade", Turn::After, false),
            ("post-upgrade", Turn::After, true),
            ("pre-install,post-install", Turn::Before, false),
            ("post-delete,post-install", Turn::After, false),
            ("test", never(Never::Test), true),
            ("test-failure", never(Never::Test), true),
            ("pre-delete", never(Never::Deletion), true),
            ("post-rollback", never(Never::Rollback), true),
            ("crd-install", never(Never::Unknown), true),
        ] {
            let found = hook(events).unwrap();
            assert_eq!((found.turn, found.only_upgrades), (turn, only_upgrades), "{events}");
        }
        assert_eq!(Hook::of(&json!({"metadata": {"annotations": {"a": "b"}}})), None);
    }

    #[test]
    fn lower_weights_come_first_and_then_kinds() {
        let weighed = |weight: &str| {
            let manifest = json!({"metadata": {"annotations": {"helm.sh/hook": "pre-install", "helm.sh/hook-weight": weight}}});
            Hook::of(&manifest).unwrap()
        };
        assert!(weighed("-5").place("batch", "Job") < weighed("1").place("", "ServiceAccount"));
        assert!(weighed("1").place("", "ServiceAccount") < weighed("1").place("batch", "Job"));
        assert_eq!(weighed("x").weight, 0);
    }

    #[test]
    fn a_job_that_ran_is_not_to_vanish() {
        let mut job = json!({"kind": "Job", "spec": {"ttlSecondsAfterFinished": 0, "template": {}}});
        assert!(keep_record(&mut job) && !keep_record(&mut job));
        assert_eq!(job, json!({"kind": "Job", "spec": {"template": {}}}));
    }
}

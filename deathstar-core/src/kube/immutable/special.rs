//! Fields that are fixed under a condition.

use super::{Change, Verdict};
use crate::kube::object::encode_base64;
use crate::kube::quantity;
use crate::kube::view::View;
use crate::model::KubernetesVersion;
use serde_json::Value;
use std::collections::BTreeSet;

/// The first minor on which a volume's attributes class may change (feature gate `VolumeAttributesClass`).
const ATTRIBUTES_CLASS: KubernetesVersion = KubernetesVersion::new(34);

/// The first minor on which a service range takes a second family.
const SECOND_RANGE: KubernetesVersion = KubernetesVersion::new(34);

fn replace(path: &str) -> Verdict {
    Verdict::Replace(vec![path.into()])
}

fn fixed(change: &Change<'_>, paths: &[&str]) -> Verdict {
    let paths: Vec<String> =
        paths.iter().filter(|path| change.changes(path)).map(|path| (*path).into()).collect();
    if paths.is_empty() { Verdict::Update } else { Verdict::Replace(paths) }
}

/// Of a `ConfigMap` or Secret that is immutable, all contents and the mark itself; `stringData` is written into `data`.
pub(super) fn sealed(change: &Change<'_>) -> Verdict {
    if !View(change.live).flag("/immutable") {
        return Verdict::Update;
    }
    let opened =
        View(change.declared).at("/immutable") == Some(&Value::Bool(false)) || change.changes("/immutable");
    let mut paths: Vec<String> = opened.then(|| "/immutable".to_owned()).into_iter().collect();
    for contents in ["/data", "/binaryData"] {
        // Here a key that is not declared is one that is taken away, if it was ours.
        paths.extend(change.children(contents, &[]));
    }
    paths.extend(View(change.declared).entries("/stringData").filter_map(|(key, text)| {
        let written = View(change.live).at("/data").and_then(|data| data.get(key)).and_then(Value::as_str);
        let same = written == Some(encode_base64(text.0.as_str().unwrap_or_default()).as_str());
        (!same).then(|| format!("/stringData/{key}"))
    }));
    if paths.is_empty() { Verdict::Update } else { Verdict::Replace(paths) }
}

/// A claim grows and never shrinks; other amounts are fixed. One that is not bound cannot grow either.
pub(super) fn claim_size(change: &Change<'_>) -> Verdict {
    const STORAGE: &str = "/spec/resources/requests/storage";
    let amount = |object: &Value| View(object).text(STORAGE).and_then(quantity::parse);
    let (live, declared) = (amount(change.live), amount(change.declared));
    if let (Some(live), Some(declared)) = (live, declared)
        && (declared < live || (declared > live && is_unbound(change)))
    {
        return replace(STORAGE);
    }
    let mut paths = change.children("/spec/resources", &["requests"]);
    paths.extend(change.children("/spec/resources/requests", &["storage"]));
    if paths.is_empty() { Verdict::Update } else { Verdict::Replace(paths) }
}

/// Whether a claim is known to have no volume yet. Of one whose status is not known, nothing is replaced for that.
fn is_unbound(change: &Change<'_>) -> bool {
    View(change.live).text("/status/phase").is_some_and(|phase| phase != "Bound")
}

/// The class of a volume's attributes: from 1.34 it may change, of a claim when bound; it never goes away again.
pub(super) fn attributes_class(change: &Change<'_>) -> Verdict {
    const CLASS: &str = "/spec/volumeAttributesClassName";
    let (live, declared) = (View(change.live), View(change.declared));
    if change.server < ATTRIBUTES_CLASS || (live.kind() == "PersistentVolumeClaim" && is_unbound(change)) {
        return fixed(change, &[CLASS]);
    }
    let taken_away =
        declared.word(CLASS).is_empty() && (declared.at(CLASS).is_some() || change.was_declared(CLASS));
    if change.is_set(CLASS) && taken_away {
        return Verdict::Refuse {
            path: CLASS.into(),
            why: "a volume keeps a class of attributes once it has one: name another class".into(),
        };
    }
    Verdict::Update
}

/// Of the containers of a pod only images change.
pub(super) fn containers(change: &Change<'_>) -> Verdict {
    let mut paths = Vec::new();
    for list in ["/spec/initContainers", "/spec/containers"] {
        let count = |object: &Value| View(object).list(list).count();
        let declared = count(change.declared);
        if declared == 0 && !change.was_declared(list) {
            continue;
        }
        if declared != count(change.live) {
            paths.push(list.into());
            continue;
        }
        paths.extend((0..declared).flat_map(|index| change.children(&format!("{list}/{index}"), &["image"])));
    }
    if paths.is_empty() { Verdict::Update } else { Verdict::Replace(paths) }
}

/// Tolerations are added and never taken away.
pub(super) fn tolerations(change: &Change<'_>) -> Verdict {
    const LIST: &str = "/spec/tolerations";
    let declared: Vec<&Value> = View(change.declared).list(LIST).map(|item| item.0).collect();
    let applied = change.applied.into_iter().flat_map(|applied| View(applied).list(LIST)).map(|item| item.0);
    let gone = applied.into_iter().any(|was| !declared.contains(&was));
    if gone { replace(LIST) } else { Verdict::Update }
}

/// A deadline may be set, and brought forward.
pub(super) fn deadline(change: &Change<'_>) -> Verdict {
    const DEADLINE: &str = "/spec/activeDeadlineSeconds";
    match (View(change.live).number(DEADLINE), View(change.declared).number(DEADLINE)) {
        (Some(live), Some(declared)) if declared > live => replace(DEADLINE),
        (Some(_), None) if change.was_declared(DEADLINE) => replace(DEADLINE),
        _ => Verdict::Update,
    }
}

/// The scopes of a quota, whatever their order.
pub(super) fn scopes(change: &Change<'_>) -> Verdict {
    const SCOPES: &str = "/spec/scopes";
    let scopes = |object| View(object).words(SCOPES).collect::<BTreeSet<&str>>();
    let stated = View(change.declared).at(SCOPES).is_some() || change.was_declared(SCOPES);
    if stated && scopes(change.live) != scopes(change.declared) { replace(SCOPES) } else { Verdict::Update }
}

/// Addresses and families of a service are fixed, apart from the second one, which comes and goes; so is the class of a
/// load balancer. Nothing is fixed on the way to or from `ExternalName`. What is no longer declared the server keeps.
pub(super) fn service(change: &Change<'_>) -> Verdict {
    let (live, declared) = (View(change.live), View(change.declared));
    let before = live.text("/spec/type").unwrap_or("ClusterIP");
    let after = declared.text("/spec/type").unwrap_or(before);
    if before == "ExternalName" || after == "ExternalName" {
        return Verdict::Update;
    }
    let kept = Change { applied: None, ..*change };
    let mut paths = vec!["/spec/clusterIP", "/spec/clusterIPs/0"];
    if live.word("/spec/clusterIP") != "None" {
        paths.push("/spec/ipFamilies/0");
        if live.list("/spec/clusterIPs").count() == declared.list("/spec/clusterIPs").count() {
            paths.push("/spec/clusterIPs/1");
        }
        if live.list("/spec/ipFamilies").count() == declared.list("/spec/ipFamilies").count() {
            paths.push("/spec/ipFamilies/1");
        }
    }
    let both_balance = before == "LoadBalancer" && after == "LoadBalancer";
    if both_balance && declared.word("/spec/externalTrafficPolicy") != "Cluster" {
        let local = live.word("/spec/externalTrafficPolicy") == "Local";
        paths.extend(local.then_some("/spec/healthCheckNodePort"));
    }
    let class = both_balance && change.changes("/spec/loadBalancerClass");
    match (fixed(&kept, &paths), class) {
        (verdict, false) => verdict,
        (Verdict::Replace(paths), true) => {
            Verdict::Replace(paths.into_iter().chain(["/spec/loadBalancerClass".into()]).collect())
        }
        (_, true) => replace("/spec/loadBalancerClass"),
    }
}

/// The number of completions is fixed but for an indexed job, in which it changes together with the parallelism.
pub(super) fn completions(change: &Change<'_>) -> Verdict {
    const COMPLETIONS: &str = "/spec/completions";
    if !change.changes(COMPLETIONS) {
        return Verdict::Update;
    }
    let indexed = View(change.live).word("/spec/completionMode") == "Indexed";
    let declared = View(change.declared);
    let together = declared.number(COMPLETIONS) == declared.number("/spec/parallelism");
    if indexed && together && declared.at(COMPLETIONS).is_some() {
        Verdict::Update
    } else {
        replace(COMPLETIONS)
    }
}

/// The pods of a job are fixed; of one that is suspended and has not started, where they run is not.
pub(super) fn job_template(change: &Change<'_>) -> Verdict {
    const TEMPLATE: &str = "/spec/template";
    let live = View(change.live);
    let movable = live.flag("/spec/suspend") && live.at("/status/startTime").is_none();
    if !movable {
        return fixed(change, &[TEMPLATE]);
    }
    let mut paths = change
        .children("/spec/template/spec", &["affinity", "nodeSelector", "schedulingGates", "tolerations"]);
    paths.extend(change.children("/spec/template/spec/affinity", &["nodeAffinity"]));
    if paths.is_empty() { Verdict::Update } else { Verdict::Replace(paths) }
}

/// A second range may be added (from 1.34); those that are there stay.
pub(super) fn service_ranges(change: &Change<'_>) -> Verdict {
    const RANGES: &str = "/spec/cidrs";
    let ranges = |object| View(object).words(RANGES).collect::<Vec<&str>>();
    let (live, declared) = (ranges(change.live), ranges(change.declared));
    let grows = live.len() == 1 && declared.len() == 2 && declared.starts_with(&live);
    if grows && change.server >= SECOND_RANGE { Verdict::Update } else { fixed(change, &[RANGES]) }
}

/// A version in which objects may be stored cannot leave a definition.
pub(super) fn stored_versions(change: &Change<'_>) -> Verdict {
    const VERSIONS: &str = "/spec/versions";
    let declared = View(change.declared);
    if declared.at(VERSIONS).is_none() {
        return Verdict::Update;
    }
    let stays = |version: &&str| declared.list(VERSIONS).any(|kept| kept.word("/name") == *version);
    match View(change.live).words("/status/storedVersions").find(|version| !stays(version)) {
        None => Verdict::Update,
        Some(version) => Verdict::Refuse {
            path: VERSIONS.into(),
            why: format!(
                "objects may still be stored as `{version}`: keep it with `served: false`, migrate what is stored, and take \
                 it out of `status.storedVersions` before it goes"
            ),
        },
    }
}

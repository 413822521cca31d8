//! The check of custom resources on the definitions that projects ship.
//!
//! They show which keywords are in use, and how they are combined. They do not show that a server agrees.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test fails by panic")]
#![allow(missing_docs, unreachable_pub, reason = "a test has no users")]

#[cfg(feature = "testing")]
mod agreement;
mod breaking;
mod corpus;
mod generate;
mod planned;
mod samples;

use breaking::breaks;
use corpus::Definition;
use deathstar_core::kube::schema::{Checked, Schemas};
use generate::Generator;
use proptest::prelude::*;
use serde_json::Value;

fn texts(checked: &Checked) -> Vec<String> {
    checked.findings.iter().map(ToString::to_string).collect()
}

#[test]
fn every_definition_is_read_and_every_version_that_it_serves() {
    let Some(definitions) = corpus::all() else { return };
    let mut versions = 0;
    for Definition { file, value } in definitions {
        let schemas = Schemas::of(value).unwrap_or_else(|wrong| panic!("{file}: {wrong}"));
        let served = value["spec"]["versions"].as_array().unwrap().iter();
        let served: Vec<_> = served
            .filter(|version| version["served"] == true)
            .map(|version| version["name"].as_str().unwrap())
            .collect();
        assert_eq!(schemas.versions().collect::<Vec<_>>(), served, "{file}");
        versions += served.len();
    }
    assert!(definitions.len() >= 118 && versions > definitions.len(), "{} {versions}", definitions.len());
}

/// The patterns of a schema.
fn patterns<'v>(value: &'v Value, found: &mut std::collections::BTreeSet<&'v str>) {
    match value {
        Value::Object(members) => {
            found.extend(members.get("pattern").and_then(Value::as_str));
            members.values().for_each(|value| patterns(value, found));
        }
        Value::Array(items) => items.iter().for_each(|value| patterns(value, found)),
        _ => {}
    }
}

#[test]
fn every_pattern_of_theirs_can_be_read() {
    let Some(definitions) = corpus::all() else { return };
    let mut found = std::collections::BTreeSet::new();
    for definition in definitions {
        patterns(&definition.value, &mut found);
    }
    assert!(found.len() > 60, "{}", found.len());
    for pattern in found {
        let schema = serde_json::json!({ "type": "string", "pattern": pattern });
        let checked =
            Schemas::of(&corpus::definition_of(&schema)).unwrap().check(&corpus::object_of(&"x".into()));
        assert_eq!(checked.unchecked, [], "{pattern}");
    }
}

#[test]
fn a_right_resource_of_each_project_passes_and_a_wrong_one_is_told_where_and_why() {
    for sample in samples::all() {
        let Some(definition) = corpus::one(sample.file) else { return };
        let schemas = Schemas::of(&definition.value).unwrap();
        assert!(schemas.describes(&sample.right), "{}", sample.file);
        assert_eq!(texts(&schemas.check(&sample.right)), [""; 0], "{}", sample.file);
        assert_eq!(texts(&schemas.check(&sample.wrong())), sample.said, "{}", sample.file);
    }
}

/// Definitions with many keywords, small enough to be read often.
const DENSE: [&str; 6] = [
    "cert-manager/cert-manager.io_certificates.yaml",
    "flux-source/source.toolkit.fluxcd.io_gitrepositories.yaml",
    "gateway-api/gateway.networking.k8s.io_gateways.yaml",
    "karpenter/karpenter.sh_nodepools.yaml",
    "traefik/traefik.io_middlewares.yaml",
    "velero/velero.io_schedules.yaml",
];

fn dense() -> Option<Vec<(Value, Schemas)>> {
    let read = |file: &&str| {
        let definition = corpus::one(file)?.value;
        let schemas = Schemas::of(&definition).unwrap();
        Some((definition, schemas))
    };
    DENSE.iter().map(read).collect()
}

#[test]
fn what_a_schema_generates_passes() {
    let Some(dense) = dense() else { return };
    proptest!(ProptestConfig::with_cases(192), |(which in 0..DENSE.len(), seed in any::<u64>())| {
        let (definition, schemas) = &dense[which];
        let object = Generator::seeded(seed).composed(false).object(definition, 0);
        prop_assert_eq!(texts(&schemas.check(&object)), Vec::<String>::new(), "{}", object);
    });
}

#[test]
fn any_break_of_it_is_found_at_its_place() {
    let Some(dense) = dense() else { return };
    proptest!(ProptestConfig::with_cases(192), |(which in 0..DENSE.len(), seed in any::<u64>())| {
        let (definition, schemas) = &dense[which];
        let mut generator = Generator::seeded(seed).composed(false);
        let object = generator.object(definition, 0);
        let breaks = breaks(definition, 0, &object);
        let one = &breaks[generator.below(breaks.len())];
        let broken = one.applied(&object);
        let checked = schemas.check(&broken);
        prop_assert!(
            checked.findings.iter().any(|finding| finding.path == one.path),
            "{:?} in {}: {:?}", one, broken, checked.findings
        );
    });
}

//! What a suite of tests runs against, told from its name.

use crate::cargo_test::{Suite, SuiteKind};

/// The first word of an integration test's file name, and what such tests run against.
const BY_FIRST_WORD: [(&str, &str); 8] = [
    ("arm", "our server of Azure Resource Manager"),
    ("memory", "the in-memory cloud"),
    ("conformance", "broken and whole drivers"),
    ("crash", "killed processes"),
    ("power", "a disk that forgets"),
    ("compile", "rustc"),
    ("cli", "the built program"),
    ("authorization", "AWS's tables of actions"),
];

/// What the tests of this suite run against.
pub(crate) fn of(suite: &Suite, moto: &str, kubernetes: &str, helm: &str) -> String {
    match suite.kind {
        SuiteKind::Unit => "in process".to_owned(),
        SuiteKind::Documentation => "rustdoc".to_owned(),
        SuiteKind::Integration => {
            let first = suite.name.split('_').next().unwrap_or_default();
            if first == "moto" {
                return format!("{moto} over HTTP");
            }
            if first == "kubernetes" {
                return kubernetes.to_owned();
            }
            if first == "helm" {
                return helm.to_owned();
            }
            let known = BY_FIRST_WORD.iter().find(|(word, _)| *word == first);
            known.map_or("in process", |(_, against)| against).to_owned()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::of;
    use crate::cargo_test::Transcript;

    #[test]
    fn the_first_word_of_the_file_decides() {
        let against = |heading: &str| {
            let mut transcript = Transcript::default();
            transcript.read(heading);
            of(&transcript.finish(true)[0], "moto 1.2", "Kubernetes 1.3", "Helm 1.4")
        };
        assert_eq!(against("Running tests/moto_network.rs (deps/moto_network-0)"), "moto 1.2 over HTTP");
        assert_eq!(against("Running tests/kubernetes/main.rs (deps/kubernetes-0)"), "Kubernetes 1.3");
        let schemas = "Running tests/kubernetes_schemas/main.rs (deps/kubernetes_schemas-0)";
        assert_eq!(against(schemas), "Kubernetes 1.3");
        assert_eq!(against("Running tests/helm_charts/main.rs (deps/helm_charts-0)"), "Helm 1.4");
        assert_eq!(against("Running tests/crash_windows.rs (deps/crash_windows-0)"), "killed processes");
        assert_eq!(against("Running tests/motor.rs (deps/motor-0)"), "in process");
        assert_eq!(against("Running unittests src/lib.rs (deps/moto-0)"), "in process");
        assert_eq!(against("Doc-tests moto"), "rustdoc");
    }
}

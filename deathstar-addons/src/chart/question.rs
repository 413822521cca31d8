//! The rendering with all values known, as a fact: it has to be what was planned.

use super::{
    ChartSource, Helm,
    compare::without,
    document::{Document, documents},
    files,
    request::Request,
    served,
};
use deathstar_core::{
    Catalogue, Connect, Connection, Error, Fact, Input, Key, Provider, Result, driver::Ask, kind::Answered,
    kube::ObjectId, model::KubernetesVersion,
};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

/// This machine, as the one who renders charts.
#[derive(Clone, Copy, Debug)]
pub struct Renderer;

/// The connection to [`Renderer`]: there is nothing to say about it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Here {}

impl Provider for Renderer {
    const NAME: &'static str = "helm";
    type Config = Here;
}

impl Connection for Here {
    type Provider = Renderer;

    fn place(&self) -> Key {
        Key::of("helm")
    }
}

/// Values by object and JSON pointer.
type Places<V> = BTreeMap<String, BTreeMap<String, V>>;

/// Whether a chart, rendered with the values that are known by now, is what was planned; and what is made of these values.
///
/// It is asked before any object of a chart is touched whose values were not all known when it was declared. The set of objects, and
/// everything in them that does not depend on such a value, has to be what was planned, else the chart's steps are refused.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ChartRendering {
    pub(super) source: ChartSource,
    pub(super) digest: String,
    pub(super) release: String,
    pub(super) namespace: String,
    pub(super) kubernetes: KubernetesVersion,
    /// What the cluster serves beside what its version has.
    pub(super) serves: BTreeSet<String>,
    pub(super) definitions: bool,
    /// All values; something else stands in for those that are not to be shown.
    pub(super) values: Value,
    /// The digests of all planned objects, without the places that are not compared.
    pub(super) objects: BTreeMap<String, String>,
    /// Places that are not compared: what is made of values, and what is somebody else's business.
    pub(super) apart: BTreeMap<String, BTreeSet<String>>,
    /// Places that hold values as they are, and what is planned there.
    pub(super) planned: Places<Input<Value>>,
    /// Places that only the rendering tells.
    pub(super) told: BTreeMap<String, BTreeSet<String>>,
}

/// The digests of objects, without some of their places; and without the values of a `Secret`, of which not even a digest is kept.
pub(super) fn digests(
    documents: &[Document],
    apart: &BTreeMap<String, BTreeSet<String>>,
) -> BTreeMap<String, String> {
    let digest = |document: &Document| {
        let id = document.id.to_string();
        let places = apart.get(&id).into_iter().flatten().map(String::as_str);
        let mut rest = without(&document.manifest, places.clone());
        if places.clone().any(str::is_empty) {
            rest = Value::Null;
        }
        if document.id.kind == "Secret" && document.id.group.is_empty() {
            for field in ["data", "stringData"] {
                let values = rest.get_mut(field).and_then(Value::as_object_mut).into_iter().flatten();
                values.for_each(|(_, value)| *value = Value::Null);
            }
        }
        (id, files::digest(rest.to_string().as_bytes()))
    };
    documents.iter().map(digest).collect()
}

impl ChartRendering {
    /// What is asked of Helm.
    pub(super) fn request(&self, path: std::path::PathBuf) -> Request {
        let mut apis = served::served_by(self.kubernetes);
        apis.extend(self.serves.iter().cloned());
        Request {
            path,
            digest: self.digest.clone(),
            release: self.release.clone(),
            namespace: self.namespace.clone(),
            kubernetes: self.kubernetes,
            apis: apis.into_iter().collect(),
            definitions: self.definitions,
            values: self.values.to_string(),
        }
    }

    /// Renders, and compares with the plan.
    pub(super) fn answer(&self, helm: &Helm) -> Answered<Places<Value>> {
        let located = match self.source.locate(helm) {
            Ok(located) => located,
            Err(finding) => return Answered::No(finding.to_string()),
        };
        let name = self.source.name();
        if located.digest != self.digest {
            return Answered::No(format!("the chart `{name}` has changed since it was planned: plan again"));
        }
        let printed = match helm.template(&self.request(located.path), 0) {
            Ok(printed) => printed,
            Err(finding) => {
                return Answered::No(format!(
                    "the chart `{name}` does not render with the values that are known now: {}",
                    finding.why
                ));
            }
        };
        let rendered = match documents(&printed.text) {
            Ok(rendered) => rendered,
            Err(findings) => {
                let all: Vec<_> = findings.into_iter().map(|finding| finding.why).collect();
                return Answered::No(all.join("; "));
            }
        };
        self.compare(&rendered)
    }

    fn compare(&self, rendered: &[Document]) -> Answered<Places<Value>> {
        let found = digests(rendered, &self.apart);
        let ids: BTreeSet<&String> = self.objects.keys().chain(found.keys()).collect();
        let other: Vec<_> = ids.into_iter().filter(|id| self.objects.get(*id) != found.get(*id)).collect();
        if !other.is_empty() {
            let what = other.iter().map(|id| match (self.objects.get(*id), found.get(*id)) {
                (Some(_), None) => format!("`{id}` is not there"),
                (None, _) => format!("`{id}` was not planned"),
                _ => format!("`{id}` differs"),
            });
            let what: Vec<_> = what.collect();
            return Answered::No(format!(
                "with the values that are known now, the chart of release `{}` renders something else than was planned: {}; \
                 set what decides it to values that are known while declaring",
                self.release,
                what.join(", ")
            ));
        }
        let at = |id: &str, pointer: &str| {
            let document = rendered.iter().find(|document| document.id.to_string() == id)?;
            Some(document.manifest.pointer(pointer).cloned().unwrap_or(Value::Null))
        };
        for (id, places) in &self.planned {
            for (pointer, planned) in places {
                let (Some(planned), Some(found)) = (planned.value(), at(id, pointer)) else { continue };
                if !same(planned, &found) {
                    return Answered::No(format!(
                        "with the values that are known now, `{pointer}` of `{id}` is {found}, and {planned} was planned; \
                         let the rendering say it with `Chart::stand_in` for the value"
                    ));
                }
            }
        }
        let told = self.told.iter().map(|(id, places)| {
            let values =
                places.iter().map(|pointer| (pointer.clone(), at(id, pointer).unwrap_or(Value::Null)));
            (id.clone(), values.collect())
        });
        Answered::Yes(told.collect())
    }

    /// Values that are made up where there is no Helm.
    fn made_up(&self) -> Places<Value> {
        let value = |id: &str, pointer: &str| {
            let digest = files::digest(format!("{id}{pointer}{}", self.values).as_bytes());
            Value::from(format!("rendered-{}", digest.get(7..15).unwrap_or_default()))
        };
        let told = self.told.iter().map(|(id, places)| {
            let values = places.iter().map(|pointer| (pointer.clone(), value(id, pointer)));
            (id.clone(), values.collect())
        });
        told.collect()
    }
}

/// Whether two values are the same: a whole number has several forms.
fn same(one: &Value, other: &Value) -> bool {
    match (one, other) {
        (Value::Number(one), Value::Number(other)) => one == other || one.as_f64() == other.as_f64(),
        (one, other) => one == other,
    }
}

impl Fact for ChartRendering {
    type Provider = Renderer;
    type Answer = Places<Value>;
    const FAMILY: &'static str = "helm.rendering";

    fn simulate(&self) -> Self::Answer {
        self.made_up()
    }

    /// Charts in files are rendered where there is a `helm`; for all others, what only a rendering tells is made up.
    fn simulate_holding(&self) -> Answered<Self::Answer> {
        let in_files = matches!(self.source, ChartSource::Directory(_) | ChartSource::Archive(_));
        let helm = Helm::from_env("");
        if in_files && helm.check().is_ok() { self.answer(&helm) } else { Answered::Yes(self.simulate()) }
    }
}

impl Ask<ChartRendering> for Helm {
    async fn holds(&self, fact: &ChartRendering) -> Result<Answered<Places<Value>>> {
        let (helm, fact) = (self.clone(), fact.clone());
        let rendered = tokio::task::spawn_blocking(move || fact.answer(&helm)).await;
        rendered.map_err(|error| Error::internal("a rendering was cut off").because(error))
    }
}

impl Connect<Renderer> for Helm {
    type Client = Self;

    async fn connect(&self, _: &Here) -> Result<Self> {
        Ok(self.clone())
    }
}

/// What an engine needs to apply charts with values that are not known while declaring: it renders them again, with this Helm.
///
/// Join it with the catalogue of the cluster:
///
/// ```
/// # use deathstar_addons::chart::{self, Helm};
/// # use deathstar_core::{Backend, Cloud as _, kube::Access};
/// # fn backend(helm: &Helm, access: Access) -> Backend {
/// access.catalogue().merge(chart::kinds(helm)).backend()
/// # }
/// ```
pub fn kinds(helm: &Helm) -> Catalogue {
    Catalogue::new().ask::<Helm, ChartRendering>().connect::<_, Renderer>(&Arc::new(helm.clone()))
}

/// The output of a fact that a place is told by.
pub(super) fn place(id: &ObjectId, pointer: &str) -> String {
    use super::values::escape;
    format!("/{}/{}", escape(&id.to_string()), escape(pointer))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn question(values: Value) -> ChartRendering {
        let told = BTreeMap::from([("ConfigMap/a".to_owned(), BTreeSet::from(["/data/sum".to_owned()]))]);
        ChartRendering {
            source: ChartSource::oci("oci://registry.example.com/web", "1.0.0"),
            digest: String::new(),
            release: "shop".into(),
            namespace: "shop".into(),
            kubernetes: KubernetesVersion::new(35),
            serves: BTreeSet::new(),
            definitions: true,
            values,
            objects: BTreeMap::new(),
            apart: BTreeMap::new(),
            planned: Places::new(),
            told,
        }
    }

    #[test]
    fn without_the_chart_what_a_rendering_tells_is_made_up_of_the_values() {
        let told = |values: Value| match question(values).simulate_holding() {
            Answered::Yes(answer) => answer["ConfigMap/a"]["/data/sum"].clone(),
            other => panic!("{other:?}"),
        };
        assert_eq!(told(json!({"a": 1})), told(json!({"a": 1})));
        assert_ne!(told(json!({"a": 1})), told(json!({"a": 2})));
    }

    #[test]
    fn digests_are_of_what_is_compared_and_of_no_secret() {
        let printed = |token: &str, password: &str| {
            let text = format!(
                "---\n# Source: a.yaml\nkind: A\nmetadata: {{name: a}}\ntoken: {token}\n---\n# Source: b.yaml\napiVersion: v1\n\
                 kind: Secret\nmetadata: {{name: b}}\ndata: {{password: {password}}}\n"
            );
            documents(&text).unwrap()
        };
        let apart =
            |pointer: &str| BTreeMap::from([("A/a".to_owned(), BTreeSet::from([pointer.to_owned()]))]);
        let none = BTreeMap::new();
        assert_ne!(digests(&printed("x", "a"), &none), digests(&printed("y", "a"), &none));
        assert_eq!(
            digests(&printed("x", "a"), &apart("/token")),
            digests(&printed("y", "a"), &apart("/token"))
        );
        assert_eq!(digests(&printed("x", "a"), &apart("")), digests(&printed("y", "a"), &apart("")));
        assert_eq!(digests(&printed("x", "a"), &none), digests(&printed("x", "b"), &none));
    }

    #[test]
    fn a_whole_number_has_several_forms() {
        assert!(same(&json!(8), &json!(8.0)) && !same(&json!(8), &json!("8")) && !same(&json!(8), &json!(9)));
    }

    #[test]
    fn a_place_is_a_pointer_into_the_answer() {
        let id: ObjectId = "Deployment.apps/shop/web".parse().unwrap();
        let pointer = "/metadata/annotations/a~1b";
        let answer = json!({id.to_string(): {pointer: "x"}});
        assert_eq!(answer.pointer(&place(&id, pointer)), Some(&json!("x")));
    }
}

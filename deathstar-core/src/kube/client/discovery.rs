//! Which kinds a cluster serves, and where.

use super::{Ask, Client, encode};
use crate::{Error, Meaning, Result, kube::ObjectId};
use serde_json::Value;
use std::{collections::BTreeMap, sync::Arc};

/// The answer for all groups at once: two calls in place of one for each version of each group.
const AGGREGATED: &str =
    "application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList,application/json";

/// All kinds that a cluster serves, by group and kind, each with its versions; the preferred one first.
#[derive(Debug, Default)]
pub(super) struct Discovery {
    kinds: BTreeMap<(String, String), Vec<Served>>,
}

/// One kind in one version.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Served {
    pub(super) group: String,
    pub(super) version: String,
    pub(super) kind: String,
    pub(super) plural: String,
    pub(super) namespaced: bool,
    pub(super) listed: bool,
}

impl Discovery {
    /// A kind in a version; in the preferred one where none is asked for.
    pub(super) fn served(&self, group: &str, kind: &str, version: Option<&str>) -> Option<&Served> {
        let versions = self.kinds.get(&(group.to_owned(), kind.to_owned()))?;
        match version {
            Some(version) => versions.iter().find(|one| one.version == version),
            None => versions.first(),
        }
    }

    /// All kinds that can be listed, in their preferred versions.
    pub(super) fn listed(&self) -> impl Iterator<Item = &Served> {
        self.kinds.values().filter_map(|versions| versions.first()).filter(|one| one.listed)
    }

    fn read(&mut self, answer: &Value) {
        for group in array(answer, "items") {
            let name = group.pointer("/metadata/name").and_then(Value::as_str).unwrap_or_default();
            for version in array(group, "versions") {
                for resource in array(version, "resources") {
                    self.add(name, text(version, "version"), resource);
                }
            }
        }
    }

    fn add(&mut self, group: &str, version: &str, resource: &Value) {
        let kind = resource.pointer("/responseKind/kind").and_then(Value::as_str).unwrap_or_default();
        let served = Served {
            group: group.into(),
            version: version.into(),
            kind: kind.into(),
            plural: text(resource, "resource").into(),
            namespaced: text(resource, "scope") == "Namespaced",
            listed: array(resource, "verbs").any(|verb| verb == "list"),
        };
        let versions = self.kinds.entry((group.to_owned(), kind.to_owned())).or_default();
        if !versions.iter().any(|other| other.version == served.version) {
            versions.push(served);
        }
    }
}

fn text<'v>(value: &'v Value, field: &str) -> &'v str {
    value.get(field).and_then(Value::as_str).unwrap_or_default()
}

fn array<'v>(value: &'v Value, field: &str) -> impl Iterator<Item = &'v Value> {
    value.get(field).and_then(Value::as_array).into_iter().flatten()
}

impl Served {
    pub(super) fn api_version(&self) -> String {
        if self.group.is_empty() { self.version.clone() } else { format!("{}/{}", self.group, self.version) }
    }

    /// What people and permissions call it: `deployments.apps`.
    pub(super) fn resource(&self) -> String {
        if self.group.is_empty() { self.plural.clone() } else { format!("{}.{}", self.plural, self.group) }
    }

    /// Where its objects are: all of them, or those of a namespace.
    pub(super) fn path(&self, namespace: Option<&str>) -> String {
        let root = if self.group.is_empty() { "/api" } else { "/apis" };
        match namespace.filter(|_| self.namespaced) {
            Some(namespace) => {
                format!("{root}/{}/namespaces/{}/{}", self.api_version(), encode(namespace), self.plural)
            }
            None => format!("{root}/{}/{}", self.api_version(), self.plural),
        }
    }

    /// Where one object is.
    ///
    /// # Errors
    /// When it names a namespace and has none, or the reverse.
    pub(super) fn path_of(&self, id: &ObjectId) -> Result<String> {
        if self.namespaced == id.namespace.is_some() {
            return Ok(format!("{}/{}", self.path(id.namespace.as_deref()), encode(&id.name)));
        }
        let (text, hint) = if self.namespaced {
            (
                format!("a {} stands in a namespace, and {id} names none", self.kind),
                "say which with `Object::within`",
            )
        } else {
            (
                format!("a {} stands in no namespace, and {id} names one", self.kind),
                "declare it without a namespace",
            )
        };
        Err(Error::new(Meaning::Invalid, text).hint(hint))
    }
}

impl Client {
    /// What the cluster serves, as far as it was asked.
    pub(super) async fn discovery(&self) -> Result<Arc<Discovery>> {
        let mut known = self.discovery.lock().await;
        if let Some(known) = &*known {
            return Ok(Arc::clone(known));
        }
        let fresh = Arc::new(self.discover().await?);
        *known = Some(Arc::clone(&fresh));
        Ok(fresh)
    }

    /// What the cluster serves now.
    pub(super) async fn rediscover(&self) -> Result<Arc<Discovery>> {
        let mut known = self.discovery.lock().await;
        let fresh = Arc::new(self.discover().await?);
        *known = Some(Arc::clone(&fresh));
        Ok(fresh)
    }

    async fn discover(&self) -> Result<Discovery> {
        let mut found = Discovery::default();
        for path in ["/api", "/apis"] {
            let mut ask = Ask::read("discover the kinds", path);
            ask.accept = AGGREGATED;
            let answer = self.ask(&ask).await?;
            if answer.get("kind").and_then(Value::as_str) != Some("APIGroupDiscoveryList") {
                let text = format!("the {} does not tell its kinds at once", self.called);
                return Err(Error::new(Meaning::Invalid, text).hint("it needs Kubernetes 1.30 or newer"));
            }
            found.read(&answer);
        }
        Ok(found)
    }

    /// A kind, asked for again when it is not known: it may have come since.
    pub(super) async fn served(
        &self,
        group: &str,
        kind: &str,
        version: Option<&str>,
    ) -> Result<Option<Served>> {
        let known = self.discovery().await?;
        if let Some(served) = known.served(group, kind, version) {
            return Ok(Some(served.clone()));
        }
        Ok(self.discovered_after(&known).await?.served(group, kind, version).cloned())
    }

    /// What the cluster serves now, where what is known turned out to be old.
    async fn discovered_after(&self, known: &Arc<Discovery>) -> Result<Arc<Discovery>> {
        let mut latest = self.discovery.lock().await;
        match &*latest {
            // Who waits for the lock profits from who had it.
            Some(latest) if !Arc::ptr_eq(latest, known) => Ok(Arc::clone(latest)),
            _ => {
                let fresh = Arc::new(self.discover().await?);
                *latest = Some(Arc::clone(&fresh));
                Ok(fresh)
            }
        }
    }

    /// Takes an answer that a kind's place is not there for what it means: nothing, when the kind that was known to be served
    /// is served no more.
    ///
    /// # Errors
    /// With [`Meaning::NotReady`] while the cluster says that it serves the kind: one of both answers is late.
    pub(super) async fn unless_gone<T>(
        &self,
        known: &Arc<Discovery>,
        served: &Served,
        answer: Result<T>,
    ) -> Result<Option<T>> {
        match answer {
            // What an object is not found by has a code; a place that is not there has none.
            Err(error) if *error.meaning() == Meaning::NotFound && error.api_code().is_none() => {
                let latest = self.discovered_after(known).await?;
                if latest.served(&served.group, &served.kind, Some(&served.version)).is_none() {
                    return Ok(None);
                }
                let text = format!("the {} serves {} and does not find it", self.called, served.resource());
                Err(Error::new(Meaning::NotReady, text).because(error))
            }
            answer => answer.map(Some),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn apps() -> Discovery {
        let resource = |scope: &str, kind: &str, plural: &str, verbs: &[&str]| json!({"resource": plural, "responseKind": {"kind": kind}, "scope": scope, "verbs": verbs});
        let of = |version: &str| json!({"version": version, "resources": [resource("Namespaced", "Deployment", "deployments", &["list"])]});
        let review = resource("Cluster", "Review", "reviews", &["create"]);
        let answer = json!({"items": [
            {"metadata": {"name": "apps"}, "versions": [of("v1"), of("v1beta1")]},
            {"metadata": {}, "versions": [{"version": "v1", "resources": [resource("Cluster", "Namespace", "namespaces", &["list"]), review]}]},
        ]});
        let mut found = Discovery::default();
        found.read(&answer);
        found
    }

    #[test]
    fn the_preferred_version_comes_first() {
        let found = apps();
        assert_eq!(found.served("apps", "Deployment", None).unwrap().version, "v1");
        assert_eq!(
            found.served("apps", "Deployment", Some("v1beta1")).unwrap().api_version(),
            "apps/v1beta1"
        );
        assert!(found.served("", "Deployment", None).is_none());
        assert_eq!(
            found.listed().map(Served::resource).collect::<Vec<_>>(),
            ["namespaces", "deployments.apps"]
        );
    }

    #[test]
    fn an_object_has_one_path() {
        let found = apps();
        let path = |id: &str| {
            let id: ObjectId = id.parse().unwrap();
            found.served(&id.group, &id.kind, None).unwrap().path_of(&id)
        };
        assert_eq!(
            path("Deployment.apps/shop/web").unwrap(),
            "/apis/apps/v1/namespaces/shop/deployments/web"
        );
        assert_eq!(path("Namespace/a b").unwrap(), "/api/v1/namespaces/a%20b");
        assert!(path("Deployment.apps/web").unwrap_err().message().contains("names none"));
        assert!(path("Namespace/shop/web").unwrap_err().message().contains("names one"));
    }
}

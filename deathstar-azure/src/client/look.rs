//! Looking: lists rather than single reads.

use super::{Call, Client};
use crate::{
    arm::{self, ArmId, ArmResource, ArmType, Document},
    error,
    id::ResourceId,
    permission, tags,
};
use azure_core::http::Method;
use deathstar_core::{Error, Found, Result};
use serde_json::Value;
use std::collections::BTreeMap;

/// An answered object: its full id, and its document.
pub(crate) type Shown = (ResourceId, Document);

impl Client {
    /// Shows the objects with these ids, of those that are there.
    pub(super) async fn show_ids<R: ArmResource>(&self, ids: &[R::Id], found: &mut Found) -> Result<()> {
        // By what they stand in; each by its id in one case, with the spelling that was asked for.
        let mut wanted: BTreeMap<String, (ResourceId, BTreeMap<String, ResourceId>)> = BTreeMap::new();
        for id in ids {
            let id = id.in_subscription(self.subscription());
            let Some(parent) = id.parent() else {
                return Err(Error::internal(format!("`{id}` is no id of a {}", R::FAMILY)));
            };
            let group = wanted
                .entry(parent.as_str().to_ascii_lowercase())
                .or_insert_with(|| (parent, BTreeMap::new()));
            group.1.insert(id.as_str().to_ascii_lowercase(), id);
        }
        for (parent, mut ids) in wanted.into_values() {
            // One of them is as cheap to read as the list, and surer.
            if ids.len() > 1 {
                let Some(listed) = self.list(&parent, R::TYPE, R::API_VERSION).await? else { continue };
                for (id, document) in listed {
                    if let Some(id) = ids.remove(&id.as_str().to_ascii_lowercase()) {
                        arm::show::<R>(&id, &document, found)?;
                    }
                }
            }
            // Lists are behind what they list: what is missing is looked at itself.
            for id in ids.into_values() {
                if let Some(document) = self.get(&id, R::TYPE, R::API_VERSION).await? {
                    arm::show::<R>(&id, &document, found)?;
                }
            }
        }
        Ok(())
    }

    /// Shows all objects of a kind with a tag; of a kind without tags, those in something that has it.
    pub(super) async fn show_tagged<R: ArmResource>(
        &self,
        tag: &str,
        value: &str,
        found: &mut Found,
    ) -> Result<()> {
        let has = |document: &Document| tags::seen(document).get(tag).is_some_and(|seen| seen == value);
        let tagged = R::IDENTITY.tagged();
        let (scopes, own) = match R::TYPE.parent() {
            None => (vec![ResourceId::of_subscription(self.subscription())], true),
            Some(parent) => {
                let all = self.list_all(parent, R::API_VERSION).await?;
                let of_ours = all.into_iter().filter(|(_, document)| tagged || has(document));
                (of_ours.map(|(id, _)| id).collect(), tagged)
            }
        };
        if !tagged && R::TYPE.parent().is_none() {
            return Ok(());
        }
        for scope in scopes {
            for (id, document) in self.list(&scope, R::TYPE, R::API_VERSION).await?.unwrap_or_default() {
                if !own || has(&document) {
                    arm::show::<R>(&id, &document, found)?;
                }
            }
        }
        Ok(())
    }

    /// All of a type in the subscription.
    async fn list_all(&self, of: ArmType, version: &str) -> Result<Vec<Shown>> {
        let mut scopes = vec![ResourceId::of_subscription(self.subscription())];
        if let Some(parent) = of.parent() {
            let parents = Box::pin(self.list_all(parent, version)).await?;
            scopes = parents.into_iter().map(|(id, _)| id).collect();
        }
        let mut all = vec![];
        for scope in scopes {
            all.extend(self.list(&scope, of, version).await?.unwrap_or_default());
        }
        Ok(all)
    }

    /// All of a type in something; none when that is not there.
    pub(crate) async fn list(
        &self,
        scope: &ResourceId,
        of: ArmType,
        version: &str,
    ) -> Result<Option<Vec<Shown>>> {
        self.list_by(scope, of, version, None).await
    }

    /// All of a type in something that a filter of the API lets through; none when that is not there.
    pub(crate) async fn list_by(
        &self,
        scope: &ResourceId,
        of: ArmType,
        version: &str,
        filter: Option<&str>,
    ) -> Result<Option<Vec<Shown>>> {
        let (path, action) = (scope.collection(of), permission::action(of, "read"));
        let mut call = Call::new(Method::Get, &path, version, action.as_str()).filter(filter);
        let mut all = vec![];
        loop {
            let answer = match self.send(call).await {
                Ok(answer) => answer,
                Err(error) if error::is_gone(&error) => return Ok(None),
                Err(error) => return Err(error),
            };
            let Value::Object(mut page) = answer.body else { return Err(incomplete(&path, "an object")) };
            let Some(Value::Array(items)) = page.remove("value") else {
                return Err(incomplete(&path, "`value`"));
            };
            for item in items {
                let Value::Object(document) = item else { return Err(incomplete(&path, "objects")) };
                let id = document.get("id").and_then(Value::as_str).map(|id| spelled(id, scope, of));
                all.push((id.ok_or_else(|| incomplete(&path, "`id`"))?, document));
            }
            match page.get("nextLink").and_then(Value::as_str).filter(|link| !link.is_empty()) {
                None => return Ok(Some(all)),
                Some(link) => {
                    let url = self.own_link(link).ok_or_else(|| {
                        let text = format!(
                            "the next page of `{path}` is at `{link}`, which is not of this endpoint"
                        );
                        Error::internal(text)
                    })?;
                    call = Call::link(url, version, action.as_str());
                }
            }
        }
    }

    /// The document of one object; none when it is not there.
    pub(crate) async fn get(&self, id: &ResourceId, of: ArmType, version: &str) -> Result<Option<Document>> {
        let call = Call::new(Method::Get, id.as_str(), version, permission::action(of, "read"));
        match self.send(call).await {
            Ok(answer) => match answer.body {
                Value::Object(document) => Ok(Some(document)),
                _ => Err(incomplete(id.as_str(), "an object")),
            },
            Err(error) if error::is_gone(&error) => Ok(None),
            Err(error) => Err(error),
        }
    }
}

/// An answered id in the spelling of what was asked: of the scope, and of the type.
fn spelled(id: &str, scope: &ResourceId, of: ArmType) -> ResourceId {
    let id = ResourceId::typed(id, of);
    let same =
        id.as_str().get(..scope.as_str().len()).is_some_and(|head| head.eq_ignore_ascii_case(scope.as_str()));
    let rest = id.as_str().get(scope.as_str().len()..).filter(|rest| same && rest.starts_with('/'));
    match rest {
        Some(rest) => ResourceId::new(format!("{scope}{rest}")),
        None => id,
    }
}

fn incomplete(path: &str, missing: &str) -> Error {
    Error::internal(format!("the answer to `{path}` has no {missing}"))
}

//! The one driver of all kinds.

use super::{Call, Client};
use crate::{
    arm::{self, ArmId, ArmResource, Document},
    permission,
    tags::TAGS,
};
use azure_core::http::Method;
use deathstar_core::{
    Cx, Driver, Error, Found, Made, Meaning, Op, Progress, Ready, Result, Seen, Tags, Want,
    driver::tags::{STACK, TOKEN},
};
use serde_json::{Value, json};

/// The version of the API of tags.
const TAGS_VERSION: &str = "2025-04-01";

impl<R: ArmResource> Driver<R> for Client {
    async fn find(&self, cx: &Cx, want: &Want<R::Id>, found: &mut Found) -> Result<()> {
        match want {
            Want::Ids(ids) => self.show_ids::<R>(ids, found).await,
            Want::All => self.show_tagged::<R>(STACK, &cx.stack, found).await,
            // What carries no tags carries no token.
            Want::Owned { .. } if !R::IDENTITY.tagged() => Ok(()),
            Want::Owned { token } => self.show_tagged::<R>(TOKEN, token, found).await,
        }
    }

    async fn create(&self, cx: &Cx, spec: &Ready<R>) -> Result<Made<R::Id>> {
        let id = arm::id::<R>(spec)
            .ok_or_else(|| Error::internal(format!("a {} has no id before it is made", R::FAMILY)))?;
        let mut document = Document::new();
        spec.write(&mut document)?;
        arm::place::<R>(&mut document, self.location());
        if !cx.tags.is_empty() {
            document.insert(TAGS.into(), json!(*cx.tags));
        }
        let op = self.put::<R>(&id, document, None).await?;
        Ok(Made { id, op })
    }

    async fn change(&self, _: &Cx, seen: &Seen<R>, to: &Ready<R>) -> Result<Option<Op>> {
        let id = seen.id.in_subscription(self.subscription());
        let Some(document) = self.get(&id, R::TYPE, R::API_VERSION).await? else {
            return Err(Error::new(Meaning::NotFound, format!("`{id}` is not there")));
        };
        let etag = document.get("etag").and_then(Value::as_str).map(str::to_owned);
        self.put::<R>(&seen.id, arm::changed(&**to, document)?, etag).await
    }

    async fn delete(&self, _: &Cx, seen: &Seen<R>) -> Result<Option<Op>> {
        let id = seen.id.in_subscription(self.subscription());
        let action = permission::action(seen.spec.type_of(), "delete");
        let call = Call::new(Method::Delete, id.as_str(), R::API_VERSION, action);
        let answer = self.send(call).await?;
        Ok(self.operation_of(&answer, R::API_VERSION))
    }

    async fn retag(&self, _: &Cx, seen: &Seen<R>, set: &Tags, unset: &[String]) -> Result<()> {
        let id = seen.id.in_subscription(self.subscription());
        // What somebody has changed meanwhile is not what is to be removed.
        let removed: Tags = unset.iter().filter_map(|key| seen.tags.get_key_value(key)).map(pair).collect();
        for (operation, tags) in [("Merge", set), ("Delete", &removed)] {
            if tags.is_empty() {
                continue;
            }
            let path = format!("{id}/providers/Microsoft.Resources/tags/default");
            let call = Call::new(Method::Patch, &path, TAGS_VERSION, "Microsoft.Resources/tags/write");
            let body = json!({"operation": operation, "properties": {"tags": tags}});
            self.send(call.body(body)).await?;
        }
        Ok(())
    }

    async fn poll(&self, op: &Op) -> Result<Progress> {
        self.ask_operation(op, &permission::action(R::TYPE, "read")).await
    }
}

fn pair((key, value): (&String, &String)) -> (String, String) {
    (key.clone(), value.clone())
}

impl Client {
    /// Writes a document.
    pub(super) async fn put<R: ArmResource>(
        &self,
        id: &R::Id,
        document: Document,
        etag: Option<String>,
    ) -> Result<Option<Op>> {
        let id = id.in_subscription(self.subscription());
        let call = Call::new(Method::Put, id.as_str(), R::API_VERSION, permission::action(R::TYPE, "write"));
        match self.send(call.body(document).if_match(etag)).await {
            Ok(answer) => Ok(self.operation_of(&answer, R::API_VERSION)),
            Err(error) => Err(self.registered(R::TYPE, error).await),
        }
    }
}

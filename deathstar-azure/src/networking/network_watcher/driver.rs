//! The look-up of a network watcher.

use super::NetworkWatcherLookup;
use crate::{
    Location,
    client::Client,
    id::{NetworkWatcherId, ResourceId},
    networking::API_VERSION,
};
use deathstar_core::{Answered, Ask, Result};
use serde_json::Value;

impl Ask<NetworkWatcherLookup> for Client {
    async fn holds(&self, fact: &NetworkWatcherLookup) -> Result<Answered<NetworkWatcherId>> {
        let location = fact.location.as_ref().unwrap_or_else(|| self.location());
        let subscription = ResourceId::of_subscription(self.subscription());
        let all = self.list(&subscription, NetworkWatcherId::TYPE, API_VERSION).await?.unwrap_or_default();
        let here = all.into_iter().find(|(_, document)| {
            let shown = document.get("location").and_then(Value::as_str);
            shown.is_some_and(|shown| Location::new(shown) == *location)
        });
        Ok(match here {
            Some((id, _)) => Answered::Yes(NetworkWatcherId::new(id.as_str())),
            None => Answered::Waiting(format!("`{location}` has no network watcher yet")),
        })
    }

    async fn over(&self, _: &NetworkWatcherLookup) -> Result<Answered<()>> {
        Ok(Answered::Yes(()))
    }
}

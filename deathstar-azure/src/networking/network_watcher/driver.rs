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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::client::scripted::{Server, answer};
    use serde_json::json;

    #[tokio::test]
    async fn the_watcher_of_the_location_is_found_and_waited_for() {
        let group =
            "/subscriptions/s/resourceGroups/NetworkWatcherRG/providers/Microsoft.Network/networkWatchers";
        let one = |name: &str, location: &str| json!({"id": format!("{group}/{name}"), "location": location});
        let all = json!({"value": [one("n", "northeurope"), one("w", "West Europe")]});
        let server = Server::with([answer(200, &all), answer(200, &json!({"value": []}))]);
        let client = server.client();
        let lookup = NetworkWatcherLookup::new().location("westeurope");
        let found = client.holds(&lookup).await.unwrap();
        assert_eq!(found, Answered::Yes(NetworkWatcherId::new(format!("{group}/w"))));
        assert!(matches!(client.holds(&lookup).await.unwrap(), Answered::Waiting(_)));
        assert!(server.lines()[0].ends_with("/providers/Microsoft.Network/networkWatchers"));
    }
}

//! How a stack reaches a cluster that it knows by endpoint, authority and tokens alone.

use std::sync::Mutex;
use std::time::Duration;

use deathstar_core::apply::Quiet;
use deathstar_core::kube::{Access, Cluster, TokenSource};
use deathstar_core::state::MemoryStore;
use deathstar_core::{Engine, Result, Sensitive, Stack};

use crate::bench::eventually;
use crate::world::{World, map};

/// Hands out the tokens in turn: the next one when the last was refused.
#[derive(Debug)]
struct Tokens(Mutex<Vec<String>>);

#[async_trait::async_trait]
impl TokenSource for Tokens {
    async fn token(&self, _: &Cluster) -> Result<Sensitive<String>> {
        Ok(Sensitive::new(self.0.lock().unwrap().last().cloned().unwrap_or_default()))
    }

    async fn refused(&self, _: &Cluster) {
        self.0.lock().unwrap().pop();
    }
}

/// One token for all calls.
pub fn token(token: &str) -> impl TokenSource {
    Tokens(Mutex::new(vec![token.to_owned()]))
}

async fn keeps_a_map_with(world: &World, tokens: Vec<String>) -> bool {
    let access = Access::with_tokens(Tokens(Mutex::new(tokens))).poll(Duration::from_millis(50));
    let engine = Engine::new(MemoryStore::new(), access);
    let cluster = Cluster::at("shop", world.control_plane.endpoint())
        .authority(world.control_plane.authority().unwrap());
    let mut stack = Stack::new(&world.namespace);
    let cluster = stack.on(cluster);
    stack.add(&cluster, "a", map("a", &[("key", "ours")]).within(&*world.namespace));
    let Ok(plan) = engine.plan(&stack).await else { return false };
    engine.apply(plan, Quiet).await.unwrap().is_success()
}

#[tokio::test]
async fn a_token_of_a_service_account_opens_the_cluster_and_a_refused_one_is_replaced() {
    let Some(world) = World::of("tokens").await else { return };
    let account = format!("--serviceaccount={}:default", world.namespace);
    world.kubectl(&["create", "rolebinding", "editor", "--clusterrole=edit", &account]);
    let token = world.kubectl(&["create", "token", "default"]).trim().to_owned();
    assert!(!keeps_a_map_with(&world, vec!["expired".into()]).await);
    assert!(keeps_a_map_with(&world, vec![token, "expired".into()]).await);
    assert_eq!(world.data("a")["key"], "ours");
}

#[tokio::test]
async fn the_controller_manager_signs_tokens_that_the_server_accepts() {
    let Some(world) = World::of("signed").await else { return };
    let account = format!("--serviceaccount={}:default", world.namespace);
    world.kubectl(&["create", "rolebinding", "editor", "--clusterrole=edit", &account]);
    let secret = serde_json::json!({
        "apiVersion": "v1",
        "kind": "Secret",
        "type": "kubernetes.io/service-account-token",
        "metadata": { "name": "token", "annotations": { "kubernetes.io/service-account.name": "default" } },
    });
    let file = crate::bench::file(&[secret]);
    world.kubectl(&["create", "--filename", &file.path().display().to_string()]);
    let token = || {
        world.kubectl(&[
            "get",
            "secret",
            "token",
            "--output=go-template={{with .data}}{{.token | base64decode}}{{end}}",
        ])
    };
    eventually("the token is signed", async || !token().is_empty()).await;
    assert!(keeps_a_map_with(&world, vec![token()]).await);
}

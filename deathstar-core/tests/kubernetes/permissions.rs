//! What objects say that they have to be allowed, with the server as the judge.

use std::collections::BTreeSet;
use std::time::Duration;

use deathstar_core::apply::Quiet;
use deathstar_core::kube::{Access, Cluster, Object};
use deathstar_core::state::MemoryStore;
use deathstar_core::{Engine, Error, PlanError, Stack};
use serde_json::Value;

use crate::access::token;
use crate::bench::{eventually, file};
use crate::samples::mixed_objects;
use crate::world::{World, map};

fn stack(world: &World, objects: impl IntoIterator<Item = (&'static str, Object)>) -> Stack {
    let cluster = Cluster::at("shop", world.control_plane.endpoint())
        .authority(world.control_plane.authority().unwrap());
    let mut stack = Stack::new(&world.namespace);
    let cluster = stack.on(cluster);
    for (at, object) in objects {
        stack.add(&cluster, at, object.within(&*world.namespace));
    }
    stack
}

/// Lets a service account of the world do what a role says, in the role's namespace.
async fn bind(world: &World, name: &str, role: &Value) {
    let mut role = role.clone();
    role["metadata"]["name"] = name.into();
    let namespace = role["metadata"]["namespace"].as_str().unwrap().to_owned();
    let manifest = file(&[role]);
    world.kubectl(&[
        "create",
        "--namespace",
        &namespace,
        "--filename",
        &manifest.path().display().to_string(),
    ]);
    let account = format!("--serviceaccount={}:{name}", world.namespace);
    let role = format!("--role={name}");
    world.kubectl(&["create", "rolebinding", name, "--namespace", &namespace, &role, &account]);
    let as_him = format!("--as=system:serviceaccount:{}:{name}", world.namespace);
    eventually("the role is bound", async || {
        let rules = world.ask_kubectl(&["auth", "can-i", "--list", "--namespace", &namespace, &as_him]);
        String::from_utf8_lossy(&rules.stdout).contains("configmaps")
    })
    .await;
}

/// An engine of a caller who may do what a role says, and nothing else.
async fn engine(world: &World, name: &str, role: &Value) -> Engine {
    world.kubectl(&["create", "serviceaccount", name]);
    bind(world, name, role).await;
    let token = token(world.kubectl(&["create", "token", name]).trim());
    let access = Access::with_tokens(token).poll(Duration::from_millis(50));
    Engine::new(MemoryStore::new(), access)
}

/// Plans and applies; answers what failed.
async fn applied(engine: &Engine, stack: &Stack) -> Result<(), Error> {
    let plan = match engine.plan(stack).await {
        Ok(plan) => plan,
        Err(PlanError::Cloud(error)) => return Err(error),
        Err(error) => panic!("{error}"),
    };
    assert!(plan.blockers.is_empty(), "{plan}");
    let report = engine.apply(plan, Quiet).await.unwrap();
    match report.failures().next() {
        Some((_, error)) => Err(error.clone()),
        None => Ok(()),
    }
}

#[tokio::test]
async fn a_caller_with_the_roles_of_a_plan_can_apply_it() {
    let Some(world) = World::of("allowed").await else { return };
    let stack = stack(&world, mixed_objects());
    // Whoever plans first needs nothing: what is needed is known from the declaration.
    let permissions = world.engine.permissions(&stack).await.unwrap();
    assert!(permissions.actions().contains("patch deployments.apps"), "{:?}", permissions.actions());
    let policies = permissions.policies().unwrap();
    let role = policies.iter().find(|policy| policy.document["kind"] == "Role").unwrap();
    assert_eq!(role.document["metadata"]["namespace"], *world.namespace);
    let engine = engine(&world, "exact", &role.document).await;
    applied(&engine, &stack).await.unwrap();
    let plan = engine.plan(&stack).await.unwrap();
    assert!(plan.is_empty(), "{plan}");
    assert!(plan.permissions().unwrap().actions().iter().all(|action| !action.starts_with("patch")));
}

#[tokio::test]
async fn no_verb_of_a_role_is_needless() {
    let Some(world) = World::of("needed").await else { return };
    let maps = |value: &str, count: usize| {
        let all = ["a", "b", "c"].map(|name| (name, map(name, &[("key", value)])));
        stack(&world, all.into_iter().take(count))
    };
    let permissions = world.engine.permissions(&maps("1", 3)).await.unwrap();
    let policies = permissions.policies().unwrap();
    let role = &policies.iter().find(|policy| policy.document["kind"] == "Role").unwrap().document;
    let [only] = &role["rules"].as_array().unwrap()[..] else { panic!("{role}") };
    let verbs: BTreeSet<&str> =
        only["verbs"].as_array().unwrap().iter().map(|verb| verb.as_str().unwrap()).collect();
    assert_eq!(verbs, BTreeSet::from(["create", "delete", "get", "list", "patch"]), "{role}");
    let life = async |engine: &Engine| -> Result<(), Error> {
        applied(engine, &maps("1", 3)).await?;
        applied(engine, &maps("2", 2)).await?;
        applied(engine, &maps("3", 1)).await
    };
    for verb in verbs {
        let mut fewer = role.clone();
        fewer["rules"][0]["verbs"].as_array_mut().unwrap().retain(|other| other != verb);
        let engine = engine(&world, &format!("no-{verb}"), &fewer).await;
        let error = life(&engine).await.expect_err(verb);
        assert!(error.to_string().contains(&format!("{verb} configmaps")), "without {verb}: {error}");
        world.kubectl(&["delete", "configmap", "a", "b", "c", "--ignore-not-found"]);
    }
    let engine = engine(&world, "all", role).await;
    life(&engine).await.unwrap();
}

#[tokio::test]
async fn who_may_not_list_all_namespaces_lists_his_own() {
    let Some(world) = World::of("narrow").await else { return };
    let second = world.control_plane.namespace("narrow").await.unwrap();
    let declare = |value: &str| {
        let cluster = Cluster::at("shop", world.control_plane.endpoint())
            .authority(world.control_plane.authority().unwrap());
        let mut stack = Stack::new(&world.namespace);
        let cluster = stack.on(cluster);
        for (at, namespace) in [("a", &world.namespace), ("b", &second)] {
            stack.add(&cluster, at, map(at, &[("key", value)]).within(&**namespace));
        }
        stack
    };
    let stack = declare("1");
    let policies = world.engine.permissions(&stack).await.unwrap().policies().unwrap();
    let roles: Vec<_> = policies.iter().filter(|policy| policy.document["kind"] == "Role").collect();
    let [one, other] = roles[..] else { panic!("{policies:?}") };
    let (one, other) =
        if one.document["metadata"]["namespace"] == *second { (other, one) } else { (one, other) };
    let engine = engine(&world, "narrow", &one.document).await;
    bind(&world, "narrow", &other.document).await;
    applied(&engine, &stack).await.unwrap();
    assert!(engine.plan(&stack).await.unwrap().is_empty());
    applied(&engine, &declare("2")).await.unwrap();
}

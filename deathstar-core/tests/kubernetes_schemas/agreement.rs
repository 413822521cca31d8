//! Our verdict beside a server's, over objects that were made from the schemas.

use super::{
    breaking::breaks,
    corpus::{self, Definition},
    generate::Generator,
};
use deathstar_core::{
    clock::Clock,
    kube::schema::{Checked, Schemas},
    testing::{Assets, ControlPlane},
};
use futures_util::{StreamExt as _, TryStreamExt as _, stream};
use kube::{
    Api, Client, ResourceExt as _,
    api::{DynamicObject, Patch, PatchParams, ValidationDirective},
    core::{ApiResource, GroupVersionKind},
};
use serde_json::Value;
use std::{fmt, io::Write as _, time::Duration};

/// How many objects of each definition are made, and as many are broken.
const OBJECTS: u64 = 12;
/// How many questions go on at once.
const AT_ONCE: usize = 16;

/// How often both said what.
#[derive(Debug, Default)]
struct Agreement {
    definitions: usize,
    took: usize,
    refused: usize,
    /// Refused by rules that we named as not checked.
    ruled: usize,
    /// Taken with what we refuse left out: a server-side apply says nothing of members of an object that declares none.
    dropped: usize,
    differ: Vec<String>,
}

impl fmt::Display for Agreement {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let all = self.took + self.refused + self.ruled + self.dropped + self.differ.len();
        write!(
            f,
            "{all} objects of {} definitions: both take {}, both refuse {}, {} refused by rules named as unchecked, \
             {} taken without what we refuse, {} differ",
            self.definitions,
            self.took,
            self.refused,
            self.ruled,
            self.dropped,
            self.differ.len()
        )
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_says_the_same() {
    let Ok(assets) = Assets::from_env() else {
        writeln!(
            std::io::stderr(),
            "left out: {}: `KUBEBUILDER_ASSETS` is not set",
            env!("CARGO_CRATE_NAME")
        )
        .unwrap();
        return;
    };
    #[expect(clippy::disallowed_methods, reason = "the long form is chosen by this variable")]
    let all = std::env::var("DEATHSTAR_SCHEMAS").is_ok_and(|which| which == "all");
    let few: Vec<Definition>;
    let definitions = if all {
        corpus::all()
    } else {
        few = super::DENSE.iter().filter_map(|file| corpus::one(file)).collect();
        (few.len() == super::DENSE.len()).then_some(&few[..])
    };
    let Some(definitions) = definitions else { return };
    let control_plane = ControlPlane::options().assets(assets).start().await.unwrap();
    let client = control_plane.client().await.unwrap();
    // Definitions one after the other: they would slow each other down.
    let agreement = stream::iter(definitions)
        .map(Ok)
        .try_fold(Agreement::default(), |agreement, definition| {
            compare(client.clone(), definition, agreement)
        })
        .await
        .unwrap();
    writeln!(std::io::stderr(), "agreement: {agreement}").unwrap();
    assert_eq!(agreement.differ, [""; 0], "{agreement}");
    assert!(agreement.took > 0 && agreement.refused > 0, "{agreement}");
}

async fn compare(
    client: Client,
    definition: &Definition,
    mut agreement: Agreement,
) -> kube::Result<Agreement> {
    let schemas = Schemas::of(&definition.value).unwrap();
    establish(&client, &definition.value).await?;
    agreement.definitions += 1;
    let objects = objects(&definition.value, schemas.versions().count());
    let ask = |(object, broken): (Value, Option<String>)| {
        let (client, checked) = (client.clone(), schemas.check(&object));
        let plural = schemas.plural().to_owned();
        async move { (ask(client, &plural, &object).await, checked, object, broken) }
    };
    let mut verdicts = stream::iter(objects).map(ask).buffered(AT_ONCE);
    while let Some((server, checked, object, broken)) = verdicts.next().await {
        let refusal = match server {
            Ok(taken) if !checked.findings.is_empty() && is_dropped(&taken, &checked) => {
                agreement.dropped += 1;
                continue;
            }
            Ok(_) => None,
            Err(kube::Error::Api(status)) => Some(status.message),
            Err(other) => return Err(other),
        };
        match (refusal, checked.findings.is_empty()) {
            (None, true) => agreement.took += 1,
            (Some(_), false) => agreement.refused += 1,
            (Some(message), true) if is_by_rule(&message, &checked) => agreement.ruled += 1,
            (refusal, _) => agreement.differ.push(format!(
                "{}: broken at {broken:?}: the server says {refusal:?}, we say {:?} of {object}",
                definition.file, checked.findings
            )),
        }
    }
    Ok(agreement)
}

/// Objects of all versions, whole and broken, with the place of the break.
fn objects(definition: &Value, versions: usize) -> Vec<(Value, Option<String>)> {
    let mut objects = vec![];
    for seed in 0..OBJECTS {
        let version = usize::try_from(seed).unwrap() % versions;
        let mut generator = Generator::seeded(seed).composed(seed % 2 == 0);
        let object = generator.object(definition, version);
        let breaks = breaks(definition, version, &object);
        let one = &breaks[generator.below(breaks.len())];
        objects.push((one.applied(&object), Some(one.path.clone())));
        objects.push((object, None));
    }
    objects
}

/// Whether nothing of what we refuse is in what the server would keep.
fn is_dropped(taken: &DynamicObject, checked: &Checked) -> bool {
    checked.findings.iter().all(|finding| taken.data.pointer(&finding.path).is_none())
}

/// Whether a rule that the server names is one that we named as not checked.
fn is_by_rule(message: &str, checked: &Checked) -> bool {
    checked.unchecked.iter().any(|rule| {
        (!rule.message.is_empty() && message.contains(&rule.message)) || message.contains(&rule.rule)
    })
}

/// Applies a definition, and waits until its objects can be asked for.
async fn establish(client: &Client, definition: &Value) -> kube::Result<()> {
    let definitions =
        resource("apiextensions.k8s.io", "v1", "CustomResourceDefinition", "customresourcedefinitions");
    let api: Api<DynamicObject> = Api::all_with(client.clone(), &definitions);
    let object: DynamicObject = serde_json::from_value(definition.clone()).unwrap();
    let name = object.name_any();
    api.patch(&name, &PatchParams::apply("agreement").force(), &Patch::Apply(&object)).await?;
    let clock = Clock::system();
    loop {
        let seen = api.get(&name).await?;
        let conditions = seen.data["status"]["conditions"].as_array().cloned().unwrap_or_default();
        if conditions.iter().any(|one| one["type"] == "Established" && one["status"] == "True") {
            return Ok(());
        }
        clock.sleep(Duration::from_millis(20)).await;
    }
}

fn resource(group: &str, version: &str, kind: &str, plural: &str) -> ApiResource {
    ApiResource::from_gvk_with_plural(&GroupVersionKind::gvk(group, version, kind), plural)
}

/// What a server says to an object, strictly and without keeping it.
async fn ask(client: Client, plural: &str, object: &Value) -> kube::Result<DynamicObject> {
    let (group, version) = object["apiVersion"].as_str().unwrap().split_once('/').unwrap();
    let resource = resource(group, version, object["kind"].as_str().unwrap(), plural);
    let api: Api<DynamicObject> = match object["metadata"]["namespace"].as_str() {
        Some(namespace) => Api::namespaced_with(client, namespace, &resource),
        None => Api::all_with(client, &resource),
    };
    let mut parameters = PatchParams::apply("agreement");
    parameters.dry_run = true;
    parameters.field_validation = Some(ValidationDirective::Strict);
    let clock = Clock::system();
    let patience = clock.now() + Duration::from_secs(30);
    loop {
        match api.patch(super::generate::NAME, &parameters, &Patch::Apply(object)).await {
            // It is established a moment before it is served.
            Err(kube::Error::Api(status)) if status.code == 404 && clock.now() < patience => {
                clock.sleep(Duration::from_millis(20)).await;
            }
            answer => return answer,
        }
    }
}

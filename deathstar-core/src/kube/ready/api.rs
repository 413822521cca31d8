//! What extends the API: definitions, API services, webhooks.
//!
//! Sources: Kubernetes documentation, "Extend the Kubernetes API with `CustomResourceDefinitions`", "Set up an Extension
//! API Server" and "Dynamic Admission Control"; cert-manager documentation, "CA Injector".

use super::{Around, Cause, Readiness, conditions};
use crate::kube::view::View;
use serde_json::Value;

/// Annotations with which a certificate authority is asked for, to be written into the object later.
const INJECTED: [&str; 3] = [
    "cert-manager.io/inject-ca-from",
    "cert-manager.io/inject-ca-from-secret",
    "cert-manager.io/inject-apiserver-ca",
];

/// Ready when its names are accepted and it is served.
pub(super) fn definition(object: View<'_>) -> Readiness {
    if let Some(refused) = object.condition("NamesAccepted").filter(|condition| condition.is_false()) {
        return Readiness::Failed(Cause::stays(refused.reason(), refused.message()).fix(
            "another definition of the same group has these names: rename this one, or delete that one",
        ));
    }
    let missing =
        ["NamesAccepted", "Established"].iter().find_map(|r#type| conditions::requires(object, r#type));
    Readiness::unless(missing.or_else(|| lacks_authority(object, "/spec/conversion/webhook/clientConfig")))
}

/// Ready when the aggregator reaches it; one without a service is served by the API server itself.
pub(super) fn service(object: View<'_>, around: &Around<'_>) -> Readiness {
    if let Some(why) =
        lacks_authority(object, "/spec").or_else(|| unanswered(object, "/spec/service", around))
    {
        return Readiness::Pending(why);
    }
    match object.condition("Available") {
        Some(available) if available.is_true() => Readiness::Ready,
        Some(available) if available.is_false() => Readiness::Failed(
            Cause::may_pass(available.reason(), available.message())
                .fix("the service behind it does not answer: until it does, discovery fails, and namespaces do not end"),
        ),
        _ => Readiness::Pending("the aggregator has not asked it yet".into()),
    }
}

/// Ready when each has its certificate authority, as far as one is asked for, and its service has an endpoint that is
/// ready, as far as endpoints were asked for.
pub(super) fn webhooks(object: View<'_>, around: &Around<'_>) -> Readiness {
    let count = object.list("/webhooks").count();
    let missing = (0..count).find_map(|index| {
        let config = format!("/webhooks/{index}/clientConfig");
        lacks_authority(object, &config).or_else(|| unanswered(object, &format!("{config}/service"), around))
    });
    Readiness::unless(missing)
}

fn lacks_authority(object: View<'_>, config: &str) -> Option<String> {
    object.at(config)?;
    let asked = INJECTED.iter().find(|key| object.annotation(key).is_some())?;
    let lacks = object.word(&format!("{config}/caBundle")).is_empty();
    lacks.then(|| format!("waits for the certificate authority that its annotation `{asked}` asks for"))
}

/// That nobody is behind a service which the object names.
fn unanswered(object: View<'_>, pointer: &str, around: &Around<'_>) -> Option<String> {
    let (slices, service) = (around.endpoint_slices?, View(object.at(pointer)?));
    let (namespace, name) = (service.text("/namespace"), service.word("/name"));
    let behind = |slice: &Value| {
        let slice = View(slice);
        slice.label("kubernetes.io/service-name") == Some(name) && slice.namespace() == namespace
    };
    let answers = |slice: &Value| {
        View(slice)
            .list("/endpoints")
            .any(|endpoint| endpoint.at("/conditions/ready").is_none_or(|ready| ready == &Value::Bool(true)))
    };
    let answered = slices.iter().filter(|slice| behind(slice)).any(answers);
    (!answered).then(|| format!("no endpoint of service `{}/{name}` is ready", namespace.unwrap_or_default()))
}

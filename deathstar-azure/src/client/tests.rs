use super::scripted::{ENDPOINT, SUBSCRIPTION, Scripted, Server, answer, error, lost};
use super::*;
use crate::{
    arm::ArmResource,
    id::{ResourceGroupName, SubnetId, VirtualNetworkId},
    networking::{Subnet, VirtualNetwork},
    resources::ResourceGroup,
};
use azure_core::error::ErrorKind;
use deathstar_core::{Cx, Driver, Effect, Op, Progress};
use serde_json::{Value, json};
use std::time::Duration;

const GROUP: &str = "/subscriptions/11111111-2222-3333-4444-555555555555/resourceGroups/web";

fn network_path() -> String {
    format!("{GROUP}/providers/Microsoft.Network/virtualNetworks/net")
}

async fn poll(server: &Arc<Server>, op: &Op) -> Result<Progress> {
    Driver::<VirtualNetwork>::poll(&server.client(), op).await
}

/// An answer to a writing call, and the operation that it names.
fn op_of(answered: Scripted) -> impl Future<Output = Option<Op>> {
    let server = Server::with([answered]);
    async move {
        let client = server.client();
        let path = network_path();
        let answer =
            client.send(Call::new(Method::Put, &path, "v", "a/write").body(json!({}))).await.unwrap();
        client.operation_of(&answer, "v")
    }
}

fn url(rest: &str) -> String {
    format!("{ENDPOINT}/subscriptions/s/providers/Microsoft.Network/locations/x/{rest}")
}

#[tokio::test]
async fn every_style_of_operation_has_a_handle() {
    let (status, location) = (url("operations/1"), url("operationResults/1"));
    for header in ["azure-asyncoperation", "operation-location"] {
        for code in [200, 201, 202] {
            let answered = answer(code, &Value::Null).header(header, &status).header("location", &location);
            assert_eq!(op_of(answered).await, Some(Op(format!("status v {status}"))), "{header} {code}");
        }
    }
    let answered = answer(202, &Value::Null).header("location", &location);
    assert_eq!(op_of(answered).await, Some(Op(format!("location v {location}"))));
    let relative = answer(202, &Value::Null).header("location", "/subscriptions/s/operationResults/1");
    assert_eq!(
        op_of(relative).await,
        Some(Op(format!("location v {ENDPOINT}/subscriptions/s/operationResults/1")))
    );
    // The document itself tells, or all is done.
    for answered in [
        answer(201, &json!({"properties": {"provisioningState": "Creating"}})),
        answer(200, &json!({})).header("location", &location),
        answer(204, &Value::Null),
        answer(202, &Value::Null),
    ] {
        assert_eq!(op_of(answered).await, None);
    }
}

#[tokio::test]
async fn no_token_is_sent_to_another_host() {
    for link in [
        "https://example.org/operations/1",
        "https://management.azure.com.example.org/operations/1",
        "https://evilmanagement.azure.com/operations/1",
        "http://management.azure.com/operations/1",
        "https://management.azure.com:8443/operations/1",
        "https://user@management.azure.com/operations/1",
        "//example.org/operations/1",
    ] {
        let answered = answer(201, &Value::Null).header("azure-asyncoperation", link);
        assert_eq!(op_of(answered).await, None, "{link}");
        let server = Server::with([]);
        let error = poll(&server, &Op(format!("status v {link}"))).await.unwrap_err();
        assert_eq!(*error.meaning(), Meaning::Internal, "{link}");
        assert!(server.lines().is_empty(), "{link}");
        let page = answer(200, &json!({"value": [], "nextLink": link}));
        let server = Server::with([page]);
        let mut found = found();
        let all = deathstar_core::Want::All;
        let cx = Cx::for_tests("s", "a", "t");
        assert!(
            Driver::<VirtualNetwork>::find(&server.client(), &cx, &all, &mut found).await.is_err(),
            "{link}"
        );
        assert_eq!(server.lines().len(), 1, "{link}");
    }
    let regional = answer(201, &Value::Null)
        .header("azure-asyncoperation", "https://westeurope.management.azure.com/o/1");
    assert!(op_of(regional).await.is_some());
}

fn found() -> deathstar_core::Found {
    deathstar_core::Found::default()
}

#[tokio::test]
async fn an_operation_ends_as_its_style_says() {
    let (status, location) = (format!("status v {}", url("o")), format!("location v {}", url("o")));
    let body = |state: &str| json!({"status": state});
    for (op, answered, expected) in [
        (&status, answer(200, &body("InProgress")), "waits"),
        (&status, answer(200, &body("Creating")), "waits"),
        (&status, answer(202, &Value::Null), "waits"),
        (&status, answer(200, &body("Succeeded")), "done"),
        (&status, answer(204, &Value::Null), "done"),
        (&status, answer(200, &body("Failed")), "failed"),
        (&status, answer(200, &body("Canceled")), "failed"),
        (&status, answer(200, &json!({"properties": {"provisioningState": "Updating"}})), "waits"),
        (&status, answer(200, &json!({"properties": {"provisioningState": "Failed"}})), "failed"),
        (&status, error(404, "ResourceNotFound"), "done"),
        (&status, error(404, "OperationNotFound"), "done"),
        (&location, answer(202, &Value::Null), "waits"),
        (&location, answer(202, &body("InProgress")), "waits"),
        (&location, answer(200, &json!({"properties": {"provisioningState": "Succeeded"}})), "done"),
        (&location, answer(201, &json!({})), "done"),
        (&location, answer(204, &Value::Null), "done"),
        (&location, error(404, "NotFound"), "done"),
        (&location, error(410, "Gone"), "done"),
        (&location, error(400, "InUseSubnetCannotBeDeleted"), "failed"),
        (&location, error(500, "RetryableError"), "failed"),
        (&location, answer(200, &body("Failed")), "failed"),
    ] {
        let text = format!("{op} {answered:?}");
        let progress = poll(&Server::with([answered]), &Op(op.clone())).await.unwrap();
        let word = match progress {
            Progress::Done => "done",
            Progress::Waiting { .. } => "waits",
            Progress::Failed(_) => "failed",
        };
        assert_eq!(word, expected, "{text}");
    }
    for (answered, meaning) in [
        (error(429, "TooManyRequests"), Meaning::Throttled),
        (error(503, "ServiceUnavailable"), Meaning::Transient),
        (error(401, "ExpiredAuthenticationToken"), Meaning::Transient),
        (lost(ErrorKind::Io), Meaning::Transient),
    ] {
        let error = poll(&Server::with([answered]), &Op(status.clone())).await.unwrap_err();
        assert_eq!(*error.meaning(), meaning);
    }
}

#[tokio::test]
async fn azure_says_how_long_to_wait_and_why_it_failed() {
    let running = answer(200, &json!({"status": "InProgress"})).header("retry-after", "17");
    let op = Op(format!("status v {}", url("o")));
    let Progress::Waiting { after, why } = poll(&Server::with([running]), &op).await.unwrap() else {
        panic!("it goes on")
    };
    assert_eq!((after, why.as_str()), (Some(Duration::from_secs(17)), "InProgress"));
    let failed = answer(
        200,
        &json!({"status": "Failed", "error": {"code": "AnotherOperationInProgress", "message": "busy"}}),
    );
    let Progress::Failed(error) = poll(&Server::with([failed]), &op).await.unwrap() else {
        panic!("it failed")
    };
    assert_eq!((error.meaning(), error.api_code()), (&Meaning::Conflict, Some("AnotherOperationInProgress")));
    let hurried = answer(202, &Value::Null).header("x-ms-retry-after-ms", "1500").header("retry-after", "9");
    let Progress::Waiting { after, .. } = poll(&Server::with([hurried]), &op).await.unwrap() else {
        panic!("it goes on")
    };
    assert_eq!(after, Some(Duration::from_millis(1500)));
}

#[tokio::test]
async fn an_error_names_the_call_and_its_ids() {
    let refused = error(409, "AnotherOperationInProgress").header("x-ms-correlation-request-id", "c-1");
    let server = Server::with([
        refused,
        lost(ErrorKind::Io),
        error(429, "TooManyRequests").header("retry-after", "7"),
    ]);
    let client = server.client();
    let path = network_path();
    let put =
        || Call::new(Method::Put, &path, "v", "Microsoft.Network/virtualNetworks/write").body(json!({}));
    let error = client.send(put()).await.unwrap_err();
    assert_eq!(error.operation_name(), Some("PUT Microsoft.Network/virtualNetworks/write"));
    assert_eq!((error.request_id(), error.effect()), (Some("c-1"), Effect::None));
    let error = client.send(put()).await.unwrap_err();
    assert_eq!(error.effect(), Effect::Unknown);
    assert_eq!(
        error.request_id(),
        server.seen()[1].header("x-ms-client-request-id"),
        "the id that we have sent"
    );
    assert_eq!(client.send(put()).await.unwrap_err().wait(), Some(Duration::from_secs(7)));
    let correlation = server
        .seen()
        .iter()
        .map(|seen| seen.header("x-ms-correlation-request-id").map(str::to_owned))
        .collect::<Vec<_>>();
    assert!(correlation[0].is_some() && correlation.iter().all(|one| *one == correlation[0]));
    assert_eq!(server.lines().len(), 3, "nothing is repeated by the SDK");
}

#[tokio::test]
async fn names_are_encoded_in_paths() {
    let server = Server::with([answer(200, &json!({}))]);
    let client = server.client_at("https://management.azure.com/proxy/");
    client
        .send(Call::new(Method::Get, "/subscriptions/s/resourceGroups/a (b)?#%", "v", "a/read"))
        .await
        .unwrap();
    assert_eq!(server.lines(), ["GET /proxy/subscriptions/s/resourceGroups/a%20(b)%3F%23%25"]);
    assert_eq!(server.seen()[0].version, "v");
}

#[tokio::test]
async fn another_tenant_or_subscription_stops_at_once() {
    const OTHER: &str = "99999999-8888-7777-6666-555555555555";
    let plain = Subscription::new(SUBSCRIPTION, "westeurope");
    let expecting = plain.clone().expect_tenant(OTHER.to_uppercase());
    let body = |tenant: &str, state: &str| json!({"subscriptionId": SUBSCRIPTION, "tenantId": tenant, "state": state});
    for (subscription, answered, right) in [
        (&plain, answer(200, &body(SUBSCRIPTION, "Enabled")), true),
        (&expecting, answer(200, &body(OTHER, "Warned")), true),
        (&expecting, answer(200, &body(SUBSCRIPTION, "Enabled")), false),
        (&expecting, answer(200, &json!({})), false),
        (&plain, answer(200, &body(OTHER, "Disabled")), false),
        (&plain, error(404, "SubscriptionNotFound"), false),
        (&plain, error(401, "InvalidAuthenticationTokenTenant"), false),
        (&plain, error(403, "AuthorizationFailed"), false),
    ] {
        let text = format!("{answered:?}");
        let server = Server::with([answered]);
        let checked = server.client().check(subscription).await;
        assert_eq!(checked.is_ok(), right, "{text}");
        if let Err(error) = checked {
            assert!(
                matches!(error.meaning(), Meaning::Denied { .. }) && error.advice().is_some(),
                "{error:?}"
            );
        }
        assert_eq!(server.lines(), [format!("GET /subscriptions/{SUBSCRIPTION}")]);
    }
}

#[test]
fn tokens_are_for_the_cloud() {
    let scopes = crate::Cloud::ALL.map(crate::Cloud::scope);
    assert!(
        scopes.iter().all(|scope| scope.starts_with("https://management.") && scope.ends_with("/.default"))
    );
    assert!(scopes[1].contains("usgovcloudapi.net") && scopes[2].contains("chinacloudapi.cn"));
}

/// A network as Azure shows it.
fn shown(tags: &Value, subnets: &[Value]) -> Value {
    json!({"id": network_path().to_uppercase(), "name": "net", "etag": "W/\"7\"", "location": "westeurope", "tags": tags,
        "properties": {"provisioningState": "Succeeded", "addressSpace": {"addressPrefixes": ["10.0.0.0/16"]}, "subnets": subnets}})
}

fn network_id() -> VirtualNetworkId {
    VirtualNetworkId::new(network_path())
}

async fn find<R: ArmResource>(
    server: &Arc<Server>,
    want: deathstar_core::Want<R::Id>,
) -> Result<deathstar_core::Found> {
    let mut found = found();
    Driver::<R>::find(&server.client(), &Cx::for_tests("webshop", "a", "t"), &want, &mut found).await?;
    Ok(found)
}

#[tokio::test]
async fn one_is_read_and_several_are_listed_and_the_missing_looked_at() {
    let ids = |names: &[&str]| -> Vec<VirtualNetworkId> {
        names
            .iter()
            .map(|name| VirtualNetworkId::new(network_path().replace("/net", &format!("/{name}"))))
            .collect()
    };
    let one = Server::with([answer(200, &shown(&json!({}), &[]))]);
    let found = find::<VirtualNetwork>(&one, deathstar_core::Want::Ids(vec![network_id()])).await.unwrap();
    assert_eq!(
        found.of::<VirtualNetwork>().unwrap()[0].id,
        network_id(),
        "in the spelling that was asked for"
    );

    let first = json!({"value": [shown(&json!({}), &[])], "nextLink": url("page2?x=1")});
    let second = json!({"value": []});
    let answers = [answer(200, &first), answer(200, &second), error(404, "ResourceNotFound")];
    let several = Server::with(answers);
    let want = deathstar_core::Want::Ids([vec![network_id()], ids(&["gone"])].concat());
    let found = find::<VirtualNetwork>(&several, want).await.unwrap();
    assert_eq!(found.of::<VirtualNetwork>().unwrap().len(), 1);
    let collection = format!("GET {GROUP}/providers/Microsoft.Network/virtualNetworks");
    let lines = several.lines();
    assert_eq!(lines[0], collection);
    assert!(lines[1].ends_with("page2 x=1") && lines[2] == format!("{collection}/gone"), "{lines:?}");

    let no_group = Server::with([error(404, "ResourceGroupNotFound")]);
    let found = find::<VirtualNetwork>(&no_group, deathstar_core::Want::Ids(ids(&["a", "b"]))).await.unwrap();
    assert!(found.of::<VirtualNetwork>().unwrap().is_empty());
}

#[tokio::test]
async fn only_what_is_ours_is_shown_with_its_parts() {
    let subnet = json!({"id": format!("{}/subnets/a", network_path()), "name": "a", "properties": {"addressPrefix": "10.0.0.0/24"}});
    let ours = shown(&json!({"deathstar:stack": "webshop"}), std::slice::from_ref(&subnet));
    let theirs = shown(&json!({"deathstar:stack": "other"}), std::slice::from_ref(&subnet));
    let server = Server::with([answer(200, &json!({"value": [ours, theirs]}))]);
    let found = find::<VirtualNetwork>(&server, deathstar_core::Want::All).await.unwrap();
    assert_eq!(found.of::<VirtualNetwork>().unwrap().len(), 1);
    let subnets = found.of::<Subnet>().unwrap();
    assert_eq!(
        subnets[0].id,
        SubnetId::new(format!("{}/subnets/a", subnets[0].spec.virtual_network.known().unwrap()))
    );
    assert_eq!(
        server.lines(),
        [format!("GET /subscriptions/{SUBSCRIPTION}/providers/Microsoft.Network/virtualNetworks")]
    );

    let server = Server::with([answer(
        200,
        &json!({"value": [{"id": GROUP, "name": "web", "location": "westeurope", "tags": {"deathstar:token": "t"}}]}),
    )]);
    let owned = deathstar_core::Want::Owned { token: "t".into() };
    let found = find::<ResourceGroup>(&server, owned).await.unwrap();
    assert_eq!(found.of::<ResourceGroup>().unwrap()[0].id, ResourceGroupName::new("web"));
    assert_eq!(server.lines(), [format!("GET /subscriptions/{SUBSCRIPTION}/resourceGroups")]);
}

#[tokio::test]
async fn a_refusal_is_not_an_absence() {
    for answered in [
        error(403, "AuthorizationFailed"),
        error(404, "SubscriptionNotFound"),
        error(404, "InvalidResourceType"),
        answer(404, &Value::Null).text("<html>"),
        answer(200, &Value::Null).text("<html>"),
        answer(200, &json!([])),
        lost(ErrorKind::Io),
    ] {
        let text = format!("{answered:?}");
        let server = Server::with([answered]);
        let found = find::<VirtualNetwork>(&server, deathstar_core::Want::Ids(vec![network_id()])).await;
        assert!(found.is_err(), "{text}");
    }
}

async fn write(server: &Arc<Server>) -> Result<Option<Op>> {
    server.client().put::<VirtualNetwork>(&network_id(), crate::arm::Document::new(), None).await
}

#[tokio::test]
async fn a_provider_that_is_not_registered_is_registered_and_waited_for() {
    let client = Server::with([
        error(409, "MissingSubscriptionRegistration"),
        answer(200, &json!({"registrationState": "NotRegistered"})),
        answer(200, &json!({"registrationState": "Registering"})),
    ]);
    let refused = write(&client).await.unwrap_err();
    assert_eq!((refused.meaning(), refused.effect()), (&Meaning::NotReady, Effect::None));
    let lines = client.lines();
    assert!(
        lines[0].starts_with("PUT") && lines[1].starts_with("GET") && lines[2].starts_with("POST"),
        "{lines:?}"
    );
    assert!(lines[2].ends_with("/providers/Microsoft.Network/register"), "{lines:?}");

    let under_way = Server::with([
        error(409, "MissingSubscriptionRegistration"),
        answer(200, &json!({"registrationState": "Registering"})),
    ]);
    let refused = write(&under_way).await.unwrap_err();
    assert_eq!(*refused.meaning(), Meaning::NotReady);
    assert_eq!(under_way.lines().len(), 2, "it is not asked for twice");

    let forbidden = Server::with([
        error(409, "MissingSubscriptionRegistration"),
        answer(200, &json!({"registrationState": "NotRegistered"})),
        error(403, "AuthorizationFailed"),
    ]);
    let refused = write(&forbidden).await.unwrap_err();
    assert!(refused.to_string().contains("Microsoft.Network/register/action"), "{refused}");
    assert!(refused.advice().is_some_and(|hint| hint.contains("az provider register")));
}

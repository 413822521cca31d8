//! Errors as the SDK makes them: from answers that are built here, and over real connections.

use super::*;
use crate::{Account, Client, Credentials};
use aws_sdk_ec2::{error::ErrorMetadata, operation::create_vpc::CreateVpcError};
use aws_smithy_runtime_api::http::StatusCode;
use aws_smithy_types::body::SdkBody;
use deathstar_core::{Connect, Effect};
use std::{
    io::{Read, Write},
    net::TcpListener,
    thread::JoinHandle,
};

const CREATE: &str = "ec2:CreateVpc";

fn response(status: u16, headers: &[(&'static str, &str)]) -> HttpResponse {
    let mut response = HttpResponse::new(StatusCode::try_from(status).unwrap(), SdkBody::empty());
    for (name, value) in headers {
        response.headers_mut().insert(*name, (*value).to_owned());
    }
    response
}

fn refused(
    status: u16,
    code: Option<&str>,
    headers: &[(&'static str, &str)],
) -> SdkError<CreateVpcError, HttpResponse> {
    let mut meta = ErrorMetadata::builder().message("text of AWS");
    if let Some(code) = code {
        meta = meta.code(code);
    }
    let meta = meta.custom("aws_request_id", "req-1").build();
    SdkError::service_error(CreateVpcError::generic(meta), response(status, headers))
}

fn written(status: u16, code: &str) -> Error {
    sort(CREATE, true, refused(status, Some(code), &[]))
}

#[test]
fn a_refusal_keeps_operation_code_request_and_text() {
    let error = written(400, "InvalidParameterValue");
    assert_eq!(*error.meaning(), Meaning::Invalid);
    assert_eq!(error.effect(), Effect::None);
    assert_eq!(error.operation_name(), Some(CREATE));
    assert_eq!(error.api_code(), Some("InvalidParameterValue"));
    assert_eq!(error.request_id(), Some("req-1"));
    assert_eq!(error.message(), "text of AWS");
    assert!(error.source().is_some());
}

#[test]
fn an_item_that_is_refused_is_sorted_like_a_call() {
    let delete = "ec2:DeleteVpcEndpoints";
    let error = of_part(delete, Some("InvalidVpcEndpoint.NotFound"), Some("it does not exist"));
    assert_eq!((error.meaning(), error.effect()), (&Meaning::NotFound, Effect::None));
    assert_eq!((error.operation_name(), error.message()), (Some(delete), "it does not exist"));
    assert_eq!(error.api_code(), Some("InvalidVpcEndpoint.NotFound"));
    let error = of_part(delete, Some("UnauthorizedOperation"), None);
    assert!(error.advice().unwrap().contains(delete));
    assert_eq!(*of_part(delete, None, None).meaning(), Meaning::Invalid);
}

#[test]
fn a_missing_permission_is_named_with_what_to_do() {
    let error = written(403, "UnauthorizedOperation");
    assert_eq!(*error.meaning(), Meaning::Denied { action: CREATE.into() });
    assert!(error.advice().unwrap().contains("allow `ec2:CreateVpc`"));
}

#[test]
fn a_failing_service_may_have_written() {
    let error = written(500, "InternalError");
    assert_eq!((error.meaning(), error.effect()), (&Meaning::Transient, Effect::Unknown));
    let error = written(503, "SomethingNew");
    assert_eq!((error.meaning(), error.effect()), (&Meaning::Transient, Effect::Unknown));
}

#[test]
fn a_failing_service_has_not_written_when_it_was_asked_to_read() {
    let error = sort("ec2:DescribeVpcs", false, refused(500, Some("InternalError"), &[]));
    assert_eq!((error.meaning(), error.effect()), (&Meaning::Transient, Effect::None));
}

#[test]
fn a_throttled_call_has_no_effect_whatever_its_status() {
    let error = written(503, "RequestLimitExceeded");
    assert_eq!((error.meaning(), error.effect()), (&Meaning::Throttled, Effect::None));
}

#[test]
fn the_wait_that_the_service_asks_for_is_kept() {
    let error = sort(CREATE, true, refused(503, Some("SlowDown"), &[("retry-after", "7")]));
    assert_eq!(error.wait(), Some(Duration::from_secs(7)));
}

#[test]
fn an_answer_without_code_is_sorted_by_status() {
    let meaning = |status| sort(CREATE, true, refused(status, None, &[])).meaning().clone();
    assert_eq!(meaning(429), Meaning::Throttled);
    assert_eq!(meaning(502), Meaning::Transient);
    assert_eq!(meaning(404), Meaning::Internal);
}

#[test]
fn a_web_page_is_never_a_missing_object() {
    for status in [200, 404, 500] {
        let page = [("content-type", "Text/HTML; charset=utf-8")];
        let error = sort(CREATE, true, refused(status, Some("InvalidVpcID.NotFound"), &page));
        assert_eq!(*error.meaning(), Meaning::Internal, "{status}");
        assert!(error.message().contains("`ec2:CreateVpc`"), "{error}");
        let unsure = if status == 404 { Effect::None } else { Effect::Unknown };
        assert_eq!(error.effect(), unsure, "{status}");
    }
}

#[test]
fn no_answer_in_time_may_have_written() {
    let late = || SdkError::<CreateVpcError, HttpResponse>::timeout_error("late");
    assert_eq!(sort(CREATE, true, late()).effect(), Effect::Unknown);
    assert_eq!(sort("ec2:DescribeVpcs", false, late()).effect(), Effect::None);
    assert_eq!(*sort(CREATE, true, late()).meaning(), Meaning::Transient);
}

#[test]
fn a_call_that_failed_without_a_known_cause_may_have_written() {
    let cause = aws_smithy_runtime_api::client::result::ConnectorError::io("reset".into());
    let error = sort(CREATE, true, SdkError::<CreateVpcError, HttpResponse>::dispatch_failure(cause));
    assert_eq!((error.meaning(), error.effect()), (&Meaning::Transient, Effect::Unknown));
}

#[test]
fn a_request_that_cannot_be_built_was_never_sent() {
    let error = sort(CREATE, true, SdkError::<CreateVpcError, HttpResponse>::construction_failure("no id"));
    assert_eq!((error.meaning(), error.effect()), (&Meaning::Internal, Effect::None));
    assert_eq!(error.message(), "the request cannot be built: no id");
}

#[test]
fn missing_credentials_say_what_to_do() {
    let error = of_credentials(&CredentialsError::not_loaded_no_source());
    assert_eq!(*error.meaning(), Meaning::Denied { action: String::new() });
    assert!(error.advice().unwrap().contains("AWS_PROFILE"));
    let error = of_credentials(&CredentialsError::invalid_configuration("no profile `x`"));
    assert_eq!(*error.meaning(), Meaning::Invalid);
    assert!(error.message().contains("no profile `x`"));
    let late = of_credentials(&CredentialsError::provider_timed_out(Duration::from_secs(1)));
    assert_eq!(*late.meaning(), Meaning::Transient);
}

#[test]
fn a_role_that_may_not_be_assumed_is_a_missing_permission() {
    use aws_sdk_sts::operation::assume_role::AssumeRoleError;
    let meta = ErrorMetadata::builder().code("AccessDenied").message("not you").build();
    let refusal = SdkError::service_error(AssumeRoleError::generic(meta), response(403, &[]));
    let error = of_credentials(&CredentialsError::provider_error(refusal));
    assert_eq!(*error.meaning(), Meaning::Denied { action: "sts:AssumeRole".into() });
    assert_eq!(error.message(), "not you");
}

/// A server on loopback that answers one request with these bytes and closes.
fn server(answer: &'static str) -> (String, JoinHandle<()>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let served = std::thread::spawn(move || {
        let (mut stream, _) = listener.accept().unwrap();
        let mut buffer = [0; 16 * 1024];
        assert!(stream.read(&mut buffer).unwrap() > 0);
        stream.write_all(answer.as_bytes()).unwrap();
    });
    (url, served)
}

async fn create_at(url: &str) -> Error {
    let credentials = Credentials::with_keys("AKIDEXAMPLE", "secret".to_owned());
    let client: Client = credentials.connect(&Account::region("eu-west-1").endpoint(url)).await.unwrap();
    write(CREATE, client.ec2.create_vpc().cidr_block("10.0.0.0/16").send()).await.unwrap_err()
}

#[tokio::test]
async fn a_closed_port_has_no_effect() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    drop(listener);
    let error = create_at(&url).await;
    assert_eq!((error.meaning(), error.effect()), (&Meaning::Transient, Effect::None), "{error}");
    assert!(error.message().starts_with("no connection to the endpoint"), "{error}");
}

#[tokio::test]
async fn a_connection_that_breaks_after_the_request_may_have_written() {
    for answer in ["", "HTTP/1.1 200 OK\r\ncontent-length: 500\r\n\r\n<CreateVpcResponse>"] {
        let (url, served) = server(answer);
        let error = create_at(&url).await;
        served.join().unwrap();
        assert_eq!((error.meaning(), error.effect()), (&Meaning::Transient, Effect::Unknown), "{error:?}");
    }
}

#[tokio::test]
async fn an_answer_that_makes_no_sense_may_have_written() {
    let (url, served) =
        server("HTTP/1.1 200 OK\r\ncontent-type: text/xml\r\ncontent-length: 11\r\n\r\n<CreateVpcR");
    let error = create_at(&url).await;
    served.join().unwrap();
    assert_eq!((error.meaning(), error.effect()), (&Meaning::Transient, Effect::Unknown), "{error:?}");
}

#[tokio::test]
async fn the_answer_of_an_emulator_that_knows_nothing_is_a_defect() {
    let (url, served) =
        server("HTTP/1.1 404 NOT FOUND\r\ncontent-type: text/html\r\ncontent-length: 6\r\n\r\n<html>");
    let error = create_at(&url).await;
    served.join().unwrap();
    assert_eq!((error.meaning(), error.effect()), (&Meaning::Internal, Effect::None), "{error:?}");
}

#[tokio::test]
async fn a_real_answer_of_ec2_is_read() {
    let (url, served) = server(concat!(
        "HTTP/1.1 400 Bad Request\r\ncontent-type: text/xml\r\nx-amzn-requestid: req-7\r\nconnection: close\r\n\r\n",
        "<?xml version=\"1.0\"?><Response><Errors><Error><Code>VpcLimitExceeded</Code>",
        "<Message>The maximum is reached.</Message></Error></Errors><RequestID>req-7</RequestID></Response>",
    ));
    let error = create_at(&url).await;
    served.join().unwrap();
    assert_eq!((error.meaning(), error.effect()), (&Meaning::Quota, Effect::None), "{error:?}");
    assert_eq!((error.api_code(), error.request_id()), (Some("VpcLimitExceeded"), Some("req-7")));
    assert_eq!(error.message(), "The maximum is reached.");
}

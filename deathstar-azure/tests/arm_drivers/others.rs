//! What others do on a server, without the driver.

use deathstar_arm_server::{SUBSCRIPTION, TENANT, token};
use std::{
    io::{Read as _, Write as _},
    net::TcpStream,
};

/// What somebody else does: one call, of which the answer's first line is told.
pub fn call(url: &str, method: &str, path: &str, version: &str, body: &str) -> String {
    let host = url.strip_prefix("http://").unwrap();
    let token = token("https://management.azure.com/.default", TENANT);
    let length = body.len();
    let mut stream = TcpStream::connect(host).unwrap();
    write!(
        stream,
        "{method} {path}?api-version={version} HTTP/1.1\r\nhost: {host}\r\nauthorization: Bearer {token}\r\n\
         content-type: application/json\r\ncontent-length: {length}\r\nconnection: close\r\n\r\n{body}"
    )
    .unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    answer.lines().next().unwrap_or_default().to_owned()
}

/// The watcher that Azure makes with the first virtual network of a location.
pub fn watcher(url: &str) {
    let group = format!("/subscriptions/{SUBSCRIPTION}/resourceGroups/NetworkWatcherRG");
    let here = r#"{"location":"westeurope"}"#;
    assert!(call(url, "PUT", &group, "2025-04-01", here).contains(" 201"));
    let watcher = format!("{group}/providers/Microsoft.Network/networkWatchers/NetworkWatcher_westeurope");
    assert!(call(url, "PUT", &watcher, "2025-07-01", here).contains(" 20"));
}

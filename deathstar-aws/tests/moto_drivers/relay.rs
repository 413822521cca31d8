//! A relay in front of moto that writes a refusal as its service does: moto writes all of them as web pages.

use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
    task::JoinHandle,
};

/// A relay; it ends when it is dropped.
#[derive(Debug)]
pub struct Relay {
    url: String,
    task: JoinHandle<()>,
}

impl Relay {
    /// In front of a server.
    pub async fn to(url: &str) -> Self {
        let host = url.trim_start_matches("http://").to_owned();
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let task = tokio::spawn(async move {
            while let Ok((client, _)) = listener.accept().await {
                let host = host.clone();
                tokio::spawn(async move {
                    // A client that goes away early is its own affair.
                    let _ = pass(client, &host).await;
                });
            }
        });
        Self { url, task }
    }

    /// Its endpoint.
    pub fn url(&self) -> &str {
        &self.url
    }
}

impl Drop for Relay {
    fn drop(&mut self) {
        self.task.abort();
    }
}

/// Passes requests on, one after the other; moto closes each connection after its answer.
async fn pass(mut client: TcpStream, host: &str) -> std::io::Result<()> {
    let mut request = vec![];
    while !is_whole(&request) {
        let mut part = [0; 8192];
        match client.read(&mut part).await? {
            0 => return Ok(()),
            read => request.extend_from_slice(&part[..read]),
        }
    }
    let mut server = TcpStream::connect(host).await?;
    server.write_all(&request).await?;
    let mut answer = vec![];
    server.read_to_end(&mut answer).await?;
    client.write_all(&rewritten(answer)).await?;
    client.shutdown().await
}

/// Whether all of a request is there.
fn is_whole(request: &[u8]) -> bool {
    let text = String::from_utf8_lossy(request);
    let Some((head, body)) = text.split_once("\r\n\r\n") else { return false };
    let length = head.lines().find_map(|line| {
        let (name, value) = line.split_once(':')?;
        name.eq_ignore_ascii_case("content-length").then(|| value.trim().parse::<usize>().ok())?
    });
    body.len() >= length.unwrap_or(0)
}

/// A refusal as its service writes it; every other answer as it is.
fn rewritten(answer: Vec<u8>) -> Vec<u8> {
    const MARK: &str = "is not authorized to perform: ";
    let text = String::from_utf8_lossy(&answer);
    let Some((_, action)) = text.split_once(MARK).filter(|_| text.starts_with("HTTP/1.1 403")) else {
        return answer;
    };
    let action = action.split(['<', '"']).next().unwrap_or_default();
    let message = format!("User: ci {MARK}{action}");
    let (kind, body) = match action.split(':').next() {
        Some("ec2") => (
            "text/xml",
            format!(
                "<Response><Errors><Error><Code>UnauthorizedOperation</Code><Message>{message}</Message></Error>\
                 </Errors><RequestID>refused</RequestID></Response>"
            ),
        ),
        Some("iam") => (
            "text/xml",
            format!(
                "<ErrorResponse><Error><Type>Sender</Type><Code>AccessDenied</Code><Message>{message}</Message>\
                 </Error><RequestId>refused</RequestId></ErrorResponse>"
            ),
        ),
        _ => (
            "application/x-amz-json-1.1",
            format!(r#"{{"__type":"AccessDeniedException","message":"{message}"}}"#),
        ),
    };
    let length = body.len();
    let head = format!("HTTP/1.1 403 FORBIDDEN\r\nContent-Type: {kind}\r\nConnection: close");
    format!("{head}\r\nContent-Length: {length}\r\n\r\n{body}").into_bytes()
}

//! A chart repository and a registry in one, on a free port: files by their paths, over HTTP.

use std::{
    collections::BTreeMap,
    io::{BufRead as _, BufReader, Write as _},
    net::{SocketAddr, TcpListener, TcpStream},
    sync::{Arc, Mutex},
    thread::JoinHandle,
};

/// What is served at a path: its type and content.
type Files = Arc<Mutex<BTreeMap<String, (&'static str, Vec<u8>)>>>;

/// A server that ends with its handle.
pub struct Registry {
    address: SocketAddr,
    files: Files,
    thread: Option<JoinHandle<()>>,
}

impl Registry {
    pub fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let (address, files) = (listener.local_addr().unwrap(), Files::default());
        let served = Arc::clone(&files);
        let thread = std::thread::spawn(move || {
            for stream in listener.incoming() {
                if !answer(&stream.unwrap(), &served) {
                    return;
                }
            }
        });
        Self { address, files, thread: Some(thread) }
    }

    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Where charts are in the registry.
    pub fn reference(&self) -> String {
        format!("oci://{}/charts/web", self.address)
    }

    /// Serves an archive as a version, in both ways.
    pub fn put(&self, version: &str, archive: &[u8]) {
        let digest = |content: &[u8]| format!("sha256:{}", sha256(content));
        let config = format!(r#"{{"apiVersion":"v2","name":"web","version":"{version}"}}"#).into_bytes();
        let described = |kind: &str, content: &[u8]| {
            format!(r#"{{"mediaType":"{kind}","digest":"{}","size":{}}}"#, digest(content), content.len())
        };
        let manifest = format!(
            r#"{{"schemaVersion":2,"config":{},"layers":[{}]}}"#,
            described("application/vnd.cncf.helm.config.v1+json", &config),
            described("application/vnd.cncf.helm.chart.content.v1.tar+gzip", archive),
        );
        let index = format!(
            "apiVersion: v1\nentries:\n  web:\n  - {{name: web, version: {version}, urls: [web.tgz], apiVersion: v2}}\n"
        );
        let manifest_type = "application/vnd.oci.image.manifest.v1+json";
        let blob = "application/octet-stream";
        let files = [
            ("/v2/".to_owned(), blob, vec![]),
            (format!("/v2/charts/web/manifests/{version}"), manifest_type, manifest.clone().into_bytes()),
            (
                format!("/v2/charts/web/manifests/{}", digest(manifest.as_bytes())),
                manifest_type,
                manifest.clone().into_bytes(),
            ),
            (format!("/v2/charts/web/blobs/{}", digest(&config)), blob, config.clone()),
            (format!("/v2/charts/web/blobs/{}", digest(archive)), blob, archive.to_vec()),
            (
                "/v2/charts/web/tags/list".to_owned(),
                "application/json",
                format!(r#"{{"name":"charts/web","tags":["{version}"]}}"#).into_bytes(),
            ),
            ("/index.yaml".to_owned(), "text/yaml", index.into_bytes()),
            ("/web.tgz".to_owned(), blob, archive.to_vec()),
        ];
        let files = files.into_iter().map(|(path, kind, content)| (path, (kind, content)));
        self.files.lock().unwrap().extend(files);
    }
}

/// Answers one request; `false` ends the server.
fn answer(stream: &TcpStream, files: &Files) -> bool {
    let mut lines = BufReader::new(stream).lines().map_while(Result::ok);
    let request = lines.next().unwrap_or_default();
    lines.by_ref().find(String::is_empty);
    let mut parts = request.split(' ');
    let (method, path) = (parts.next().unwrap_or_default(), parts.next().unwrap_or_default());
    if method == "END" {
        return false;
    }
    let path = path.split('?').next().unwrap_or_default();
    let found = files.lock().unwrap().get(path).cloned();
    let (status, kind, content) = match found {
        Some((kind, content)) => ("200 OK", kind, content),
        None => ("404 Not Found", "text/plain", vec![]),
    };
    let digest = sha256(&content);
    let head = format!(
        "HTTP/1.1 {status}\r\nContent-Type: {kind}\r\nContent-Length: {}\r\nDocker-Content-Digest: sha256:{digest}\r\nConnection: close\r\n\r\n",
        content.len()
    );
    let content = if method == "HEAD" { vec![] } else { content };
    // Who asks may go away before the end.
    let mut stream = stream;
    let _ = stream.write_all(&[head.into_bytes(), content].concat());
    true
}

fn sha256(content: &[u8]) -> String {
    use sha2::Digest as _;
    sha2::Sha256::digest(content).iter().fold(String::new(), |text, byte| format!("{text}{byte:02x}"))
}

impl Drop for Registry {
    fn drop(&mut self) {
        if let Ok(mut stream) = TcpStream::connect(self.address) {
            let _ = stream.write_all(b"END / HTTP/1.1\r\n\r\n");
        }
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

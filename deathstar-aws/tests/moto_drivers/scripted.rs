//! A server on loopback that answers what a test says, for what moto does not do.

use deathstar_aws::{Account, Client, Credentials};
use deathstar_core::Connect;
use std::{
    io::{BufRead, BufReader, Read, Write},
    net::{SocketAddr, TcpListener, TcpStream},
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    thread::JoinHandle,
    time::Duration,
};

/// An answer: its status, the type of its body, and the body.
pub type Answer = (u16, &'static str, String);

/// A server that ends with its test.
#[derive(Debug)]
pub struct Scripted {
    address: SocketAddr,
    over: Arc<AtomicBool>,
    served: Option<JoinHandle<()>>,
}

impl Scripted {
    /// Answers each request, head and body, one after the other.
    pub fn new(mut answer: impl FnMut(&str) -> Answer + Send + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let over = Arc::new(AtomicBool::new(false));
        let ended = Arc::clone(&over);
        let served = std::thread::spawn(move || {
            while let Ok((mut stream, _)) = listener.accept() {
                if ended.load(Ordering::SeqCst) {
                    return;
                }
                let request = request(&stream);
                let (status, kind, body) = answer(&request);
                let head = format!(
                    "HTTP/1.1 {status} x\r\ncontent-type: {kind}\r\ncontent-length: {}\r\n",
                    body.len()
                );
                // A client that has gone is none of ours.
                let _ = stream.write_all(format!("{head}connection: close\r\n\r\n{body}").as_bytes());
            }
        });
        Self { address, over, served: Some(served) }
    }

    /// A web page to every request, as moto answers what it does not know.
    pub fn web_page() -> Self {
        Self::new(|_| (404, "text/html", "<html>".into()))
    }

    pub fn account(&self) -> Account {
        Account::region(crate::server::REGION).endpoint(format!("http://{}", self.address))
    }

    pub fn credentials() -> Credentials {
        Credentials::with_keys("AKIDEXAMPLE", "secret".to_owned()).poll(Duration::from_millis(5))
    }

    pub async fn client(&self) -> Client {
        Self::credentials().connect(&self.account()).await.unwrap()
    }
}

impl Drop for Scripted {
    fn drop(&mut self) {
        self.over.store(true, Ordering::SeqCst);
        // Wakes it up; it may have ended already.
        let _ = TcpStream::connect(self.address);
        if let Some(served) = self.served.take() {
            let _ = served.join();
        }
    }
}

/// A request, head and body.
fn request(stream: &TcpStream) -> String {
    let mut reader = BufReader::new(stream);
    let mut text = String::new();
    let mut length = 0;
    loop {
        let mut line = String::new();
        if reader.read_line(&mut line).unwrap_or(0) == 0 || line == "\r\n" {
            break;
        }
        if let Some(value) = line.to_ascii_lowercase().strip_prefix("content-length:") {
            length = value.trim().parse().unwrap();
        }
        text.push_str(&line);
    }
    let mut body = vec![0; length];
    reader.read_exact(&mut body).unwrap();
    text + &String::from_utf8_lossy(&body)
}

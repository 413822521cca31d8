//! A server on a free port of the loopback interface, in a thread of its own, that ends with its handle.

use bytes::Bytes;
use http_body_util::{BodyExt, Full};
use hyper::{HeaderMap, Method, Request, Response, body::Incoming, server::conn::http1, service::service_fn};
use hyper_util::rt::TokioIo;
use std::{
    convert::Infallible,
    fmt,
    future::poll_fn,
    net::TcpListener as Bound,
    pin::Pin,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};
use tokio::{
    net::{TcpListener, TcpStream},
    runtime::{Builder, Handle},
    sync::oneshot,
};

/// How a request ends.
#[derive(Debug)]
pub enum Ending<A = Response<Bytes>> {
    /// With an answer.
    Answer(A),
    /// The connection ends.
    HangUp,
    /// The connection is reset.
    Reset,
}

impl<A> Ending<A> {
    /// With the same answer in another form.
    pub fn map<B>(self, form: impl FnOnce(A) -> B) -> Ending<B> {
        match self {
            Self::Answer(answer) => Ending::Answer(form(answer)),
            Self::HangUp => Ending::HangUp,
            Self::Reset => Ending::Reset,
        }
    }
}

/// What answers requests.
pub trait Handler: Send + Sync + 'static {
    /// Answers one request, or does not.
    fn handle(
        &self,
        method: &Method,
        target: &str,
        headers: &HeaderMap,
        body: Bytes,
    ) -> impl Future<Output = Ending> + Send;
}

/// A port of the loopback interface, on which nothing is answered yet.
#[derive(Debug)]
pub struct Port(Bound);

impl Port {
    /// A free one.
    ///
    /// # Errors
    /// When none can be had.
    pub fn free() -> std::io::Result<Self> {
        Bound::bind("127.0.0.1:0").map(Self)
    }

    /// How it is reached: `http://127.0.0.1:40000`.
    ///
    /// # Errors
    /// When the system does not tell.
    pub fn url(&self) -> std::io::Result<String> {
        Ok(format!("http://{}", self.0.local_addr()?))
    }
}

/// A running server; it ends when this is dropped.
#[derive(Debug)]
pub struct Server {
    stop: Option<oneshot::Sender<Infallible>>,
    thread: Option<std::thread::JoinHandle<()>>,
}

impl Drop for Server {
    fn drop(&mut self) {
        drop(self.stop.take());
        if let Some(thread) = self.thread.take() {
            // What it had to tell stands in the records.
            let _ = thread.join();
        }
    }
}

impl Server {
    /// Serves in a thread of its own, so that a test that blocks its runtime does not stop it.
    ///
    /// # Errors
    /// When the port or the thread cannot be had.
    pub fn start(name: &str, port: Port, handler: Arc<impl Handler>) -> std::io::Result<Self> {
        let Port(bound) = port;
        bound.set_nonblocking(true)?;
        let (stop, stopped) = oneshot::channel();
        let runtime = Builder::new_current_thread().enable_all().build()?;
        let thread = std::thread::Builder::new().name(name.to_owned()).spawn(move || {
            runtime.block_on(async {
                let Ok(listener) = TcpListener::from_std(bound) else { return };
                futures_util::future::select(Box::pin(accept(listener, handler)), stopped).await;
            });
            // Tasks belong to the runtime, and end with it.
            runtime.shutdown_timeout(Duration::ZERO);
        })?;
        Ok(Self { stop: Some(stop), thread: Some(thread) })
    }
}

async fn accept(listener: TcpListener, handler: Arc<impl Handler>) {
    loop {
        let Ok((stream, _)) = listener.accept().await else { continue };
        Handle::current().spawn(serve(stream, Arc::clone(&handler)));
    }
}

/// A connection that is broken off instead of answered.
#[derive(Debug)]
struct BrokenOff;

impl fmt::Display for BrokenOff {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the connection is broken off on purpose")
    }
}

impl std::error::Error for BrokenOff {}

async fn serve(stream: TcpStream, handler: Arc<impl Handler>) {
    let reset = Arc::new(AtomicBool::new(false));
    let service = service_fn(|request: Request<Incoming>| {
        let (handler, reset) = (Arc::clone(&handler), Arc::clone(&reset));
        Box::pin(async move {
            let (parts, body) = request.into_parts();
            let body = body.collect().await.map_err(|_| BrokenOff)?.to_bytes();
            let target = parts.uri.path_and_query().map_or("/", |target| target.as_str()).to_owned();
            let work = async move { handler.handle(&parts.method, &target, &parts.headers, body).await };
            // A caller who gives up stops no call: its effect, and what is known of it, go on.
            match Handle::current().spawn(work).await.map_err(|_| BrokenOff)? {
                Ending::Answer(answer) => Ok(answer.map(Full::new)),
                Ending::HangUp => Err(BrokenOff),
                Ending::Reset => {
                    reset.store(true, Ordering::Release);
                    Err(BrokenOff)
                }
            }
        })
    });
    let mut connection = http1::Builder::new().serve_connection(TokioIo::new(stream), service);
    // A connection that breaks is the client's to tell.
    let _ = poll_fn(|cx| Pin::new(&mut connection).poll_without_shutdown(cx)).await;
    if reset.load(Ordering::Acquire) {
        let stream = connection.into_parts().io.into_inner();
        // Without lingering the peer is told of a reset, and not of an end.
        let _ = stream.set_zero_linger();
    }
}

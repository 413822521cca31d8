//! The server: connections that are answered, broken off, or left without an answer.

use crate::{handle::Ending, proxy::Shared};
use http_body_util::{BodyExt, Full};
use hyper::{Request, Response, body::Incoming, server::conn::http1, service::service_fn};
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

/// The thread of a server; it ends when this is dropped.
#[derive(Debug)]
pub(crate) struct Server {
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
    pub(crate) fn start(bound: Bound, shared: Arc<Shared>) -> std::io::Result<Self> {
        bound.set_nonblocking(true)?;
        let (stop, stopped) = oneshot::channel();
        let runtime = Builder::new_current_thread().enable_all().build()?;
        let thread = std::thread::Builder::new().name("aws-proxy".to_owned()).spawn(move || {
            runtime.block_on(async {
                let Ok(listener) = TcpListener::from_std(bound) else { return };
                futures_util::future::select(Box::pin(accept(listener, shared)), stopped).await;
            });
            // Tasks belong to the runtime, and end with it.
            runtime.shutdown_timeout(Duration::ZERO);
        })?;
        Ok(Self { stop: Some(stop), thread: Some(thread) })
    }
}

async fn accept(listener: TcpListener, shared: Arc<Shared>) {
    loop {
        let Ok((stream, _)) = listener.accept().await else { continue };
        Handle::current().spawn(serve(stream, Arc::clone(&shared)));
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

async fn serve(stream: TcpStream, shared: Arc<Shared>) {
    let reset = Arc::new(AtomicBool::new(false));
    let service = service_fn(|request: Request<Incoming>| {
        let (shared, reset) = (Arc::clone(&shared), Arc::clone(&reset));
        Box::pin(async move {
            let (parts, body) = request.into_parts();
            let body = body.collect().await.map_err(|_| BrokenOff)?.to_bytes();
            let target = parts.uri.path_and_query().map_or("/", |target| target.as_str()).to_owned();
            let work = async move { shared.handle(&parts.method, &target, &parts.headers, body).await };
            // A caller who gives up stops no call: its effect, and what the proxy knows of it, go on.
            let ending = Handle::current().spawn(work).await.map_err(|_| BrokenOff)?;
            match ending {
                Ending::Answer(answer) => {
                    let mut response = Response::new(Full::new(answer.body));
                    *response.headers_mut() = answer.headers;
                    *response.status_mut() =
                        hyper::StatusCode::from_u16(answer.status).map_err(|_| BrokenOff)?;
                    Ok(response)
                }
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

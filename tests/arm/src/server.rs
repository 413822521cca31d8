//! A running server, and what it knows.

use crate::{
    Call, Calls, Fault, Injection, Moment, Settings,
    answer::Answer,
    fault::{Twist, failed},
    request::Request,
    route,
    standing::Standing,
    world::World,
};
use bytes::Bytes;
use deathstar_loopback::{Ending, Handler, Port, Server};
use hyper::{HeaderMap, Method};
use std::{
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

/// Why a server does not start.
#[derive(Debug, thiserror::Error)]
#[error("the server does not start: {0}")]
pub struct ServerError(#[from] std::io::Error);

/// A running server. It ends when it is dropped, and lets the test fail then if something was [violated](Self::violations) and nobody
/// [took notice](Self::take_violations).
#[derive(Debug)]
pub struct ArmServer {
    // The thread ends before the records are looked at.
    server: Option<Server>,
    shared: Arc<Shared>,
    url: String,
}

impl ArmServer {
    /// Starts a server on a free port of the loopback interface.
    ///
    /// # Errors
    /// When no port can be had.
    pub fn start(settings: Settings) -> Result<Self, ServerError> {
        let port = Port::free()?;
        let url = port.url()?;
        let shared = Arc::new(Shared(Mutex::new(World::new(settings, url.clone()))));
        let server = Server::start("arm-server", port, Arc::clone(&shared))?;
        Ok(Self { server: Some(server), shared, url })
    }

    /// Its endpoint.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// Every call so far.
    pub fn calls(&self) -> Calls {
        self.shared.world().calls.clone()
    }

    /// What must not happen, whatever the test is about: a call of something that is not served here, a version of the API that is not
    /// known, a document that does not fit the schemas.
    pub fn violations(&self) -> Vec<String> {
        self.shared.world().violations.clone()
    }

    /// The [violations](Self::violations), of which the test takes notice.
    pub fn take_violations(&self) -> Vec<String> {
        std::mem::take(&mut self.shared.world().violations)
    }

    /// Lets calls fail.
    pub fn inject(&self, injection: Injection) {
        self.shared.world().script.add(injection);
    }

    /// Forgets all injections.
    pub fn clear_injections(&self) {
        self.shared.world().script.clear();
    }

    /// How many injections did not befall a call yet.
    pub fn waiting_injections(&self) -> usize {
        self.shared.world().script.waiting()
    }

    /// Lets time go by on the server's clock: see [`Pace::Time`](crate::Pace::Time).
    pub fn advance(&self, time: Duration) {
        self.shared.world().advance(time);
    }

    /// Everything that stands, sorted by identifier.
    pub fn standing(&self) -> Vec<Standing> {
        Standing::all(&self.shared.world())
    }

    pub(crate) fn shared(&self) -> &Arc<Shared> {
        &self.shared
    }
}

impl Drop for ArmServer {
    /// A violation that nobody looked at has to fail the test.
    fn drop(&mut self) {
        drop(self.server.take());
        let violations = self.take_violations();
        assert!(
            violations.is_empty() || std::thread::panicking(),
            "the server saw what must not happen:\n{}",
            violations.join("\n")
        );
    }
}

/// What all requests share.
#[derive(Debug)]
pub(crate) struct Shared(Mutex<World>);

impl Shared {
    pub(crate) fn world(&self) -> MutexGuard<'_, World> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Notes a call that arrived; answers what befalls it.
    fn note(&self, request: &Request) -> (u64, Option<Fault>) {
        let mut world = self.world();
        let befalls = world.script.befalls(|injection| injection.fits(&request.method, &request.path));
        let fault = befalls.map(|injection| injection.fault);
        let (kind, one) = route::about(&request.path);
        let mut headers = request.headers.clone();
        headers.remove("authorization");
        let serial = world.calls.note(|serial| Call {
            serial,
            method: request.method.to_string(),
            path: request.path.clone(),
            query: request.query.clone(),
            headers,
            body: request.document().cloned(),
            kind,
            one,
            reached: false,
            status: None,
            answer_headers: vec![],
            answer: None,
            error: None,
            made: vec![],
            fault: fault.as_ref().map(Fault::name),
        });
        (serial, fault)
    }

    /// Lets the call have its effect.
    fn take(&self, serial: u64, request: &Request, fault: Option<&Fault>) -> Answer {
        let mut world = self.world();
        world.serial = serial;
        world.twist = fault.map(Fault::twist).unwrap_or_default();
        let mut answer = route::answer(&mut world, request);
        if let Some(Fault::Header(name, value)) = fault {
            answer.headers.retain(|(own, _)| !own.eq_ignore_ascii_case(name));
            answer.headers.extend(value.clone().map(|value| (name.clone(), value)));
        }
        if answer.status < 300 && std::mem::take(&mut world.twist) != Twist::default() {
            let name = fault.map(Fault::name).unwrap_or_default();
            world.violate(format!(
                "`{name}` befell {} {}, which begins no operation",
                request.method, request.path
            ));
        }
        let made = world.objects.iter().filter(|object| object.made_by == serial && !request.reads());
        let made: Vec<_> = made.map(|object| object.id.to_string()).collect();
        world.calls.amend(serial, |call| {
            call.reached = true;
            call.error = answer.error().map(str::to_owned);
            call.answer.clone_from(&answer.body);
            call.made = made;
        });
        answer
    }

    /// Answers, and notes it.
    fn tell<A: Into<Answer>>(&self, serial: u64, request: &Request, answer: A) -> Ending {
        let mut answer = answer.into();
        let id = format!("00000000-0000-4000-8000-{serial:012x}");
        for name in ["x-ms-request-id", "x-ms-correlation-request-id"] {
            answer = answer.header(name, &id);
        }
        if let Some(own) = request.header("x-ms-client-request-id") {
            answer = answer.header("x-ms-client-request-id", own);
        }
        self.world().calls.amend(serial, |call| {
            call.status = Some(answer.status);
            call.error = answer.error().map(str::to_owned);
            call.answer.clone_from(&answer.body);
            call.answer_headers.clone_from(&answer.headers);
        });
        Ending::Answer(answer.into_response())
    }

    fn answer(&self, request: &Request) -> Ending {
        let (serial, fault) = self.note(request);
        let refusal = fault.as_ref().and_then(Fault::refusal);
        if let Some(refusal) = refusal {
            return self.tell(serial, request, refusal);
        }
        match &fault {
            Some(Fault::ResetBefore) => return Ending::Reset,
            Some(Fault::Kill(Moment::Before, hook)) => {
                hook();
                return Ending::Reset;
            }
            _ => {}
        }
        let answer = self.take(serial, request, fault.as_ref());
        match &fault {
            Some(Fault::FailedAfter) => self.tell(serial, request, failed()),
            Some(Fault::ResetAfter) => Ending::Reset,
            Some(Fault::LostAnswer) => Ending::HangUp,
            Some(Fault::Kill(Moment::After, hook)) => {
                hook();
                Ending::Reset
            }
            _ => self.tell(serial, request, answer),
        }
    }
}

impl Handler for Shared {
    async fn handle(&self, method: &Method, target: &str, headers: &HeaderMap, body: Bytes) -> Ending {
        self.answer(&Request::read(method, target, headers, &body))
    }
}

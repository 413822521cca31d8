//! A running server, and what it knows.

use crate::{
    Call, Fault, Injection, Moment, Settings,
    answer::Answer,
    fault::{Twist, failed},
    request::Request,
    route,
    standing::Standing,
    world::World,
};
use bytes::Bytes;
use deathstar_loopback::{Ending, Handler, Port, Records, Running, StartError};
use hyper::{HeaderMap, Method};
use std::{
    ops::Deref,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

/// A running server: what all servers of tests have, which [`Running`] tells, and what it has besides.
///
/// A violation is: a call of something that is not served here, a version of the API that is not known, a document that does not fit
/// the schemas.
#[derive(Debug)]
pub struct ArmServer {
    running: Running<Call, Injection>,
    shared: Arc<Shared>,
}

impl Deref for ArmServer {
    type Target = Running<Call, Injection>;

    fn deref(&self) -> &Self::Target {
        &self.running
    }
}

impl ArmServer {
    /// Starts a server on a free port of the loopback interface.
    ///
    /// # Errors
    /// When no port can be had.
    pub fn start(settings: Settings) -> Result<Self, StartError> {
        let (port, records) = (Port::free()?, Records::default());
        let world = Mutex::new(World::new(settings, port.url()?, records.clone()));
        let shared = Arc::new(Shared { records: records.clone(), world });
        let running = Running::start("server", port, records, Arc::clone(&shared))?;
        Ok(Self { running, shared })
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

/// What all requests share.
#[derive(Debug)]
pub(crate) struct Shared {
    pub(crate) records: Records<Call, Injection>,
    world: Mutex<World>,
}

impl Shared {
    pub(crate) fn world(&self) -> MutexGuard<'_, World> {
        self.world.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Notes a call that arrived; answers what befalls it.
    fn note(&self, request: &Request) -> (u64, Option<Fault>) {
        let befalls = self.records.befalls(|injection| injection.fits(&request.method, &request.path));
        let fault = befalls.map(|injection| injection.fault);
        let (kind, one) = route::about(&request.path);
        let mut headers = request.headers.clone();
        headers.remove("authorization");
        let serial = self.records.note(|serial| Call {
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
            self.records.violate(format!(
                "`{name}` befell {} {}, which begins no operation",
                request.method, request.path
            ));
        }
        let made = world.objects.iter().filter(|object| object.made_by == serial && !request.reads());
        let made: Vec<_> = made.map(|object| object.id.to_string()).collect();
        self.records.amend(serial, |call| {
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
        self.records.amend(serial, |call| {
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

//! What becomes of one request.

use crate::{
    Fault, Injection, Moment, Place,
    fault::{failed, throttled},
    proxy::Shared,
    rules::Case,
    wire::{Answer, Protocol, Refusal, Request},
};
use bytes::Bytes;
use deathstar_loopback::{Ending, Handler};
use hyper::{HeaderMap, Method};

impl Handler for Shared {
    async fn handle(&self, method: &Method, target: &str, headers: &HeaderMap, body: Bytes) -> Ending {
        self.answer(method, target, headers, body).await.map(Answer::into_response)
    }
}

impl Shared {
    /// Answers one request, or does not.
    async fn answer(
        &self,
        method: &Method,
        target: &str,
        headers: &HeaderMap,
        body: Bytes,
    ) -> Ending<Answer> {
        if target.starts_with("/moto-api") {
            // The emulator's own controls.
            let answer = self.upstream.send(method, target, headers.clone(), body).await;
            return answer.map_or_else(|why| self.broken(&why), Ending::Answer);
        }
        let Some(request) = Request::read(self.settings.models.as_deref(), method, target, headers, &body)
        else {
            return self.broken(&format!("{method} {target} is no call that is known here"));
        };
        let place = self.place(&request.scope).await;
        let serial = self.note(&place, &request);
        let ending = self.befall(&place, serial, request).await;
        if let Ending::Answer(answer) = &ending {
            let error = answer.error().map(|(code, _)| code);
            let request_id = answer.request_id();
            self.records.amend(serial, |call| {
                call.status = Some(answer.status);
                call.error = error;
                call.request_id = request_id;
            });
        }
        ending
    }

    fn broken(&self, why: &str) -> Ending<Answer> {
        self.records.violate(why.to_owned());
        Ending::Answer(Refusal::new("ProxyViolation", why).status(501).answer(Protocol::Query, 0))
    }

    /// Lets a fault befall a request, if it is its turn.
    async fn befall(&self, place: &Place, serial: u64, request: Request) -> Ending<Answer> {
        let (service, protocol) = (request.service().to_owned(), request.protocol);
        let name = request.name();
        let refused = |refusal: Refusal| Ending::Answer(refusal.answer(protocol, serial));
        let befalls = self.records.befalls(|injection| injection.fits(place, &name, &request.parameters));
        let throttle = self.settings.throttle.as_ref().filter(|_| befalls.is_none());
        let let_in = throttle
            .is_none_or(|throttle| self.known().buckets.take(throttle, place, &name, request.reads()));
        if !let_in {
            self.records.amend(serial, |call| call.fault = Some("bucket is empty".to_owned()));
            return refused(throttled(&service));
        }
        let Some(Injection { fault, hides, .. }) = befalls else {
            return Ending::Answer(Case::new(self, place, serial, request, None).answer().await);
        };
        self.records.amend(serial, |call| call.fault = Some(fault.name()));
        match &fault {
            Fault::ResetBefore => return Ending::Reset,
            Fault::Kill(Moment::Before, hook) => {
                hook();
                return Ending::Reset;
            }
            other => {
                if let Some(page) = other.page() {
                    return Ending::Answer(page);
                }
                if let Some(refusal) = other.refusal(&service) {
                    return refused(refusal);
                }
            }
        }
        // What follows befalls the answer, so the call has its effect.
        let answer = Case::new(self, place, serial, request, hides).answer().await;
        let error = answer.error().map(|(code, _)| code);
        self.records.amend(serial, |call| call.error = error);
        match fault {
            Fault::FailedAfter => refused(failed(&service)),
            Fault::ResetAfter => Ending::Reset,
            Fault::Kill(_, hook) => {
                hook();
                Ending::Reset
            }
            _ => Ending::HangUp,
        }
    }
}

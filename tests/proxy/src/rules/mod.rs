//! The rules: each judges a call before it reaches the emulator, or puts its answer right.

mod acl_entries;
mod codes;
mod finish;
pub(crate) mod kinds;
mod looks;
mod named;
mod other;
mod parameters;
mod parts;
mod quotas;
mod read;
mod records;
mod references;
mod routes;
mod security_groups;
mod things;
mod tokens;
mod vpc_endpoints;

pub(crate) use acl_entries::IcmpTypes;
pub(crate) use looks::Looks;
pub(crate) use tokens::Tokens;

use crate::{
    Place,
    proxy::Shared,
    wire::{Answer, Document, Element, Protocol, Refusal, Request},
};
use hyper::header::CONTENT_TYPE;
use kinds::Kind;

/// What a rule says of a call before it is handed on.
pub(crate) type Judged = Result<(), Refusal>;

/// One call under the rules.
#[derive(Debug)]
pub(crate) struct Case<'c> {
    shared: &'c Shared,
    place: &'c Place,
    serial: u64,
    request: Request,
    /// For how many looks what is made stays hidden, where a fault says so.
    hides: Option<u32>,
}

impl<'c> Case<'c> {
    pub(crate) fn new(
        shared: &'c Shared,
        place: &'c Place,
        serial: u64,
        request: Request,
        hides: Option<u32>,
    ) -> Self {
        Self { shared, place, serial, request, hides }
    }

    /// The answer as AWS gives it, as far as the rules know.
    pub(crate) async fn answer(mut self) -> Answer {
        let judged = self.decide().await;
        judged.unwrap_or_else(|refusal| refusal.answer(self.request.protocol, self.serial))
    }

    async fn decide(&mut self) -> Result<Answer, Refusal> {
        self.judge_parameters()?;
        if self.request.reads() {
            return self.read().await;
        }
        // Judging and doing belong together.
        let gate = self.shared.gate.lock().await;
        let token = self.token()?;
        if let Some(answer) = token.as_ref().and_then(|token| self.repeated(token)).transpose()? {
            return Ok(answer);
        }
        self.judge().await?;
        if self.request.protocol == Protocol::Ec2
            && self.request.parameters.is_on("DryRun")
            && self.on().codes
        {
            return Err(Refusal::new(
                "DryRunOperation",
                "Request would have succeeded, but DryRun flag is set.",
            )
            .status(412));
        }
        self.prepare().await;
        let answer = self.forward().await;
        let answer = self.finish(answer).await;
        if let Some(token) = token {
            self.keep(token, &answer);
        }
        drop(gate);
        Ok(answer)
    }

    /// What has to hold before a call is handed on.
    async fn judge(&mut self) -> Judged {
        match self.request.service() {
            "ec2" => {
                self.judge_named().await?;
                if self.on().codes {
                    self.judge_ec2().await?;
                }
                if self.on().references {
                    self.judge_references().await?;
                }
                if let Some(quotas) = self.on().quotas {
                    self.judge_quotas(&quotas).await?;
                }
                Ok(())
            }
            _ => self.judge_other().await,
        }
    }

    fn on(&self) -> &'c crate::Settings {
        &self.shared.settings
    }

    fn get(&self, name: &str) -> &str {
        self.request.get(name).unwrap_or_default()
    }

    /// Hands the request on. A web page, or a failure of the emulator, is a violation.
    async fn forward(&self) -> Answer {
        self.shared.records.amend(self.serial, |call| call.reached = true);
        let mut answer = match self.hand_on().await {
            Ok(answer) => answer,
            Err(why) => return self.violation(&why),
        };
        if !answer.speaks(self.request.protocol) || answer.status >= 500 {
            let text: String = String::from_utf8_lossy(&answer.body).chars().take(300).collect();
            let why = format!(
                "the emulator answers with status {} and `{}`: {text}",
                answer.status,
                answer.content_type()
            );
            return self.violation(&why);
        }
        if answer.is_html() {
            // For some services the emulator leaves out what its answers are.
            answer.headers.insert(CONTENT_TYPE, self.request.protocol.content_type());
        }
        answer
    }

    async fn hand_on(&self) -> Result<Answer, String> {
        let Some(tamper) = &self.on().tamper else {
            return self.shared.upstream.forward(&self.request).await;
        };
        let name = self.request.name();
        let mut request = self.request.clone();
        if let Some(body) = (tamper.request)(&name, &String::from_utf8_lossy(&request.body)) {
            request.body = body.into();
        }
        let mut answer = self.shared.upstream.forward(&request).await?;
        if let Some(body) = (tamper.answer)(&name, &String::from_utf8_lossy(&answer.body)) {
            answer.body = body.into();
        }
        Ok(answer)
    }

    fn violation(&self, why: &str) -> Answer {
        self.shared.records.violate(format!("{} (call {}): {why}", self.request.name(), self.serial));
        Refusal::new("ProxyViolation", why).status(501).answer(self.request.protocol, self.serial)
    }

    /// Asks EC2 for a list, on the caller's behalf and unseen by rules and records.
    async fn list(&self, action: &str, set: &str, filters: &[(&str, &str)]) -> Vec<Element> {
        let parameters = filters.iter().enumerate().flat_map(|(index, (name, value))| {
            let filter = format!("Filter.{}", index + 1);
            [
                (format!("{filter}.Name"), (*name).to_owned()),
                (format!("{filter}.Value.1"), (*value).to_owned()),
            ]
        });
        let answer = self.shared.upstream.ask(&self.request.scope, "ec2", action, parameters).await;
        answer.map(|root| root.items(set).to_vec()).unwrap_or_default()
    }

    /// Asks EC2 for one object.
    async fn one(&self, kind: &Kind, id: &str) -> Option<Element> {
        let parameters = [(format!("{}.1", kind.ids), id.to_owned())];
        let answer = self.shared.upstream.ask(&self.request.scope, "ec2", kind.describe, parameters).await?;
        answer.items(kind.set).iter().find(|item| item.text_at(kind.id) == Some(id)).cloned()
    }

    /// Makes a call of EC2 that the emulator forgot.
    async fn mend(&self, action: &str, parameters: &[(&str, &str)]) {
        let parameters = parameters.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
        self.shared.upstream.ask(&self.request.scope, "ec2", action, parameters).await;
    }

    fn document(answer: &Answer) -> Option<Document> {
        Document::read(answer).filter(|_| answer.is_success())
    }
}

//! Idempotency: the same token is the same call.

use super::Case;
use crate::{
    Parameters, Place,
    wire::{Answer, Refusal},
};
use std::collections::HashMap;

/// A token, and what was said with it.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Token {
    place: Place,
    call: String,
    value: String,
}

/// What was answered to calls with tokens.
#[derive(Debug, Default)]
pub(crate) struct Tokens(HashMap<Token, (Parameters, Answer)>);

impl Case<'_> {
    /// The token of this call, where its action takes one.
    pub(super) fn token(&self) -> Result<Option<Token>, Refusal> {
        let (service, action) = (self.request.service(), &self.request.action);
        let takes =
            self.on().models.as_ref().is_some_and(|models| models.takes(service, action, "ClientToken"));
        let Some(token) = self.request.get("ClientToken").filter(|_| self.on().tokens && takes) else {
            return Ok(None);
        };
        // Source: Amazon EC2 Developer Guide, "Ensuring idempotency": up to 64 ASCII characters.
        if token.len() > 64 || !token.is_ascii() {
            return Err(Refusal::new(
                "InvalidParameterValue",
                "ClientToken may have up to 64 ASCII characters",
            ));
        }
        Ok(Some(Token { place: self.place.clone(), call: self.request.name(), value: token.to_owned() }))
    }

    /// The first answer, if the call is a repetition.
    pub(super) fn repeated(&self, token: &Token) -> Option<Result<Answer, Refusal>> {
        let known = self.shared.known();
        let (parameters, answer) = known.tokens.0.get(token)?;
        if *parameters == self.request.parameters {
            return Some(Ok(answer.clone()));
        }
        let text = "The request uses the same client token as a previous, but non-identical request.";
        Some(Err(Refusal::new("IdempotentParameterMismatch", text)))
    }

    /// Keeps an answer; a refusal leaves the token free.
    pub(super) fn keep(&self, token: Token, answer: &Answer) {
        if answer.is_success() {
            self.shared.known().tokens.0.insert(token, (self.request.parameters.clone(), answer.clone()));
        }
    }
}

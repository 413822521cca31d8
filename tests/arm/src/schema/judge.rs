//! All documents of calls against the descriptions.

use super::{Finding, Schemas, Side};
use crate::{Call, Calls};
use deathstar_loopback::Recorded;
use serde_json::Value;

impl Schemas {
    /// What is wrong with the documents of calls, each with its call: `3 request PUT Microsoft.Network/virtualNetworks /location is
    /// missing`. What has no description is not judged; errors are not, either.
    pub fn judge(&self, calls: &Calls) -> Vec<String> {
        calls.iter().flat_map(|call| self.judge_call(call)).collect()
    }

    /// How many documents of calls have a description.
    pub fn judged(&self, calls: &Calls) -> usize {
        calls.iter().map(|call| self.documents(call).len()).sum()
    }

    fn judge_call(&self, call: &Call) -> Vec<String> {
        let found = self.documents(call).into_iter().flat_map(|(side, findings)| {
            let side = if side == Side::Response { "answer" } else { "request" };
            findings
                .into_iter()
                .map(move |finding| format!("{} {side} {} {finding}", call.serial, call.name()))
        });
        found.collect()
    }

    /// The documents of a call that have a description, with what is wrong with them.
    fn documents(&self, call: &Call) -> Vec<(Side, Vec<Finding>)> {
        let (Some(kind), Some(version)) = (&call.kind, call.query.get("api-version")) else { return vec![] };
        let mut all = vec![];
        let sent = match call.method.as_str() {
            "PUT" => Some(Side::Request),
            "PATCH" => Some(Side::Patch),
            _ => None,
        };
        if let (Some(side), Some(body)) = (sent, &call.body) {
            all.extend(self.check(kind, version, side, body).map(|found| (side, found)));
        }
        let shown = call.answer.as_ref().filter(|_| call.error.is_none() && call.method != "POST");
        for document in shown.into_iter().flat_map(|answer| shown_in(call, answer)) {
            all.extend(
                self.check(kind, version, Side::Response, document).map(|found| (Side::Response, found)),
            );
        }
        all
    }
}

/// The objects that an answer shows: itself, or the entries of its list.
fn shown_in<'a>(call: &Call, answer: &'a Value) -> Vec<&'a Value> {
    if call.one {
        return vec![answer];
    }
    answer["value"].as_array().into_iter().flatten().collect()
}

//! What a call names has to be there, and visible.

use super::{Case, Judged, kinds};
use crate::wire::Refusal;

/// Calls that name what need not be there, or answer otherwise when it is not.
const LENIENT: &[&str] = &["DeleteVpcEndpoints", "DeleteFlowLogs"];

impl Case<'_> {
    /// Refuses a call that names an object which is hidden, or not there: the emulator lets many of them pass.
    ///
    /// Source: Amazon EC2 API Reference, "Error codes".
    pub(super) async fn judge_named(&self) -> Judged {
        let on = self.on();
        let ids: Vec<String> = self.request.parameters.iter().map(|(_, value)| value.to_owned()).collect();
        for id in ids {
            let Some(kind) = kinds::of_id(&id) else { continue };
            if self.shared.known().looks.look_if_hidden(self.place, &id) {
                return Err(self.not_there(kind, &id));
            }
            if !on.codes || LENIENT.contains(&self.request.action.as_str()) {
                continue;
            }
            let there = self.one(kind, &id).await;
            let gone = matches!(there.as_ref().and_then(|item| item.text_at("state")), Some("deleted"));
            let deletes_again = self.request.action == "DeleteNatGateway" && there.is_some();
            if there.is_none() || (gone && !deletes_again) {
                return Err(self.not_there(kind, &id));
            }
            let look = self.shared.known().looks.peek(self.place, &id);
            if self.request.get("NatGatewayId") == Some(&id)
                && matches!(self.request.action.as_str(), "CreateRoute" | "ReplaceRoute")
                && (look.pending > 0 || look.failed.is_some())
            {
                return Err(self.not_there(kind, &id));
            }
        }
        Ok(())
    }

    /// Routes have a code of their own for gateways that cannot be used.
    fn not_there(&self, kind: &kinds::Kind, id: &str) -> Refusal {
        if kind.prefix == "nat" && self.request.action.ends_with("Route") {
            return Refusal::new(
                "InvalidNatGatewayID.NotFound",
                format!("The natGateway ID '{id}' does not exist"),
            );
        }
        kind.not_found(id)
    }
}

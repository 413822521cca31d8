//! Parameters that the service does not know.

use super::{Case, Judged};
use crate::{
    model::Finding,
    wire::{Protocol, Refusal},
};

impl Case<'_> {
    /// Refuses what EC2 refuses. Other services drop what they do not know without a word, which no driver can want: a violation.
    ///
    /// Source: Amazon EC2 API Reference, "Error codes".
    pub(super) fn judge_parameters(&self) -> Judged {
        let (service, action) = (self.request.service(), self.request.action.as_str());
        let Some(models) = self.on().models.as_ref().filter(|_| self.on().parameters) else { return Ok(()) };
        if models.knows(service, action) == Some(false) {
            return Err(Refusal::new(
                "InvalidAction",
                format!("The action {action} is not valid for this web service."),
            ));
        }
        for finding in models.check(service, action, &self.request.parameters) {
            let refusal = match finding {
                Finding::Unknown(name) => {
                    if self.request.protocol != Protocol::Ec2 {
                        let name = self.request.name();
                        self.shared.records.violate(format!(
                            "{name} (call {}): the parameter `{name}` is not known",
                            self.serial
                        ));
                        continue;
                    }
                    Refusal::new("UnknownParameter", format!("The parameter {name} is not recognized"))
                }
                Finding::Missing(name) => {
                    let code = if self.request.protocol == Protocol::Ec2 {
                        "MissingParameter"
                    } else {
                        "ValidationError"
                    };
                    Refusal::new(code, format!("The request must contain the parameter {name}"))
                }
                Finding::Value { name, value, expected } => {
                    let code = match self.request.protocol {
                        Protocol::Ec2 => "InvalidParameterValue",
                        Protocol::Json if service == "logs" => "InvalidParameterException",
                        Protocol::Json => "ValidationException",
                        _ => "ValidationError",
                    };
                    Refusal::new(
                        code,
                        format!("Value ({value}) for parameter {name} is invalid. Expecting {expected}"),
                    )
                }
            };
            return Err(refusal);
        }
        let filters = self.request.parameters.numbers("Filter").into_iter();
        for name in filters.filter_map(|number| self.request.get(&format!("Filter.{number}.Name"))) {
            if service == "ec2" && !models.documents_filter(service, action, name) {
                return Err(Refusal::new("InvalidParameterValue", format!("The filter '{name}' is invalid")));
            }
        }
        Ok(())
    }
}

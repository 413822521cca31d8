//! What a record set answers.

use super::RecordType;
use crate::{id::HostedZoneId, route53::DomainName};
use deathstar_core::{Input, model::Set};
use serde::{Deserialize, Serialize};

/// What is answered.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum RecordData {
    /// These values.
    Values {
        /// For how many seconds others may keep the answer.
        ttl: u32,
        /// The values, as zone files write them: texts in double quotes.
        values: Set<Input<String>>,
    },
    /// What an object of AWS answers, or another record of a zone.
    Alias {
        /// The name of that.
        name: Input<DomainName>,
        /// The zone of that, as its service tells it.
        zone: Input<HostedZoneId>,
        /// Whether it answers only while that is healthy.
        evaluate_health: bool,
    },
    /// Something else. It is seen and cannot be declared.
    Other(String),
}

impl RecordData {
    /// What Route 53 would refuse of it: why, and what to do.
    pub(super) fn problems(&self, record_type: RecordType) -> Vec<(String, &'static str)> {
        let values = match self {
            Self::Values { values, .. } => values,
            Self::Alias { .. } => return vec![],
            Self::Other(what) => {
                return vec![(format!("{what} is seen, and cannot be declared"), "use values or an alias")];
            }
        };
        let mut problems = vec![];
        if values.is_empty() {
            problems.push(("a record set without values answers nothing".into(), "name at least one"));
        }
        if values.len() > 1 && record_type == RecordType::Cname {
            let fix = "keep one value, or use weighted record sets";
            problems.push(("a name stands for one other name".into(), fix));
        }
        let unquoted = |text: &&String| !(text.len() >= 2 && text.starts_with('"') && text.ends_with('"'));
        if matches!(record_type, RecordType::Txt | RecordType::Spf)
            && let Some(text) = values.iter().filter_map(Input::value).find(unquoted)
        {
            problems.push((format!("`{text}` is not in double quotes"), "put double quotes around it"));
        }
        problems
    }
}

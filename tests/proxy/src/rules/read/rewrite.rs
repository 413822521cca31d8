//! Parameters of a reading call, changed in its own protocol.

use crate::wire::{Protocol, Request};
use hyper::header;
use serde_json::Value;

/// Sets or removes parameters of a reading call, in its own protocol.
pub(super) fn rewrite(
    request: &mut Request,
    changes: &[(String, Option<String>)],
    models: Option<&crate::Models>,
) {
    match request.protocol {
        Protocol::Ec2 | Protocol::Query => request.edit(|parameters| {
            for (name, value) in changes {
                match value {
                    Some(value) => parameters.0.insert(name.clone(), value.clone()),
                    None => parameters.0.remove(name),
                };
            }
        }),
        Protocol::Json => {
            let Ok(Value::Object(mut members)) = serde_json::from_slice(&request.body) else { return };
            for (name, value) in changes {
                match value {
                    // Limits are numbers, and tokens are not.
                    Some(value) => {
                        let value =
                            value.parse::<u32>().map_or_else(|_| Value::from(value.clone()), Value::from);
                        members.insert(name.clone(), value)
                    }
                    None => members.remove(name),
                };
            }
            request.body = Value::Object(members).to_string().into();
            request.headers.remove(header::CONTENT_LENGTH);
        }
        Protocol::RestXml => {
            let Some(models) = models else { return };
            let (path, query) = request.target.split_once('?').unwrap_or((&request.target, ""));
            let mut pairs: Vec<(String, String)> =
                form_urlencoded::parse(query.as_bytes()).into_owned().collect();
            for (name, value) in changes {
                let Some(there) = models.query_name(&request.scope.service, &request.action, name) else {
                    continue;
                };
                pairs.retain(|(own, _)| *own != there);
                pairs.extend(value.as_ref().map(|value| (there, value.clone())));
            }
            let query = form_urlencoded::Serializer::new(String::new()).extend_pairs(pairs).finish();
            request.target = if query.is_empty() { path.to_owned() } else { format!("{path}?{query}") };
        }
    }
}

//! Which action a method and a path are.

use super::Models;
use crate::wire::Parameters;
use percent_encoding::percent_decode_str;
use std::collections::BTreeMap;

impl Models {
    /// The action of a method and a path with its query, and the parameters that stand there.
    pub(crate) fn route(&self, service: &str, method: &str, target: &str) -> Option<(String, Parameters)> {
        let service = self.services.get(service)?;
        let (path, query) = target.split_once('?').unwrap_or((target, ""));
        let fits = service.operations.iter().filter(|(_, operation)| operation.http.method == method);
        // A fixed segment fits better than a variable one.
        let (_, name, found) = fits
            .filter_map(|(name, operation)| {
                let template = operation.http.request_uri.split('?').next().unwrap_or_default();
                let found = matches(template, path)?;
                Some((found.len(), name, found))
            })
            .min_by_key(|(variables, name, _)| (*variables, (*name).clone()))?;
        let input = service.operations.get(name)?.input.as_ref();
        let members = input.and_then(|input| service.shapes.get(&input.shape)).map(|shape| &shape.members);
        let given: BTreeMap<String, String> = form_urlencoded::parse(query.as_bytes()).into_owned().collect();
        let mut parameters = BTreeMap::new();
        for (own, member) in members.into_iter().flatten() {
            let there = member.location_name.as_deref().unwrap_or(own);
            let value = match member.location.as_deref() {
                Some("uri") => found.get(there),
                Some("querystring") => given.get(there),
                _ => None,
            };
            parameters.extend(value.map(|value| (own.clone(), value.clone())));
        }
        Some((name.clone(), Parameters(parameters)))
    }
}

fn matches(template: &str, path: &str) -> Option<BTreeMap<String, String>> {
    let parts =
        |text: &str| -> Vec<String> { text.trim_matches('/').split('/').map(str::to_owned).collect() };
    let (template, path) = (parts(template), parts(path));
    if template.len() != path.len() {
        return None;
    }
    let mut found = BTreeMap::new();
    for (wanted, given) in template.iter().zip(&path) {
        if let Some(name) = wanted.strip_prefix('{').and_then(|rest| rest.strip_suffix('}')) {
            let value = percent_decode_str(given).decode_utf8().ok()?.into_owned();
            found.insert(name.trim_end_matches('+').to_owned(), value);
        } else if wanted != given {
            return None;
        }
    }
    Some(found)
}

#[cfg(test)]
mod tests {
    use crate::{model::tests::models, wire::Protocol};

    #[test]
    fn a_path_is_an_action_with_parameters() {
        let model = r#"{"operations": {
            "GetHostedZone": {"http": {"method": "GET", "requestUri": "/2013-04-01/hostedzone/{Id}"}, "input": {"shape": "G"}},
            "ListResourceRecordSets": {"http": {"method": "GET", "requestUri": "/2013-04-01/hostedzone/{Id}/rrset"}, "input": {"shape": "L"}},
            "ChangeResourceRecordSets": {"http": {"method": "POST", "requestUri": "/2013-04-01/hostedzone/{Id}/rrset/"}, "input": {"shape": "L"}}},
            "shapes": {"S": {"type": "string"},
                "G": {"type": "structure", "members": {"Id": {"shape": "S", "location": "uri", "locationName": "Id"}}},
                "L": {"type": "structure", "members": {
                    "HostedZoneId": {"shape": "S", "location": "uri", "locationName": "Id"},
                    "MaxItems": {"shape": "S", "location": "querystring", "locationName": "maxitems"}}}}}"#;
        let models = models("route53", Protocol::RestXml, model, r#"{"pagination": {}}"#);
        let route = |method, target| models.route("route53", method, target);
        let (action, parameters) = route("GET", "/2013-04-01/hostedzone/Z1/rrset?maxitems=3").unwrap();
        assert_eq!(action, "ListResourceRecordSets");
        assert_eq!((parameters.get("HostedZoneId"), parameters.get("MaxItems")), (Some("Z1"), Some("3")));
        assert_eq!(route("POST", "/2013-04-01/hostedzone/Z1/rrset/").unwrap().0, "ChangeResourceRecordSets");
        assert_eq!(route("GET", "/2013-04-01/hostedzone/Z%2F1").unwrap().1.get("Id"), Some("Z/1"));
        assert!(route("GET", "/2013-04-01/nothing").is_none());
    }
}

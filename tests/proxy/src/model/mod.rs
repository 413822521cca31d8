//! What AWS says about its own API: botocore's service models, read from where the emulator is installed.
//!
//! Nothing of them is in this repository: they are read when a proxy is started, and judge what a client sends.

mod check;
mod load;
mod pages;
mod route;
mod shape;

pub(crate) use check::Finding;
pub(crate) use pages::Pages;

use shape::{Member, Operation, Shape};
use std::{
    collections::{BTreeMap, HashMap},
    fmt,
    path::Path,
};

/// The services whose models are read.
const SERVICES: [&str; 6] = ["ec2", "iam", "kms", "logs", "route53", "sts"];

/// Models of the services that are used here.
///
/// Source: botocore, which is generated from AWS's own models.
pub struct Models {
    services: BTreeMap<&'static str, Service>,
}

/// The model of one service.
#[derive(Debug)]
struct Service {
    protocol: crate::wire::Protocol,
    operations: HashMap<String, Operation>,
    shapes: HashMap<String, Shape>,
    pages: HashMap<String, Pages>,
}

/// Why no models are there.
#[derive(Debug, thiserror::Error)]
#[error("the service models below `{path}` cannot be read: {why}")]
pub struct ModelError {
    path: String,
    why: String,
}

impl ModelError {
    fn new(path: &Path, why: impl fmt::Display) -> Self {
        Self { path: path.display().to_string(), why: why.to_string() }
    }
}

impl Models {
    /// Reads the models that are installed beside a program of the emulator's Python environment, such as `bin/moto_server`.
    ///
    /// # Errors
    /// When there is no botocore beside it, or it has another shape than is known.
    pub fn beside(program: &Path) -> Result<Self, ModelError> {
        load::beside(program)
    }

    fn input(&self, service: &str, action: &str) -> Option<(&Service, &Shape)> {
        let service = self.services.get(service)?;
        let input = service.operations.get(action)?.input.as_ref()?;
        Some((service, service.shapes.get(&input.shape)?))
    }

    /// Whether the service has this action; none when the service itself is not known.
    pub(crate) fn knows(&self, service: &str, action: &str) -> Option<bool> {
        Some(self.services.get(service)?.operations.contains_key(action))
    }

    /// Whether an action takes a parameter of this name.
    pub(crate) fn takes(&self, service: &str, action: &str, parameter: &str) -> bool {
        self.input(service, action).is_some_and(|(_, input)| input.members.contains_key(parameter))
    }

    /// How an action is paged, if it is.
    pub(crate) fn pages(&self, service: &str, action: &str) -> Option<&Pages> {
        self.services.get(service)?.pages.get(action)
    }

    /// Whether the documentation of an action names this filter.
    pub(crate) fn documents_filter(&self, service: &str, action: &str, filter: &str) -> bool {
        let Some((_, input)) = self.input(service, action) else { return false };
        let text = ["Filters", "Filter"].iter().find_map(|name| input.members.get(*name));
        let text = text.and_then(|member| member.documentation.as_deref()).unwrap_or_default();
        let name = if filter.starts_with("tag:") { "tag" } else { filter };
        text.contains(&format!("<code>{name}</code>"))
    }

    /// What a parameter is called in the query of a path.
    pub(crate) fn query_name(&self, service: &str, action: &str, parameter: &str) -> Option<String> {
        let member = self.input(service, action)?.1.members.get(parameter)?;
        let in_query = member.location.as_deref() == Some("querystring");
        member.location_name.clone().filter(|_| in_query)
    }
}

impl fmt::Debug for Models {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Models").field("services", &self.services.keys()).finish_non_exhaustive()
    }
}

impl Service {
    /// What a member is called in a request.
    fn wire_name<'m>(&self, name: &'m str, member: &'m Member) -> std::borrow::Cow<'m, str> {
        use crate::wire::Protocol;
        match self.protocol {
            Protocol::Ec2 => {
                if let Some(query) = &member.query_name {
                    return query.into();
                }
                capital(member.location_name.as_deref().unwrap_or(name)).into()
            }
            Protocol::Query | Protocol::Json => member.location_name.as_deref().unwrap_or(name).into(),
            Protocol::RestXml => name.into(),
        }
    }
}

fn capital(name: &str) -> String {
    let mut letters = name.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use crate::wire::Protocol;

    /// A model of one service with this text.
    pub(crate) fn models(service: &'static str, protocol: Protocol, model: &str, pages: &str) -> Models {
        let service_model = load::service(protocol, model, pages).unwrap();
        Models { services: BTreeMap::from([(service, service_model)]) }
    }

    pub(crate) const EC2: &str = r#"{
        "operations": {
            "DescribeVpcs": {"http": {"method": "POST", "requestUri": "/"}, "input": {"shape": "In"}, "output": {"shape": "Out"}},
            "CreateVpc": {"http": {"method": "POST", "requestUri": "/"}, "input": {"shape": "Create"}}
        },
        "shapes": {
            "In": {"type": "structure", "members": {
                "Filters": {"shape": "Filters", "locationName": "Filter", "documentation": "<li> <p> <code>vpc-id</code> - x</p></li> <code>tag</code>"},
                "VpcIds": {"shape": "Ids", "locationName": "VpcId"},
                "NextToken": {"shape": "S"}, "MaxResults": {"shape": "N"}, "DryRun": {"shape": "B", "locationName": "dryRun"}}},
            "Create": {"type": "structure", "required": ["CidrBlock"], "members": {
                "CidrBlock": {"shape": "S"}, "ClientToken": {"shape": "S"}, "Tenancy": {"shape": "T", "locationName": "instanceTenancy"}}},
            "Filters": {"type": "list", "member": {"shape": "F", "locationName": "Filter"}},
            "F": {"type": "structure", "members": {"Name": {"shape": "S"}, "Values": {"shape": "Ids", "locationName": "Value"}}},
            "Ids": {"type": "list", "member": {"shape": "S", "locationName": "item"}},
            "S": {"type": "string"}, "B": {"type": "boolean"}, "N": {"type": "integer", "min": 5, "max": 1000},
            "T": {"type": "string", "enum": ["default", "dedicated"]},
            "Out": {"type": "structure", "members": {
                "Vpcs": {"shape": "Ids", "locationName": "vpcSet"}, "NextToken": {"shape": "S", "locationName": "nextToken"}}}
        }}"#;
    pub(crate) const EC2_PAGES: &str = r#"{"pagination": {"DescribeVpcs":
        {"input_token": "NextToken", "output_token": "NextToken", "limit_key": "MaxResults", "result_key": "Vpcs"}}}"#;

    #[test]
    fn filters_are_found_in_the_documentation() {
        let models = models("ec2", Protocol::Ec2, EC2, EC2_PAGES);
        for (filter, known) in [("vpc-id", true), ("tag:a", true), ("color", false)] {
            assert_eq!(models.documents_filter("ec2", "DescribeVpcs", filter), known, "{filter}");
        }
        assert_eq!(models.knows("ec2", "CreateVpc"), Some(true));
        assert_eq!(models.knows("ec2", "MakeVpc"), Some(false));
        assert_eq!(models.knows("eks", "CreateCluster"), None);
    }
}

//! Judging a request's parameters by the model.

use super::{
    Models, Service,
    shape::{Member, Shape},
};
use crate::wire::{Parameters, Protocol};

/// What is wrong with a request's parameters.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Finding {
    /// The action takes no such parameter.
    Unknown(String),
    /// The action needs this parameter.
    Missing(String),
    /// The parameter takes no such value.
    Value {
        /// The parameter.
        name: String,
        /// Its value.
        value: String,
        /// What it may be.
        expected: String,
    },
}

impl Models {
    /// What is wrong with the parameters of an action. Bodies of XML are not judged.
    pub(crate) fn check(&self, service: &str, action: &str, parameters: &Parameters) -> Vec<Finding> {
        let Some((service, input)) = self.input(service, action) else { return vec![] };
        if service.protocol == Protocol::RestXml {
            return vec![];
        }
        let mut findings = vec![];
        for (name, value) in parameters.iter() {
            let path: Vec<&str> = name.split('.').collect();
            match service.scalar(input, &path) {
                None => findings.push(Finding::Unknown(name.to_owned())),
                Some(shape) => findings.extend(judge(shape, name, value)),
            }
        }
        for required in &input.required {
            let Some(member) = input.members.get(required) else { continue };
            let wire = service.wire_name(required, member);
            let list = format!("{wire}.");
            if !parameters.iter().any(|(name, _)| name == wire || name.starts_with(&list)) {
                findings.push(Finding::Missing(wire.into_owned()));
            }
        }
        findings
    }
}

impl Service {
    /// The shape of what stands at a path below a shape.
    fn scalar<'s>(&'s self, shape: &'s Shape, path: &[&str]) -> Option<&'s Shape> {
        let Some((first, rest)) = path.split_first() else {
            let leaf = !matches!(shape.kind.as_str(), "structure" | "map");
            return leaf.then_some(shape);
        };
        let of = |member: &'s Member, rest: &[&str]| self.scalar(self.shapes.get(&member.shape)?, rest);
        match shape.kind.as_str() {
            "structure" => {
                let (_, member) =
                    shape.members.iter().find(|(name, member)| self.wire_name(name, member) == *first)?;
                of(member, rest)
            }
            "list" => {
                let member = shape.member.as_ref()?;
                let numbered = |text: &str| text.bytes().all(|b| b.is_ascii_digit());
                let wrapped = self.protocol == Protocol::Query && !shape.flattened;
                if !wrapped {
                    return numbered(first).then(|| of(member, rest))?;
                }
                let (number, rest) = rest.split_first()?;
                let name = member.location_name.as_deref().unwrap_or("member");
                (*first == name && numbered(number)).then(|| of(member, rest))?
            }
            "map" => Some(shape),
            _ => None,
        }
    }
}

fn judge(shape: &Shape, name: &str, value: &str) -> Option<Finding> {
    let wrong =
        |expected: String| Finding::Value { name: name.to_owned(), value: value.to_owned(), expected };
    match shape.kind.as_str() {
        "string" if !shape.values.is_empty() && !shape.values.iter().any(|known| known == value) => {
            Some(wrong(format!("one of {}", shape.values.join(", "))))
        }
        "integer" | "long" => {
            let Ok(number) = value.parse::<f64>() else { return Some(wrong("a number".to_owned())) };
            if shape.min.is_some_and(|min| number < min) {
                return Some(wrong(format!("a value of at least {}", shape.min.unwrap_or_default())));
            }
            let most = shape.max.filter(|max| number > *max)?;
            Some(wrong(format!("a value of at most {most}")))
        }
        "boolean" if !matches!(value, "true" | "false") => Some(wrong("true or false".to_owned())),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::tests::{EC2, EC2_PAGES, models};

    fn findings(action: &str, form: &str) -> Vec<String> {
        let models = models("ec2", Protocol::Ec2, EC2, EC2_PAGES);
        let found = models.check("ec2", action, &Parameters::of_form(form.as_bytes()));
        found
            .into_iter()
            .map(|finding| match finding {
                Finding::Unknown(name) => format!("unknown {name}"),
                Finding::Missing(name) => format!("missing {name}"),
                Finding::Value { name, value, expected } => format!("{name}={value}, not {expected}"),
            })
            .collect()
    }

    #[test]
    fn what_the_model_knows_is_let_through() {
        let form = "Filter.1.Name=a&Filter.1.Value.1=b&Filter.1.Value.2=c&VpcId.1=d&DryRun=true&MaxResults=5";
        assert!(findings("DescribeVpcs", form).is_empty());
        assert!(findings("CreateVpc", "CidrBlock=a&ClientToken=b&InstanceTenancy=default").is_empty());
    }

    #[test]
    fn unknown_missing_and_wrong_are_found() {
        assert_eq!(findings("DescribeVpcs", "VpcIds.1=a"), ["unknown VpcIds.1"]);
        assert_eq!(findings("DescribeVpcs", "Filter.1.Names=a"), ["unknown Filter.1.Names"]);
        assert_eq!(findings("DescribeVpcs", "VpcId.x=a"), ["unknown VpcId.x"]);
        assert_eq!(findings("DescribeVpcs", "MaxResults=4"), ["MaxResults=4, not a value of at least 5"]);
        assert_eq!(findings("CreateVpc", "Color=red"), ["unknown Color", "missing CidrBlock"]);
        let wrong = findings("CreateVpc", "CidrBlock=a&InstanceTenancy=odd");
        assert_eq!(wrong, ["InstanceTenancy=odd, not one of default, dedicated"]);
    }

    #[test]
    fn lists_of_queries_have_members() {
        let model = r#"{"operations": {"TagRole": {"http": {"method": "POST", "requestUri": "/"}, "input": {"shape": "I"}}},
            "shapes": {"I": {"type": "structure", "members": {"Tags": {"shape": "L"}, "Keys": {"shape": "F"}}},
            "L": {"type": "list", "member": {"shape": "T"}}, "F": {"type": "list", "flattened": true, "member": {"shape": "S"}},
            "T": {"type": "structure", "members": {"Key": {"shape": "S"}}}, "S": {"type": "string"}}}"#;
        let models = models("iam", Protocol::Query, model, r#"{"pagination": {}}"#);
        let check = |form: &str| models.check("iam", "TagRole", &Parameters::of_form(form.as_bytes())).len();
        assert_eq!(check("Tags.member.1.Key=a&Keys.1=b"), 0);
        assert_eq!(check("Tags.1.Key=a&Keys.member.1=b"), 2);
    }
}

//! How actions are paged, in the names of the wire.

use super::{Service, shape::Paginator};
use crate::wire::Protocol;

/// How one action is paged: names of parameters, and paths in its answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Pages {
    /// The parameters that say where to go on.
    pub(crate) token_in: Vec<String>,
    /// Where the answer says that.
    pub(crate) token_out: Vec<String>,
    /// The parameter that says how many entries are asked for.
    pub(crate) limit: Option<String>,
    /// The switch that says that there is more.
    pub(crate) more: Option<String>,
    /// Where the entries stand.
    pub(crate) list: String,
    /// The name of one entry's member that is a part of each token, for actions that go on by value.
    pub(crate) by_value: Vec<String>,
}

/// What a paginator says; none where an answer has several lists, or a token that is computed.
pub(super) fn of(service: &Service, action: &str, paginator: &Paginator) -> Option<Pages> {
    let operation = service.operations.get(action)?;
    let (input, output) = (operation.input.as_ref()?, operation.output.as_ref()?);
    let (taken, told) = (service.shapes.get(&input.shape)?, service.shapes.get(&output.shape)?);
    let request = |name: &str| Some(service.wire_name(name, taken.members.get(name)?).into_owned());
    let answer = |name: &str| {
        let member = told.members.get(name)?;
        let own = member.location_name.as_deref().unwrap_or(name);
        Some(match &output.result_wrapper {
            Some(wrapper) => format!("{wrapper}/{own}"),
            None => own.to_owned(),
        })
    };
    let list = match *paginator.result_key.all() {
        [one] => answer(one)?,
        _ => return None,
    };
    let token_in: Vec<String> =
        paginator.input_token.all().into_iter().map(request).collect::<Option<_>>()?;
    let token_out: Vec<String> =
        paginator.output_token.all().into_iter().map(answer).collect::<Option<_>>()?;
    let by_value = if service.protocol == Protocol::RestXml && token_in.len() > 1 {
        vec!["Name".to_owned(), "Type".to_owned(), "SetIdentifier".to_owned()]
    } else if token_in.len() == 1 {
        vec![]
    } else {
        return None;
    };
    let limit = match &paginator.limit_key {
        Some(name) => Some(request(name)?),
        None => None,
    };
    let more = match &paginator.more_results {
        Some(name) => Some(answer(name)?),
        None => None,
    };
    Some(Pages { token_in, token_out, limit, more, list, by_value })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::tests::{EC2, EC2_PAGES, models};

    #[test]
    fn paginators_are_told_in_the_names_of_the_wire() {
        let models = models("ec2", Protocol::Ec2, EC2, EC2_PAGES);
        let pages = models.pages("ec2", "DescribeVpcs").unwrap();
        assert_eq!(
            (&pages.token_in[..], &pages.token_out[..]),
            (&["NextToken".to_owned()][..], &["nextToken".to_owned()][..])
        );
        assert_eq!((pages.list.as_str(), pages.limit.as_deref()), ("vpcSet", Some("MaxResults")));
        assert_eq!(models.pages("ec2", "CreateVpc"), None);
    }

    #[test]
    fn the_answers_of_queries_are_wrapped() {
        let model = r#"{"operations": {"ListRoles": {"http": {"method": "POST", "requestUri": "/"},
            "input": {"shape": "I"}, "output": {"shape": "O", "resultWrapper": "ListRolesResult"}}},
            "shapes": {"I": {"type": "structure", "members": {"Marker": {"shape": "S"}, "MaxItems": {"shape": "S"}}},
            "O": {"type": "structure", "members": {"Roles": {"shape": "S"}, "Marker": {"shape": "S"}, "IsTruncated": {"shape": "S"}}},
            "S": {"type": "string"}}}"#;
        let pages = r#"{"pagination": {"ListRoles": {"input_token": "Marker", "output_token": "Marker",
            "limit_key": "MaxItems", "more_results": "IsTruncated", "result_key": "Roles"}}}"#;
        let models = models("iam", Protocol::Query, model, pages);
        let pages = models.pages("iam", "ListRoles").unwrap();
        assert_eq!(
            (pages.list.as_str(), pages.more.as_deref()),
            ("ListRolesResult/Roles", Some("ListRolesResult/IsTruncated"))
        );
    }
}

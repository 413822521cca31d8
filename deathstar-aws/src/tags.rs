//! Tags and filters, as EC2 takes and shows them.

use crate::{
    client::Client,
    error::{incomplete, write},
};
use aws_sdk_ec2::types::{Filter, ResourceType, Tag, TagSpecification};
use deathstar_core::{
    Cx, Result, Tags, Want,
    driver::tags::{STACK, TOKEN},
};

/// How many values one filter takes.
///
/// Source: Amazon EC2 API Reference, "List and filter using the API": 200 values for a request.
const VALUES: usize = 200;

/// The tags that a create call writes.
pub(crate) fn specification(cx: &Cx, kind: ResourceType) -> TagSpecification {
    TagSpecification::builder().resource_type(kind).set_tags(Some(written(&cx.tags))).build()
}

/// The tags that a create call writes, if there are any: EC2 refuses a specification without tags.
pub(crate) fn specifications(cx: &Cx, kind: ResourceType) -> Option<Vec<TagSpecification>> {
    (!cx.tags.is_empty()).then(|| vec![specification(cx, kind)])
}

/// Tags as EC2 shows them.
pub(crate) fn seen(tags: &[Tag]) -> Tags {
    tags.iter()
        .filter_map(|tag| Some((tag.key()?.to_owned(), tag.value().unwrap_or_default().to_owned())))
        .collect()
}

fn written(tags: &Tags) -> Vec<Tag> {
    tags.iter().map(|(key, value)| Tag::builder().key(key).value(value).build()).collect()
}

/// A filter of one name.
pub(crate) fn filter(name: impl Into<String>, values: impl IntoIterator<Item = impl Into<String>>) -> Filter {
    Filter::builder().name(name).set_values(Some(values.into_iter().map(Into::into).collect())).build()
}

/// What is wanted, as one filter for each call that has to be made.
///
/// Ids go into a filter: the parameter of ids fails as a whole when one of them is gone.
pub(crate) fn filters<I: AsRef<str>>(cx: &Cx, by: &str, want: &Want<I>) -> Vec<Filter> {
    match want {
        Want::All => vec![filter(format!("tag:{STACK}"), [&*cx.stack])],
        Want::Ids(ids) => each(by, ids.iter().map(AsRef::as_ref)),
        Want::Owned { token } => vec![filter(format!("tag:{TOKEN}"), [token])],
    }
}

/// Values of one filter, as one filter for each call that has to be made.
pub(crate) fn each<'v>(by: &str, values: impl IntoIterator<Item = &'v str>) -> Vec<Filter> {
    let values: Vec<_> = values.into_iter().collect();
    values.chunks(VALUES).map(|chunk| filter(by, chunk.iter().copied())).collect()
}

/// The id that a create call answered.
pub(crate) fn created<'a>(operation: &'static str, id: Option<&'a str>) -> Result<&'a str> {
    id.filter(|id| !id.is_empty()).ok_or_else(|| incomplete(operation, "id"))
}

impl Client {
    /// Writes and removes tags of one object.
    pub(crate) async fn retag_object(&self, id: &str, set: &Tags, unset: &[String]) -> Result<()> {
        if !set.is_empty() {
            let call = self.ec2.create_tags().resources(id).set_tags(Some(written(set)));
            write("ec2:CreateTags", call.send()).await?;
        }
        if !unset.is_empty() {
            let tags = unset.iter().map(|key| Tag::builder().key(key).build()).collect();
            let call = self.ec2.delete_tags().resources(id).set_tags(Some(tags));
            write("ec2:DeleteTags", call.send()).await?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::id::VpcId;

    fn cx() -> Cx {
        Cx::for_tests("webshop", "network/vpc", "token")
    }

    #[test]
    fn all_is_the_stack_and_owned_is_the_token() {
        let all = filters::<VpcId>(&cx(), "vpc-id", &Want::All);
        assert_eq!(all, [filter("tag:deathstar:stack", ["webshop"])]);
        let owned = filters::<VpcId>(&cx(), "vpc-id", &Want::Owned { token: "t".into() });
        assert_eq!(owned, [filter("tag:deathstar:token", ["t"])]);
    }

    #[test]
    fn ids_are_cut_into_filters_of_200() {
        let ids: Vec<_> = (0..401).map(VpcId::simulated).collect();
        let filters = filters(&cx(), "vpc-id", &Want::Ids(ids.clone()));
        let sizes: Vec<_> = filters.iter().map(|filter| filter.values().len()).collect();
        assert_eq!(sizes, [200, 200, 1]);
        let all: Vec<_> = filters.iter().flat_map(|filter| filter.values().to_vec()).collect();
        assert_eq!(all, ids.iter().map(ToString::to_string).collect::<Vec<_>>());
        assert!(self::filters::<VpcId>(&cx(), "vpc-id", &Want::Ids(vec![])).is_empty());
    }

    #[test]
    fn a_create_call_writes_the_owner_tags() {
        let written = specification(&cx(), ResourceType::Vpc);
        let tags = seen(written.tags());
        assert_eq!(tags.get(TOKEN).map(String::as_str), Some("token"));
        assert_eq!(tags, *cx().tags);
    }
}

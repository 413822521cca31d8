//! Tags, filters and ids, as EC2 takes and shows them.

use crate::{
    client::Client,
    error::{incomplete, write},
};
use aws_sdk_ec2::types::{Filter, ResourceType, Tag, TagSpecification};
use deathstar_core::{
    Cx, Meaning, Result, Tags, Want,
    driver::tags::{STACK, TOKEN},
};
use std::future::Future;

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

/// Lists by the parameter of ids, where a filter of ids is not known everywhere.
///
/// It fails as a whole when one of the ids is gone; then its halves are asked, down to the one that is gone, which is left out.
pub(crate) async fn by_ids<T, F: Future<Output = Result<Vec<T>>>>(
    ids: &[impl AsRef<str>],
    list: impl Fn(Vec<String>) -> F,
) -> Result<Vec<T>> {
    let ids: Vec<String> = ids.iter().map(|id| id.as_ref().to_owned()).collect();
    let mut open: Vec<Vec<String>> = ids.chunks(VALUES).rev().map(<[_]>::to_vec).collect();
    let mut all = vec![];
    while let Some(mut asked) = open.pop() {
        match list(asked.clone()).await {
            Ok(found) => all.extend(found),
            Err(error) if *error.meaning() == Meaning::NotFound => {
                if asked.len() > 1 {
                    let rest = asked.split_off(asked.len() / 2);
                    open.extend([rest, asked]);
                }
            }
            Err(error) => return Err(error),
        }
    }
    Ok(all)
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
    use deathstar_core::Error;
    use proptest::prelude::*;
    use std::{cell::RefCell, collections::BTreeSet};

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

    /// Asks for numbered ids of which some are gone; answers what was found, and how many calls that took.
    fn asked(count: usize, gone: &BTreeSet<usize>) -> (Result<Vec<String>>, Vec<usize>) {
        let ids: Vec<String> = (0..count).map(|number| number.to_string()).collect();
        let calls = RefCell::new(vec![]);
        let list = |ids: Vec<String>| {
            calls.borrow_mut().push(ids.len());
            let missing = ids.iter().any(|id| gone.contains(&id.parse().unwrap()));
            let answer = if missing { Err(Error::new(Meaning::NotFound, "gone")) } else { Ok(ids) };
            std::future::ready(answer)
        };
        let found = futures_util::FutureExt::now_or_never(by_ids(&ids, list)).unwrap();
        (found, calls.into_inner())
    }

    proptest! {
        #[test]
        fn what_is_gone_is_left_out_and_the_rest_is_found_once(
            count in 0_usize..500,
            gone in proptest::collection::btree_set(0_usize..500, 0..5),
        ) {
            let (found, calls) = asked(count, &gone);
            let expected: Vec<String> =
                (0..count).filter(|number| !gone.contains(number)).map(|number| number.to_string()).collect();
            prop_assert_eq!(found.unwrap(), expected);
            prop_assert!(calls.iter().all(|size| *size <= VALUES));
            let missing = gone.iter().filter(|number| **number < count).count();
            prop_assert!(calls.len() <= count.div_ceil(VALUES) + missing * 16);
        }
    }

    #[test]
    fn nothing_is_asked_twice_when_nothing_is_gone() {
        assert_eq!(asked(401, &BTreeSet::new()).1, [200, 200, 1]);
        assert!(asked(0, &BTreeSet::new()).1.is_empty());
    }

    #[test]
    fn another_error_ends_the_look_up() {
        let list = |_| std::future::ready(Err::<Vec<()>, _>(Error::new(Meaning::Transient, "down")));
        let found = futures_util::FutureExt::now_or_never(by_ids(&["1", "2"], list)).unwrap();
        assert_eq!(*found.unwrap_err().meaning(), Meaning::Transient);
    }
}

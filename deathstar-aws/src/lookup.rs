//! Look-ups where an API has no list that tells enough: object by object, some at once.

use deathstar_core::{Cx, Error, Meaning, Result, Tags, Want, driver::tags};
use futures_util::{StreamExt, TryStreamExt, stream};
use std::future::Future;

/// How many objects are asked for at once.
const WIDTH: usize = 8;

/// Asks for objects one by one, and answers those that are there, in order.
pub(crate) async fn one_by_one<T, F>(calls: impl IntoIterator<Item = F>) -> Result<Vec<T>>
where
    F: Future<Output = Result<Option<T>>>,
{
    // Collected, so that what makes the calls is not borrowed while they run.
    let calls: Vec<F> = calls.into_iter().collect();
    stream::iter(calls).buffered(WIDTH).try_filter_map(|found| async move { Ok(found) }).try_collect().await
}

/// What a look-up for one object answered; an object that is gone is no error.
pub(crate) fn present<T>(answer: Result<T>) -> Result<Option<T>> {
    match answer {
        Ok(found) => Ok(Some(found)),
        Err(error) if *error.meaning() == Meaning::NotFound => Ok(None),
        Err(error) => Err(error),
    }
}

/// Whether an object is looked for by its tags, where the API has no filter by them.
pub(crate) fn is_wanted<I>(cx: &Cx, want: &Want<I>, tags: &Tags) -> bool {
    let has = |key: &str, value: &str| tags.get(key).is_some_and(|is| is == value);
    match want {
        Want::All => has(tags::STACK, &cx.stack),
        Want::Owned { token } => has(tags::TOKEN, token),
        Want::Ids(_) => true,
    }
}

/// An object that the SDK's own check refused to build.
pub(crate) fn unbuilt(error: impl std::error::Error + Send + Sync + 'static) -> Error {
    Error::internal(format!("the request cannot be built: {error}")).because(error)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn what_is_gone_is_left_out_and_the_order_is_kept() {
        let ask = |number: u32| async move {
            let answer = if number == 2 { Err(Error::new(Meaning::NotFound, "gone")) } else { Ok(number) };
            present(answer)
        };
        assert_eq!(one_by_one((1..=20).map(ask)).await.unwrap(), [vec![1], (3..=20).collect()].concat());
        let denied = || Err(Error::new(Meaning::Denied { action: String::new() }, "no"));
        assert!(one_by_one([async { present::<u32>(denied()) }]).await.is_err());
    }

    #[test]
    fn all_is_the_stack_and_owned_is_the_token() {
        let cx = Cx::for_tests("webshop", "key", "token");
        let other = Cx::for_tests("other", "key", "other-token");
        assert!(is_wanted::<()>(&cx, &Want::All, &cx.tags));
        assert!(!is_wanted::<()>(&other, &Want::All, &cx.tags));
        assert!(is_wanted::<()>(&cx, &Want::Owned { token: "token".into() }, &cx.tags));
        assert!(!is_wanted::<()>(&cx, &Want::Owned { token: "other-token".into() }, &cx.tags));
        assert!(!is_wanted::<()>(&cx, &Want::All, &Tags::new()));
        assert!(is_wanted(&cx, &Want::Ids(vec![()]), &Tags::new()));
    }
}

//! Looks at operations.

use crate::{
    answer::{Answer, Refusal},
    id::Key,
    request::Request,
    world::{Change, Outcome, World},
};
use hyper::Method;

/// The answer to who looks at an operation or at its result; none when the path is no such address.
pub(super) fn answer(world: &mut World, request: &Request) -> Option<Answer> {
    let key = Key::of(&request.path);
    let is_here = |path: &str| !path.is_empty() && Key::of(path) == key;
    let own = world.operations.iter().find(|own| is_here(&own.status) || is_here(&own.result))?;
    let (id, of_status) = (own.id.clone(), is_here(&own.status));
    if request.method != Method::GET {
        return None;
    }
    if own.forgotten {
        let why = format!("The operation '{id}' was not found.");
        return Some(Refusal::new(404, "OperationNotFound", why).into());
    }
    world.look(&id);
    let own = world.operations.iter().find(|own| own.id == id)?.clone();
    let mut answer = match (&own.done, of_status) {
        (_, true) => Answer::document(200, own.document()),
        (None, false) => {
            let version = request.parameter("api-version").unwrap_or_default();
            Answer::empty(202).header("Location", world.address(&own.result, version))
        }
        (Some(Outcome::Succeeded), false) if own.change == Change::Delete => Answer::empty(own.gone),
        (Some(Outcome::Succeeded), false) => match world.objects.get(&own.key) {
            Some(object) => Answer::document(200, world.objects.show(object)),
            None => Answer::empty(204),
        },
        (Some(Outcome::Failed(why)), false) => why.clone().into(),
        (Some(Outcome::Canceled), false) => {
            Refusal::new(409, "Canceled", "The operation was canceled.").into()
        }
    };
    if own.is_running() {
        answer.headers.extend(world.retry_after());
    }
    Some(answer)
}

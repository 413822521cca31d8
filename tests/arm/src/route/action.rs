//! What is asked of an object, or done to it, beside reading and writing.

use super::{read, unknown};
use crate::{
    answer::{Answer, Refusal},
    id::ResourceId,
    request::Request,
    types::{Type, private_dns},
    world::World,
};
use hyper::Method;

pub(super) fn answer(
    world: &mut World,
    request: &Request,
    id: &ResourceId,
    kind: &'static Type,
    name: &str,
    version: &str,
) -> Result<Answer, Refusal> {
    let key = id.key();
    if kind.name == private_dns::ZONE && name.eq_ignore_ascii_case("ALL") && request.method == Method::GET {
        if world.objects.get(&key).is_none() {
            return Err(read::not_found(world, id));
        }
        let fits = |object: &crate::world::Object| {
            private_dns::is_record(object.kind) && object.id.key().is_in(&key)
        };
        return Ok(read::page(world, request, version, fits, |world, object| world.objects.show(object)));
    }
    let known = kind.actions.iter().find(|(own, _)| own.eq_ignore_ascii_case(name));
    let (Some((_, text)), true) = (known, request.method == Method::POST) else {
        return Err(unknown(world, request));
    };
    if world.objects.get(&key).is_none() {
        return Err(read::not_found(world, id));
    }
    // The table is tried by a test.
    Ok(Answer::document(200, serde_json::from_str(text).unwrap_or_default()))
}

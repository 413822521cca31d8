//! What a server adds to what is declared.

use super::{Object, difference::Place};
use crate::driver::Addition;
use serde_json::Value;

/// The places of an object as it would be that are neither declared nor there already. Values of secrets are never among them.
pub(in crate::kube) fn additions(want: &Object, seen: Option<&Object>, would_be: &Object) -> Vec<Addition> {
    let hidden = want.secret_texts();
    let mut found = vec![];
    walk(&Place::default(), Some(&want.outline()), seen.map(|seen| &seen.body), &would_be.body, &mut found);
    found.retain(|one| {
        let text = one.value.to_string();
        !hidden.iter().any(|secret| text.contains(secret.as_str()))
    });
    found
}

fn walk(place: &Place, want: Option<&Value>, seen: Option<&Value>, is: &Value, found: &mut Vec<Addition>) {
    match (want, seen, is) {
        (None, None, _) => found.push(Addition { path: place.text().to_owned(), value: is.clone() }),
        (want, seen, Value::Object(fields)) => {
            for (name, is) in fields {
                let (want, seen) =
                    (want.and_then(|want| want.get(name)), seen.and_then(|seen| seen.get(name)));
                walk(&place.field(name), want, seen, is, found);
            }
        }
        // Lists that are as long are compared place by place; others were changed, and are told as that.
        (Some(Value::Array(want)), _, Value::Array(is)) if want.len() == is.len() => {
            for (at, (want, is)) in want.iter().zip(is).enumerate() {
                let seen = seen.and_then(|seen| seen.get(at));
                walk(&place.element(&at.to_string()), Some(want), seen, is, found);
            }
        }
        _ => {}
    }
}

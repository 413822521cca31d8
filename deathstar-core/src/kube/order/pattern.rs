//! Places in an object by a pattern: a JSON pointer in which `*` stands for each item of a list.

use crate::kube::view::View;

/// All places that fit the pattern and hold something, with their pointers.
pub(super) fn places<'a>(object: View<'a>, pattern: &str) -> Vec<(String, View<'a>)> {
    let mut places = vec![(String::new(), object)];
    for part in pattern.split('/').skip(1) {
        places = places.into_iter().flat_map(|(pointer, value)| step(&pointer, value, part)).collect();
    }
    places
}

fn step<'a>(pointer: &str, value: View<'a>, part: &str) -> Vec<(String, View<'a>)> {
    if part == "*" {
        return value
            .list("")
            .enumerate()
            .map(|(index, item)| (format!("{pointer}/{index}"), item))
            .collect();
    }
    let part = format!("/{part}");
    value.at(&part).map(|value| (format!("{pointer}{part}"), View(value))).into_iter().collect()
}

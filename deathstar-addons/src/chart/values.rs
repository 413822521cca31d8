//! The values of a chart: plain data, and places in it that are known only later.

use super::stand_in::Shape;
use deathstar_core::{Input, Output, graph::Encoded};
use serde::Serialize;
use serde_json::{Map, Value};
use std::any::TypeId;

/// What a place in the values of a chart can be set to: a plain value, or a result of another resource.
#[derive(Clone, Debug)]
pub struct ChartValue {
    pub(super) value: Result<Value, String>,
    /// What a value that is not known looks like, where its type tells.
    pub(super) shape: Option<Shape>,
}

macro_rules! plain {
    ($($type:ty),*) => {$(
        impl From<$type> for ChartValue {
            fn from(value: $type) -> Self {
                Self { value: Ok(value.into()), shape: None }
            }
        }
    )*};
}

plain!(&str, String, bool, i32, i64, u16, u32, u64, Value, Vec<String>);

impl<T: 'static> From<&Output<T>> for ChartValue {
    fn from(output: &Output<T>) -> Self {
        let mut value = Self::from(Input::<Value>::Pending(output.expr().clone()));
        value.shape = shape_of::<T>();
        value
    }
}

impl<T: 'static> From<Output<T>> for ChartValue {
    fn from(output: Output<T>) -> Self {
        Self::from(&output)
    }
}

impl<T: Serialize + 'static> From<Input<T>> for ChartValue {
    fn from(input: Input<T>) -> Self {
        let value = serde_json::to_value(input).map_err(|error| error.to_string());
        Self { value, shape: shape_of::<T>() }
    }
}

fn shape_of<T: 'static>() -> Option<Shape> {
    let is = |one: TypeId| TypeId::of::<T>() == one;
    let numbers = [
        TypeId::of::<u8>(),
        TypeId::of::<u16>(),
        TypeId::of::<u32>(),
        TypeId::of::<u64>(),
        TypeId::of::<usize>(),
        TypeId::of::<i8>(),
        TypeId::of::<i16>(),
        TypeId::of::<i32>(),
        TypeId::of::<i64>(),
        TypeId::of::<isize>(),
        TypeId::of::<f32>(),
        TypeId::of::<f64>(),
    ];
    if is(TypeId::of::<bool>()) {
        Some(Shape::Truth)
    } else if is(TypeId::of::<String>()) {
        Some(Shape::Text)
    } else {
        numbers.into_iter().any(is).then_some(Shape::Number)
    }
}

/// Lays values over others as Helm does: maps are joined, everything else is replaced, also by `null`.
pub(super) fn lay_over(below: &mut Value, above: Value) {
    let plain = Encoded::of(below) == Encoded::Plain && Encoded::of(&above) == Encoded::Plain;
    match (below, above) {
        (Value::Object(below), Value::Object(above)) if plain => {
            for (key, value) in above {
                match below.get_mut(&key) {
                    Some(place) => lay_over(place, value),
                    None => _ = below.insert(key, value),
                }
            }
        }
        (below, above) => *below = above,
    }
}

/// Values without what is `None`.
pub(super) fn without_nulls(values: Value) -> Value {
    match values {
        Value::Object(map) => {
            let said = map.into_iter().filter(|(_, value)| !value.is_null());
            Value::Object(said.map(|(key, value)| (key, without_nulls(value))).collect())
        }
        other => other,
    }
}

/// One step of a path: a key, or the place in a list.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Step {
    Key(String),
    Index(usize),
}

/// Sets the place that a path names: a JSON pointer, or a path as Helm's `--set` takes it. What is on the way is made. Answers the
/// place as a pointer.
pub(super) fn set(values: &mut Value, path: &str, value: Value) -> Result<String, String> {
    let mut place = values;
    let steps = if path.starts_with('/') { pointer_steps(path) } else { helm_steps(path)? };
    let mut gone = String::new();
    for step in steps {
        if place.is_null() {
            *place = match step {
                Step::Key(_) => Value::Object(Map::new()),
                Step::Index(_) => Value::Array(vec![]),
            };
        }
        let (key, index) = match &step {
            Step::Key(key) => (key.clone(), key.parse().ok()),
            Step::Index(index) => (index.to_string(), Some(*index)),
        };
        place = match (place, index) {
            (Value::Object(map), _) => map.entry(key.clone()).or_insert(Value::Null),
            (Value::Array(list), Some(index)) => {
                let length = list.len();
                if index == length {
                    list.push(Value::Null);
                }
                list.get_mut(index)
                    .ok_or_else(|| format!("`{gone}` has {length} elements, and `{key}` would leave a gap"))?
            }
            (Value::Array(_), None) => {
                return Err(format!("`{gone}` is a list, and `{key}` is no place in it"));
            }
            _ => return Err(format!("`{gone}` is neither a map nor a list")),
        };
        gone = format!("{gone}/{}", escape(&key));
    }
    *place = value;
    Ok(gone)
}

/// A name as a part of a JSON pointer.
pub(super) fn escape(name: &str) -> String {
    name.replace('~', "~0").replace('/', "~1")
}

fn pointer_steps(pointer: &str) -> Vec<Step> {
    let parts = pointer.split('/').skip(1).map(|part| part.replace("~1", "/").replace("~0", "~"));
    parts.map(Step::Key).collect()
}

/// `a.b\.c[0].d`.
fn helm_steps(path: &str) -> Result<Vec<Step>, String> {
    let mut steps = vec![];
    let (mut key, mut after_index) = (String::new(), false);
    let mut characters = path.chars();
    while let Some(character) = characters.next() {
        match character {
            '\\' => key.extend(characters.next()),
            '.' | '[' if key.is_empty() && !after_index => return Err(format!("`{path}` has an empty part")),
            '.' | '[' => {
                if !key.is_empty() {
                    steps.push(Step::Key(std::mem::take(&mut key)));
                }
                after_index = character == '[';
                if character == '[' {
                    let index: String = characters.by_ref().take_while(|c| *c != ']').collect();
                    let index =
                        index.parse().map_err(|_| format!("`{index}` in `{path}` is no place in a list"))?;
                    steps.push(Step::Index(index));
                }
            }
            other => {
                if after_index {
                    return Err(format!("`{path}` needs a `.` after `]`"));
                }
                key.push(other);
            }
        }
    }
    if !key.is_empty() {
        steps.push(Step::Key(key));
    } else if !after_index {
        return Err(format!("`{path}` has an empty part"));
    }
    Ok(steps)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_path_is_a_pointer_or_helms_own() {
        for path in ["/a/b.c/0/d", r"a.b\.c[0].d"] {
            let mut values = json!({"a": {"x": 1}});
            set(&mut values, path, json!(2)).unwrap();
            let list = if path.starts_with('/') { json!({"0": {"d": 2}}) } else { json!([{"d": 2}]) };
            assert_eq!(values, json!({"a": {"x": 1, "b.c": list}}), "{path}");
        }
        let mut values = json!({"list": [1, {"a": 2}]});
        set(&mut values, "/list/1/a", json!(3)).unwrap();
        set(&mut values, "list[2]", json!(4)).unwrap();
        set(&mut values, "matrix[0][0]", json!(5)).unwrap();
        assert_eq!(values, json!({"list": [1, {"a": 3}, 4], "matrix": [[5]]}));
    }

    #[test]
    fn what_cannot_be_set_is_said() {
        for path in ["", "a..b", ".a", "a.", "list[x]", "list[7]", "/list/x", "text.a", "list[0]x"] {
            let mut values = json!({"list": [1], "text": "t"});
            assert!(set(&mut values, path, json!(1)).is_err(), "{path}");
        }
    }

    #[test]
    fn maps_are_joined_and_lists_replaced() {
        let mut values = json!({"a": {"x": 1, "y": [1, 2]}, "b": 1, "role": {"$deathstar": {"lit": 1}}});
        lay_over(&mut values, json!({"a": {"y": [3]}, "b": null, "role": {"name": "x"}}));
        assert_eq!(values, json!({"a": {"x": 1, "y": [3]}, "b": null, "role": {"name": "x"}}));
    }

    #[test]
    fn what_is_not_known_has_the_shape_of_its_type() {
        let output = |path: &str| deathstar_core::Output::<String>::import("other", path);
        assert_eq!(ChartValue::from(output("a")).shape, Some(Shape::Text));
        assert_eq!(ChartValue::from(output("a").call::<u16>("f", [])).shape, Some(Shape::Number));
        assert_eq!(ChartValue::from(output("a").call::<bool>("f", [])).shape, Some(Shape::Truth));
        assert_eq!(ChartValue::from(output("a").call::<Vec<String>>("f", [])).shape, None);
    }
}

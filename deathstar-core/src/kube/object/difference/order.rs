//! Which element of a list is which in another.

use serde_json::Value;
use similar::{Algorithm, DiffOp};

/// One element of two lists, or of one of them.
pub(super) struct Pair<'v> {
    /// How people name it: `name=web`, or its number.
    pub(super) which: String,
    pub(super) old: Option<&'v Value>,
    pub(super) new: Option<&'v Value>,
    /// The keys by which it is told apart.
    pub(super) key: Option<Vec<String>>,
}

/// The keys by which Kubernetes' own types tell elements of lists apart, where a server does not say it for this list; the first that
/// all elements have, each with another value.
const USUAL: [&[&str]; 9] = [
    &["name"],
    &["containerPort", "protocol"],
    &["containerPort"],
    &["port", "protocol"],
    &["port"],
    &["mountPath"],
    &["key"],
    &["type"],
    &["ip"],
];

/// The elements that may differ; those that are equal at the same place are left out.
pub(super) fn pairs<'v>(
    old: &'v [Value],
    new: &'v [Value],
    keys: Option<&[String]>,
    is_set: bool,
) -> Vec<Pair<'v>> {
    if is_set {
        return members(old, new);
    }
    let usual = || {
        let fits = |keys: &&&[&str]| {
            let keys: Vec<String> = keys.iter().map(|key| (*key).to_owned()).collect();
            tells_apart(old, &keys) && tells_apart(new, &keys)
        };
        USUAL.iter().find(fits).map(|keys| keys.iter().map(|key| (*key).to_owned()).collect::<Vec<_>>())
    };
    match keys.map(<[String]>::to_vec).or_else(usual) {
        Some(keys) => keyed(old, new, &keys),
        None => numbered(old, new),
    }
}

/// Whether all elements have these keys, and no two the same.
fn tells_apart(list: &[Value], keys: &[String]) -> bool {
    let named: Vec<Option<String>> = list.iter().map(|element| name(element, keys)).collect();
    let mut known: Vec<&String> = named.iter().flatten().collect();
    known.sort_unstable();
    known.dedup();
    known.len() == list.len()
}

/// What names an element, as far as it states its keys: one that it does not state is a default.
fn name(element: &Value, keys: &[String]) -> Option<String> {
    let parts: Vec<String> = keys
        .iter()
        .filter_map(|key| match element.get(key)? {
            Value::String(text) => Some(format!("{key}={text}")),
            Value::Object(_) | Value::Array(_) | Value::Null => None,
            plain => Some(format!("{key}={plain}")),
        })
        .collect();
    (!parts.is_empty()).then(|| parts.join(","))
}

fn keyed<'v>(old: &'v [Value], new: &'v [Value], keys: &[String]) -> Vec<Pair<'v>> {
    let mut taken = vec![false; old.len()];
    let mut all = vec![];
    let which = |element: &Value, at: usize| name(element, keys).unwrap_or_else(|| at.to_string());
    for (at, wanted) in new.iter().enumerate() {
        let same = |(number, element): &(usize, &Value)| {
            !taken[*number]
                && keys.iter().all(|key| {
                    let (is, wanted) = (element.get(key), wanted.get(key));
                    is.is_none() || wanted.is_none() || is == wanted
                })
        };
        let found = old.iter().enumerate().find(same).map(|(number, element)| {
            taken[number] = true;
            element
        });
        all.push(Pair { which: which(wanted, at), old: found, new: Some(wanted), key: Some(keys.to_vec()) });
    }
    for (at, element) in old.iter().enumerate().filter(|(at, _)| !taken[*at]) {
        all.push(Pair { which: which(element, at), old: Some(element), new: None, key: Some(keys.to_vec()) });
    }
    all
}

/// Elements of a set: each is there or not.
fn members<'v>(old: &'v [Value], new: &'v [Value]) -> Vec<Pair<'v>> {
    let which = |element: &Value| element.as_str().map_or_else(|| element.to_string(), str::to_owned);
    let gone = old.iter().filter(|element| !new.contains(element));
    let gone = gone.map(|element| Pair { which: which(element), old: Some(element), new: None, key: None });
    let added = new.iter().filter(|element| !old.contains(element));
    let added = added.map(|element| Pair { which: which(element), old: None, new: Some(element), key: None });
    gone.chain(added).collect()
}

fn numbered<'v>(old: &'v [Value], new: &'v [Value]) -> Vec<Pair<'v>> {
    let texts = |list: &[Value]| list.iter().map(Value::to_string).collect::<Vec<_>>();
    let mut all = vec![];
    for operation in similar::capture_diff_slices(Algorithm::Myers, &texts(old), &texts(new)) {
        if let DiffOp::Equal { .. } = operation {
            continue;
        }
        let (from, to) = (operation.old_range(), operation.new_range());
        let both = from.len().min(to.len());
        let pair =
            |old: Option<usize>, new: Option<usize>, old_list: &'v [Value], new_list: &'v [Value]| Pair {
                which: new.or(old).unwrap_or_default().to_string(),
                old: old.and_then(|at| old_list.get(at)),
                new: new.and_then(|at| new_list.get(at)),
                key: None,
            };
        all.extend(from.clone().zip(to.clone()).map(|(a, b)| pair(Some(a), Some(b), old, new)));
        all.extend(from.skip(both).map(|at| pair(Some(at), None, old, new)));
        all.extend(to.skip(both).map(|at| pair(None, Some(at), old, new)));
    }
    all
}

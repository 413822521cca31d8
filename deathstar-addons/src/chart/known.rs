//! Which values a chart knows: a key that its default values lack is likely a slip.

use super::{files::ChartFiles, values::escape};
use deathstar_core::{graph::Encoded, kube::schema::nearest};
use serde_json::{Map, Value};

/// A value that no chart is known to read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Unread {
    /// Where it stands, as a JSON pointer.
    pub(super) pointer: String,
    /// The key that may have been meant.
    pub(super) meant: Option<String>,
}

/// The values that the defaults lack, and that no template and no comment mentions.
///
/// What stands in a map that is empty by default, or whose keys are free (labels, annotations, selectors), is never one.
pub(super) fn unread(values: &Value, files: &ChartFiles) -> Vec<Unread> {
    let mut texts: Vec<String> = files.templates().into_iter().map(|(_, text)| text).collect();
    texts.extend(files.values_texts());
    let mut found = vec![];
    let defaults = files.defaults();
    if let (Some(values), Some(defaults)) = (values.as_object(), defaults.as_object()) {
        let free = ["global", "tags"];
        let own = values.iter().filter(|(key, _)| !free.contains(&key.as_str()));
        compare(own, defaults, "", &texts, &mut found);
    }
    found
}

fn compare<'v>(
    values: impl Iterator<Item = (&'v String, &'v Value)>,
    defaults: &Map<String, Value>,
    pointer: &str,
    texts: &[String],
    found: &mut Vec<Unread>,
) {
    for (key, value) in values {
        let place = format!("{pointer}/{}", escape(key));
        match defaults.get(key) {
            Some(Value::Object(inner)) if !inner.is_empty() && !is_free(key, inner) => {
                let plain = Encoded::of(value) == Encoded::Plain;
                if let Some(map) = value.as_object().filter(|_| plain) {
                    compare(map.iter(), inner, &place, texts, found);
                }
            }
            Some(_) => {}
            None if texts.iter().any(|text| mentions(text, key)) => {}
            None => {
                let meant = nearest(key, defaults.keys().map(String::as_str)).map(str::to_owned);
                found.push(Unread { pointer: place, meant });
            }
        }
    }
}

/// Whether the keys of a map are a user's own.
fn is_free(key: &str, defaults: &Map<String, Value>) -> bool {
    let key = key.to_lowercase();
    ["annotations", "labels", "selector"].iter().any(|end| key.ends_with(end))
        || defaults.keys().any(|key| key.contains(['/', '.']))
}

/// Whether a text reads a key (`.Values.key`, `"key"`), or shows it in a comment (`# key: x`).
fn mentions(text: &str, key: &str) -> bool {
    let is_word = |c: char| c.is_alphanumeric() || c == '_' || c == '-';
    let ends = |rest: &str| !rest.starts_with(is_word);
    let after = |mark: &str| {
        let wanted = format!("{mark}{key}");
        text.match_indices(&wanted).any(|(at, _)| text.get(at + wanted.len()..).is_some_and(ends))
    };
    let in_comment = |line: &str| {
        let comment =
            line.trim_start().strip_prefix('#').map(|rest| rest.trim_start_matches(['#', ' ', '-']));
        comment.and_then(|rest| rest.strip_prefix(key)).is_some_and(|rest| rest.starts_with(':'))
    };
    after(".") || after("\"") || text.lines().any(in_comment)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn pointers(values: &Value) -> Vec<(String, Option<String>)> {
        let directory = tempfile::tempdir().unwrap();
        let write = |path: &str, text: &str| {
            let path = directory.path().join(path);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, text).unwrap();
        };
        write("Chart.yaml", "name: web\ndependencies: [{name: db, condition: db.enabled}]");
        write(
            "values.yaml",
            "replicas: 1\nimage: {tag: a}\nnodeSelector: {kubernetes.io/os: linux}\npodLabels: {app: web}\nresources: {}\n\
             # hostNetwork: true\nauth: null\n",
        );
        write(
            "templates/a.yaml",
            "{{ .Values.priority }} {{ index .Values \"quoted-key\" }} {{ .Values.imageTagged }}",
        );
        write("charts/db/Chart.yaml", "name: db");
        write("charts/db/values.yaml", "user: x\n");
        let files = ChartFiles::of_directory(directory.path()).unwrap();
        unread(values, &files).into_iter().map(|one| (one.pointer, one.meant)).collect()
    }

    #[test]
    fn a_slip_is_told_with_what_may_have_been_meant() {
        let found =
            pointers(&json!({"replica": 2, "image": {"tga": "b"}, "db": {"uesr": "y"}, "imageTag": "x"}));
        let meant = |text: &str| Some(text.to_owned());
        let expected = [
            ("/db/uesr".to_owned(), meant("user")),
            ("/image/tga".to_owned(), meant("tag")),
            ("/imageTag".to_owned(), None),
            ("/replica".to_owned(), meant("replicas")),
        ];
        assert_eq!(found, expected);
    }

    #[test]
    fn what_is_read_or_free_is_none() {
        let values = json!({
            "replicas": 2, "nodeSelector": {"disk": "ssd"}, "podLabels": {"team": "a"}, "resources": {"limits": {}},
            "hostNetwork": true, "priority": 1, "quoted-key": 1, "global": {"x": 1}, "tags": {"y": true},
            "db": {"enabled": true}, "auth": {"any": 1},
        });
        assert_eq!(pointers(&values), []);
    }
}

//! What Helm prints: documents, each with the template that it comes from.

use super::stand_in::marks;
use deathstar_core::{
    Diagnostic,
    kube::{Object, ObjectId, read_yaml},
};
use serde_json::Value;

/// One object of a rendering.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Document {
    /// The template, such as `web/templates/deployment.yaml`.
    pub(super) template: String,
    /// What names it, as it is rendered: the namespace may be missing.
    pub(super) id: ObjectId,
    /// Its manifest.
    pub(super) manifest: Value,
}

/// The line that Helm writes above each document.
const ORIGIN: &str = "# Source: ";

/// The objects of what Helm has printed, in order. Empty documents are left out, and a `List` is what it lists.
///
/// # Errors
/// When a document is no YAML, or no object.
pub(super) fn documents(printed: &str) -> Result<Vec<Document>, Vec<Diagnostic>> {
    let (mut all, mut wrong) = (vec![], vec![]);
    for (template, text) in pieces(printed) {
        let read = match read_yaml(&text, &template) {
            Ok(read) => read,
            Err(error) => {
                let fix = "correct the template, or the values that it writes";
                wrong.push(Diagnostic::new("chart.render", error.to_string()).fix(fix));
                continue;
            }
        };
        for manifest in read {
            let kind = manifest.get("kind").and_then(Value::as_str).unwrap_or_default();
            match manifest.get("items").and_then(Value::as_array) {
                Some(items) if kind.ends_with("List") => {
                    all.extend(items.iter().map(|item| document(&template, item.clone())));
                }
                _ if manifest.is_null() => {}
                _ if kind.is_empty() => {
                    let why = format!("`{template}` renders a document that is no object: it has no `kind`");
                    wrong.push(
                        Diagnostic::new("chart.render", why)
                            .fix("correct the template, or the values that it writes"),
                    );
                }
                _ => all.push(document(&template, manifest)),
            }
        }
    }
    if wrong.is_empty() { Ok(all) } else { Err(wrong) }
}

/// Findings about what names an object and is no text: YAML takes `yes`, `n` or `1e3` for something else where they are not quoted.
/// And about what would be taken for an expression of this stack: a chart has nothing to say about other resources.
pub(super) fn misread(documents: &[Document]) -> Vec<Diagnostic> {
    let marked = |document: &Document| {
        let place = marks(&document.manifest).into_iter().next()?;
        let why = format!(
            "`{}` renders `{place}` as what stands for a result of another resource",
            document.template
        );
        Some(Diagnostic::new("chart.render", why).fix("rename the key `$deathstar` in the template"))
    };
    let of = |document: &Document| {
        let places = ["/apiVersion", "/metadata/name", "/metadata/namespace"];
        let mut found = places.iter().filter_map(|place| Some((place, document.manifest.pointer(place)?)));
        let (place, value) = found.find(|(_, value)| !value.is_string() && !value.is_null())?;
        let template = &document.template;
        let why = format!("`{template}` renders an object whose `{place}` is `{value}`, and no text");
        Some(Diagnostic::new("chart.render", why).fix("quote the value in the template"))
    };
    documents.iter().filter_map(|document| of(document).or_else(|| marked(document))).collect()
}

fn document(template: &str, manifest: Value) -> Document {
    let id = Object::from_value(manifest.clone()).id();
    Document { template: template.into(), id, manifest }
}

/// The printed text, cut where Helm names a template.
fn pieces(printed: &str) -> Vec<(String, String)> {
    let mut pieces: Vec<(String, String)> = vec![];
    let mut lines = printed.lines().peekable();
    while let Some(line) = lines.next() {
        let origin = lines.peek().and_then(|next| next.strip_prefix(ORIGIN));
        if line.trim_end() == "---"
            && let Some(origin) = origin
        {
            pieces.push((origin.trim().to_owned(), String::new()));
            lines.next();
        } else if let Some((_, text)) = pieces.last_mut() {
            text.push_str(line);
            text.push('\n');
        } else if !line.trim().is_empty() && line.trim_end() != "---" {
            pieces.push(("the rendering".into(), format!("{line}\n")));
        }
    }
    pieces
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn documents_keep_the_template_that_they_come_from() {
        let printed = "---\n# Source: web/crds/a.yaml\nkind: A\nmetadata: {name: a}\n---\nkind: B\nmetadata: {name: b}\n\
            ---\n# Source: web/templates/c.yaml\n# nothing\n\n---\n# Source: web/templates/d.yaml\nkind: List\nitems:\n\
            - {kind: D, apiVersion: x.io/v1, metadata: {name: d, namespace: ns}}\n";
        let all = documents(printed).unwrap();
        let found: Vec<_> = all.iter().map(|one| (one.template.as_str(), one.id.to_string())).collect();
        let expected = [
            ("web/crds/a.yaml", "A/a".to_owned()),
            ("web/crds/a.yaml", "B/b".to_owned()),
            ("web/templates/d.yaml", "D.x.io/ns/d".to_owned()),
        ];
        assert_eq!(found, expected);
    }

    #[test]
    fn a_name_that_is_no_text_is_told() {
        for field in ["name: yes", "name: a, namespace: n", "name: 1e3"] {
            let printed = format!("---\n# Source: web/templates/a.yaml\nkind: A\nmetadata: {{{field}}}\n");
            let wrong = misread(&documents(&printed).unwrap());
            assert!(wrong.len() == 1 && wrong[0].why.contains("and no text"), "{wrong:?}");
        }
    }

    #[test]
    fn what_would_be_an_expression_is_told() {
        let field = r#"data: {a: {$deathstar: {ref: ["webshop", "secret", "/outputs/value"]}}}"#;
        let printed =
            format!("---\n# Source: web/templates/a.yaml\nkind: A\nmetadata: {{name: a}}\n{field}\n");
        let wrong = misread(&documents(&printed).unwrap());
        assert!(wrong.len() == 1 && wrong[0].why.contains("`/data/a`"), "{wrong:?}");
    }

    #[test]
    fn what_is_no_object_is_told_with_its_template() {
        let printed =
            "---\n# Source: web/templates/a.yaml\na: 1\n---\n# Source: web/templates/b.yaml\na: [\n";
        let wrong = documents(printed).unwrap_err();
        assert_eq!(wrong.len(), 2);
        for (finding, template) in wrong.iter().zip(["web/templates/a.yaml", "web/templates/b.yaml"]) {
            assert!(finding.why.contains(template), "{finding}");
        }
    }
}

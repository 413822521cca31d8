//! Label selectors.

use super::view::View;
use serde_json::Value;

/// Whether a selector takes these labels: a `LabelSelector`, or the plain map of a `ReplicationController`. An empty one takes none,
/// as with controllers of pods.
///
/// Source: Kubernetes documentation, "Labels and Selectors".
pub(crate) fn selects(selector: &Value, labels: &Value) -> bool {
    let view = View(selector);
    let is_plain = view.at("/matchLabels").is_none() && view.at("/matchExpressions").is_none();
    let pairs: Vec<_> = view.entries(if is_plain { "" } else { "/matchLabels" }).collect();
    let expressions: Vec<_> = view.list("/matchExpressions").collect();
    if pairs.is_empty() && expressions.is_empty() {
        return false;
    }
    pairs.iter().all(|(key, value)| labels.get(key) == Some(value.0))
        && expressions.iter().all(|expression| holds(*expression, labels))
}

fn holds(expression: View<'_>, labels: &Value) -> bool {
    let label = labels.get(expression.word("/key")).and_then(Value::as_str);
    let listed = || label.is_some_and(|label| expression.words("/values").any(|value| value == label));
    match expression.word("/operator") {
        "In" => listed(),
        "NotIn" => !listed(),
        "Exists" => label.is_some(),
        "DoesNotExist" => label.is_none(),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn each_operator_decides_by_itself() {
        let labels = json!({"app": "web", "tier": "front"});
        let with = |operator: &str, key: &str, values: &[&str]| {
            selects(
                &json!({"matchExpressions": [{"key": key, "operator": operator, "values": values}]}),
                &labels,
            )
        };
        assert!(
            with("In", "app", &["api", "web"]) && !with("In", "app", &["api"]) && !with("In", "no", &["web"])
        );
        assert!(
            with("NotIn", "app", &["api"])
                && with("NotIn", "no", &["web"])
                && !with("NotIn", "app", &["web"])
        );
        assert!(with("Exists", "app", &[]) && !with("Exists", "no", &[]));
        assert!(with("DoesNotExist", "no", &[]) && !with("DoesNotExist", "app", &[]));
        assert!(!with("Unheard", "app", &["web"]));
    }

    #[test]
    fn all_parts_have_to_hold() {
        let labels = json!({"app": "web"});
        assert!(selects(&json!({"matchLabels": {"app": "web"}}), &labels));
        assert!(!selects(&json!({"matchLabels": {"app": "web", "tier": "front"}}), &labels));
        let both = |operator: &str| json!({"matchLabels": {"app": "web"}, "matchExpressions": [{"key": "app", "operator": operator}]});
        assert!(selects(&both("Exists"), &labels) && !selects(&both("DoesNotExist"), &labels));
        assert!(selects(&json!({"app": "web"}), &labels), "a plain map");
        assert!(!selects(&json!({}), &labels) && !selects(&json!({"matchLabels": {}}), &labels));
    }
}

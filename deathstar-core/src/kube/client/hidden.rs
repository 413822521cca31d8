//! Answers without the values of secrets: a server quotes what it refuses.

/// What stands in their place.
const HIDDEN: &str = "***";
/// Shorter values are hidden where they stand in quotes alone: any text has them by chance.
const SHORT: usize = 4;

/// An answer without these texts, however they are quoted in it.
pub(super) fn of(answer: &[u8], secrets: &[String]) -> Vec<u8> {
    if secrets.is_empty() {
        return answer.to_vec();
    }
    let mut text = String::from_utf8_lossy(answer).into_owned();
    let mut forms: Vec<String> =
        secrets.iter().filter(|secret| !secret.is_empty()).flat_map(|s| forms(s)).collect();
    // The longest first: what is a part of another must not leave the rest of it.
    forms.sort_unstable_by(|a, b| (b.len(), b).cmp(&(a.len(), a)));
    forms.dedup();
    for form in forms {
        if text.contains(&form) {
            text = text.replace(&form, HIDDEN);
        }
    }
    text.into_bytes()
}

/// How a text may be written: as it is, in quotes, and in quotes inside of quotes, as a message in JSON.
fn forms(secret: &str) -> Vec<String> {
    let quoted = |text: &str| serde_json::to_string(text).unwrap_or_default();
    let inner = |text: &str| quoted(text).trim_matches('"').to_owned();
    let once = inner(secret);
    let twice = inner(&once);
    if secret.chars().count() < SHORT {
        let mut all = vec![];
        for text in [secret, &once, &twice] {
            all.extend([format!("\"{text}\""), format!("\\\"{text}\\\""), format!("\\\\\\\"{text}\\\\\\\"")]);
            all.extend([format!("'{text}'"), format!("`{text}`")]);
        }
        return all;
    }
    vec![secret.to_owned(), once, twice]
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn hidden(answer: &str, secrets: &[&str]) -> String {
        let secrets: Vec<String> = secrets.iter().map(|secret| (*secret).to_owned()).collect();
        String::from_utf8(of(answer.as_bytes(), &secrets)).unwrap()
    }

    #[test]
    fn a_value_is_hidden_and_the_rest_stays() {
        let answer = r#"{"message":"data[a]: Invalid value: \"hunter2\": must be x"}"#;
        assert_eq!(
            hidden(answer, &["hunter2"]),
            r#"{"message":"data[a]: Invalid value: \"***\": must be x"}"#
        );
        assert_eq!(hidden(answer, &[]), answer);
    }

    #[test]
    fn a_value_that_is_a_part_of_another_leaves_nothing_of_it() {
        assert_eq!(hidden("secret-of-ours", &["secret", "secret-of-ours"]), "***");
    }

    #[test]
    fn short_values_are_hidden_in_quotes_alone() {
        assert_eq!(hidden(r#"a cat: \"a\""#, &["a"]), r"a cat: ***");
    }

    proptest! {
        #[test]
        fn no_message_holds_a_value(secret in "[a-zA-Z0-9\"\\\\\n\t/+= ]{4,20}", before in "[.,: ]{0,5}") {
            // As Go writes it into a message, and the message into JSON.
            let message = format!("{before}Invalid value: {}", serde_json::to_string(&secret).unwrap());
            let answer = serde_json::json!({"message": message}).to_string();
            let shown = hidden(&answer, &[&secret]);
            let whole: Result<serde_json::Value, _> = serde_json::from_str(&shown);
            if let Ok(whole) = whole {
                let told = whole["message"].as_str().unwrap().to_owned();
                prop_assert!(!told.contains(&secret), "{told}");
            }
            prop_assert!(!shown.contains(&secret), "{shown}");
        }
    }
}

//! YAML as Kubernetes' own tools read it.

use super::ManifestError;
use serde_json::Value;

/// The documents of a YAML or JSON text, as `kubectl` and Helm read it: in the version 1.1 of YAML (`0644` is octal, `yes` is true),
/// and of two equal keys the last one counts. Empty documents are left out.
///
/// # Errors
/// When the text is no YAML; `what` says which text it is.
pub fn read_yaml(text: &str, what: &str) -> Result<Vec<Value>, ManifestError> {
    let options = serde_saphyr::options! {
        budget: None,
        emit_comments: false,
        duplicate_keys: serde_saphyr::DuplicateKeyPolicy::LastWins,
        legacy_octal_numbers: true,
        strict_booleans: false,
    };
    serde_saphyr::from_multiple_with_options(text, options)
        .map_err(|why| ManifestError::Yaml { what: what.into(), why: why.to_string() })
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn scalars_are_what_kubernetes_takes_them_for() {
        let text = "mode: 0644\nyes: true\non: yes\noff: no\ny: y\ntext: \"yes\"\nversion: 1.20\nzip: 01234\nexp: 1e+06\n\
            nothing: ~\nhex: 0x1F\ndate: 2001-01-01\nsix: 1:30\nbig: 424242424242424\nlast: 1\nlast: 2\nblank:\n";
        let expected = json!({"mode": 420, "yes": true, "on": true, "off": false, "y": true, "text": "yes", "version": 1.2, "zip": 668,
            "exp": 1e6, "nothing": null, "hex": 31, "date": "2001-01-01", "six": "1:30", "big": 424_242_424_242_424_u64, "last": 2, "blank": null});
        assert_eq!(read_yaml(text, "the text").unwrap(), [expected]);
    }

    #[test]
    fn any_number_of_comments_may_stand_anywhere() {
        let text = format!("a:\n{}  b: 1\n", "  # a comment\n".repeat(5000));
        assert_eq!(read_yaml(&text, "the text").unwrap(), [json!({"a": {"b": 1}})]);
    }

    #[test]
    fn empty_documents_are_left_out() {
        assert_eq!(read_yaml("---\n# nothing\n---\na: 1\n", "the text").unwrap(), [json!({"a": 1})]);
    }
}

//! What calls of IAM have in common.

use super::PolicyDocument;
use crate::lookup::unbuilt;
use aws_sdk_iam::types::Tag;
use deathstar_core::{Result, Tags};
use percent_encoding::percent_decode_str;

/// Tags as IAM takes them.
pub(super) fn tagged(tags: &Tags) -> Result<Vec<Tag>> {
    tags.iter().map(|(key, value)| Tag::builder().key(key).value(value).build().map_err(unbuilt)).collect()
}

/// Tags as IAM shows them.
pub(super) fn seen_tags(tags: &[Tag]) -> Tags {
    tags.iter().map(|tag| (tag.key().to_owned(), tag.value().to_owned())).collect()
}

/// A policy document as IAM answers it: percent-encoded.
///
/// Source: IAM API Reference, `GetRole`: documents are encoded as RFC 3986 says, so that none begins with a brace.
pub(super) fn document(text: &str) -> PolicyDocument {
    if text.trim_start().starts_with('{') {
        return PolicyDocument::seen(text);
    }
    PolicyDocument::seen(&percent_decode_str(text).decode_utf8_lossy())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::iam::Statement;

    #[test]
    fn documents_are_decoded() {
        let expected = PolicyDocument::of([Statement::allow("s3:GetObject").on("arn:aws:s3:::b/a%20b+c")]);
        let encoded = expected
            .to_json()
            .replace('%', "%25")
            .replace('"', "%22")
            .replace('{', "%7B")
            .replace('}', "%7D");
        assert_eq!(document(&encoded), expected);
        assert_eq!(document(&expected.to_json()), expected, "an endpoint that does not encode");
    }

    #[test]
    fn tags_survive_the_way() {
        let tags = Tags::from([("team".into(), "shop".into())]);
        assert_eq!(seen_tags(&tagged(&tags).unwrap()), tags);
    }
}

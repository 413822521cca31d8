//! Tokens: who they are for, and whose they are. They are not signed.

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use serde_json::{Value, json};

/// Who tokens may be for.
///
/// Source: Microsoft Entra, "Azure Resource Manager" is known by both.
const AUDIENCES: [&str; 2] = ["https://management.azure.com", "https://management.core.windows.net"];

/// A token as Microsoft Entra would make it for a scope (`https://management.azure.com/.default`) in a tenant, without a signature.
pub fn token(scope: &str, tenant: &str) -> String {
    let audience = scope.strip_suffix("/.default").unwrap_or(scope);
    let part = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
    let claims = json!({
        "aud": audience,
        "iss": format!("https://sts.windows.net/{tenant}/"),
        "tid": tenant,
        "oid": "33333333-3333-4333-8333-333333333333",
    });
    format!("{}.{}.unsigned", part(&json!({ "alg": "none", "typ": "JWT" })), part(&claims))
}

/// What is wrong with a header `Authorization`: a code and why.
pub(crate) fn judge(authorization: Option<&str>, tenant: &str) -> Result<(), (&'static str, String)> {
    let Some(token) = authorization.and_then(|value| value.strip_prefix("Bearer ")) else {
        return Err((
            "AuthenticationFailed",
            "Authentication failed. The 'Authorization' header is missing.".to_owned(),
        ));
    };
    let claims = token.split('.').nth(1).and_then(|claims| URL_SAFE_NO_PAD.decode(claims).ok());
    let Some(claims) = claims.and_then(|claims| serde_json::from_slice::<Value>(&claims).ok()) else {
        return Err(("InvalidAuthenticationToken", "The access token is invalid.".to_owned()));
    };
    let audience = claims["aud"].as_str().unwrap_or_default();
    if !AUDIENCES.contains(&audience.trim_end_matches('/')) {
        let why = format!("The access token has been obtained for wrong audience or resource '{audience}'.");
        return Err(("InvalidAuthenticationTokenAudience", why));
    }
    if claims["tid"] != tenant {
        let why = format!(
            "The access token is from the wrong issuer {}. It must match the tenant 'https://sts.windows.net/{tenant}/' \
             associated with this subscription.",
            claims["iss"]
        );
        return Err(("InvalidAuthenticationTokenTenant", why));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_is_judged_by_audience_and_tenant() {
        let judge = |text: String| judge(Some(&format!("Bearer {text}")), "t").map_err(|(code, _)| code);
        assert_eq!(judge(token("https://management.azure.com/.default", "t")), Ok(()));
        assert_eq!(judge(token("https://management.core.windows.net//.default", "t")), Ok(()));
        assert_eq!(
            judge(token("https://graph.microsoft.com/.default", "t")),
            Err("InvalidAuthenticationTokenAudience")
        );
        assert_eq!(
            judge(token("https://management.azure.com/.default", "u")),
            Err("InvalidAuthenticationTokenTenant")
        );
        assert_eq!(judge("secret".to_owned()), Err("InvalidAuthenticationToken"));
        assert_eq!(super::judge(None, "t").map_err(|(code, _)| code), Err("AuthenticationFailed"));
    }
}

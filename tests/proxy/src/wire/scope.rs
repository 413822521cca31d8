//! Who calls which service where: the credential scope of a signature.

/// The credential scope of a signature of version 4.
///
/// Source: AWS Identity and Access Management User Guide, "Elements of an AWS API request signature".
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Scope {
    /// The access key.
    pub(crate) access_key: String,
    /// The region.
    pub(crate) region: String,
    /// The service.
    pub(crate) service: String,
}

impl Scope {
    /// Reads the header `Authorization`: `AWS4-HMAC-SHA256 Credential=KEY/DATE/REGION/SERVICE/aws4_request, ..`.
    pub(crate) fn read(authorization: &str) -> Option<Self> {
        let (_, rest) = authorization.split_once("Credential=")?;
        let mut parts = rest.split(',').next()?.trim().split('/');
        let access_key = parts.next()?.to_owned();
        let (_date, region, service) = (parts.next()?, parts.next()?, parts.next()?);
        Some(Self { access_key, region: region.to_owned(), service: service.to_owned() })
    }

    /// A header of this scope for a question of the proxy's own. The emulator reads the scope and not the signature.
    pub(crate) fn unsigned(&self) -> String {
        let Self { access_key, region, service } = self;
        format!(
            "AWS4-HMAC-SHA256 Credential={access_key}/20260101/{region}/{service}/aws4_request, SignedHeaders=host, Signature=0"
        )
    }

    /// The same caller, at another service.
    pub(crate) fn at(&self, service: &str) -> Self {
        Self { service: service.to_owned(), ..self.clone() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_scope_is_read_and_written() {
        let header = "AWS4-HMAC-SHA256 Credential=AKID/20260102/eu-west-1/ec2/aws4_request, SignedHeaders=host, Signature=ab";
        let scope = Scope::read(header).unwrap();
        assert_eq!((&*scope.access_key, &*scope.region, &*scope.service), ("AKID", "eu-west-1", "ec2"));
        assert_eq!(Scope::read(&scope.unsigned()), Some(scope.clone()));
        assert_eq!(scope.at("iam").service, "iam");
        assert_eq!(Scope::read("Bearer x"), None);
    }
}

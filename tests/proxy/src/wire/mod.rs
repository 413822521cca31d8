//! What stands on the wire: requests and answers in the forms of AWS's protocols, decoded and encoded.

mod answer;
mod document;
mod element;
mod parameters;
mod request;
mod scope;

pub(crate) use answer::{Answer, Refusal};
pub(crate) use document::{Document, Item};
pub(crate) use element::Element;
pub use parameters::Parameters;
pub(crate) use request::{Request, reads};
pub(crate) use scope::Scope;

use hyper::header::HeaderValue;

/// How a service is spoken to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Protocol {
    /// A form in, XML out; lists are flat: `VpcId.1`.
    Ec2,
    /// A form in, XML out; lists have members: `Tags.member.1.Key`.
    Query,
    /// JSON in, JSON out; the header `X-Amz-Target` names the action.
    Json,
    /// Method and path name the action; XML in, XML out.
    RestXml,
}

impl Protocol {
    /// What answers are.
    pub(crate) const fn content_type(self) -> HeaderValue {
        HeaderValue::from_static(match self {
            Self::Ec2 => "text/xml;charset=UTF-8",
            Self::Query | Self::RestXml => "text/xml",
            Self::Json => "application/x-amz-json-1.1",
        })
    }
}

//! Kinds of IAM: roles and what they may do.

mod policy_document;

pub use policy_document::{
    Effect, PolicyDocument, PolicyText, PolicyTexts, PolicyUse, Principal, Principals, Statement,
};

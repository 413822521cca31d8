//! Findings about names and locations.

use crate::Location;
use deathstar_core::{Diagnostic, model::NameRule};

/// What is wrong with a name.
pub(crate) fn check(rule: &NameRule, name: &str) -> Option<Diagnostic> {
    let error = rule.check(name).err()?;
    Some(Diagnostic::new("azure.name", error.to_string()).at("/name").fix(error.hint()))
}

/// What is wrong with a location.
pub(crate) fn check_location(location: Option<&Location>) -> Option<Diagnostic> {
    let location = location.filter(|location| !location.is_well_formed())?;
    let why = format!("`{location}` is not the name of a location");
    Some(Diagnostic::new("azure.location", why).at("/location").fix("write it like `westeurope`"))
}

//! Values out of a recorded state.

use super::resolve::value_of;
use crate::{
    Catalogue, Expr,
    apply::{Known, ValueError},
    state::Recorded,
};
use serde_json::Value;
use std::{borrow::Cow, collections::BTreeMap};

/// The JSON text of an expression's recorded value.
pub(crate) fn resolve_value(
    expr: &Expr,
    recorded: &Recorded,
    catalogue: &Catalogue,
) -> Result<String, ValueError> {
    let known = Known { recorded, catalogue };
    let value = value_of(expr, &known).map_err(ValueError::Function)?;
    value.map(Cow::into_owned).ok_or_else(|| {
        let mut named = vec![];
        expr.references(&mut |reference| named.push(format!("{}{}", reference.at, reference.path)));
        ValueError::Unknown(named.join(", "))
    })
}

/// All exports that are known.
pub(crate) fn exports(recorded: &Recorded, catalogue: &Catalogue) -> BTreeMap<String, Value> {
    let known = |(name, expr): (&String, &Expr)| {
        let text = resolve_value(expr, recorded, catalogue).ok()?;
        Some((name.clone(), serde_json::from_str(&text).ok()?))
    };
    recorded.exports.iter().filter_map(known).collect()
}

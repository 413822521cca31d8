//! A field without a class does not compile.
use deathstar_core::{Fields, fields};

struct Kind {
    name: String,
    size: u32,
}

const FIELDS: Fields<Kind> = fields!(Kind { name: Replace });

fn main() {
    let _ = FIELDS;
}

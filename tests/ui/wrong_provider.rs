//! A kind cannot be declared on another provider's connection.
use deathstar_core::{Connection, Provider, prelude::*};
use deathstar_tests::kinds::Net;

struct Other;
#[derive(Clone, PartialEq, serde::Serialize, serde::Deserialize)]
struct OtherConfig;
impl Provider for Other {
    const NAME: &'static str = "other";
    type Config = OtherConfig;
}
impl Connection for OtherConfig {
    type Provider = Other;
}

fn main() {
    let mut stack = Stack::new("s");
    let other = stack.on(OtherConfig);
    stack.add(&other, "net", Net { range: "10.0.0.0/16".into(), label: None });
}

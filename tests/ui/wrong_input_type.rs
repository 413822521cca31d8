//! An id of one kind does not fit where an id of another is needed.
use deathstar_core::prelude::*;
use deathstar_tests::kinds::{Gateway, Net, Region, Table};

fn main() {
    let mut stack = Stack::new("s");
    let on = stack.on(Region::new("north"));
    let network = stack.add(&on, "net", Net { range: "10.0.0.0/16".into(), label: None });
    let gateway = stack.add(&on, "gateway", Gateway { net: network.id().into() });
    stack.add(&on, "table", Table { net: gateway.id().into() });
}

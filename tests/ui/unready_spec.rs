//! A driver's spec can only be built by the engine, which resolves every input first.
use deathstar_core::Ready;
use deathstar_tests::kinds::Net;

fn main() {
    let _ = Ready(Net { range: "10.0.0.0/16".into(), label: None });
    let _ = Ready::resolved(Net { range: "10.0.0.0/16".into(), label: None });
}

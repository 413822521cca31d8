//! A component that is generic over the cloud cannot be declared on a cloud that has no such part.
use deathstar_core::{
    On,
    component::{NetworkSpec, PortableNetwork},
    prelude::*,
};
use deathstar_tests::kinds::Region;

fn platform<P: PortableNetwork>(stack: &mut Stack, on: &On<P>) {
    stack.add(on, "network", P::Network::from(NetworkSpec::new("10.0.0.0/16")));
}

fn main() {
    let mut stack = Stack::new("s");
    let on = stack.on(Region::new("north"));
    platform(&mut stack, &on);
}

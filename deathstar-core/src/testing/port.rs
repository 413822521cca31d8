//! Free ports of the loopback interface.

use std::net::{Ipv4Addr, TcpListener};

use crate::{Error, Meaning, Result};

/// Different free ports, as the operating system gives them out.
///
/// They are free when this returns; who starts a program on one finds out whether it still was.
pub(super) fn free<const N: usize>() -> Result<[u16; N]> {
    let failed =
        |error| Error::new(Meaning::Transient, "the loopback interface has no free port").because(error);
    // All are held until all are known, so that none comes twice.
    let mut listeners = Vec::with_capacity(N);
    for _ in 0..N {
        listeners.push(TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).map_err(failed)?);
    }
    let mut ports = [0; N];
    for (port, listener) in ports.iter_mut().zip(&listeners) {
        *port = listener.local_addr().map_err(failed)?.port();
    }
    Ok(ports)
}

#[cfg(test)]
mod tests {
    #[test]
    fn ports_differ() {
        let ports = super::free::<8>().expect("free ports");
        let different: std::collections::BTreeSet<_> = ports.into_iter().collect();
        assert_eq!(different.len(), 8);
        assert!(!different.contains(&0));
    }
}

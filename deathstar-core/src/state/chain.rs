//! The digest of all records of a journal.

use crate::digest::Digest;

/// The digest of all records, from a known digest on.
#[derive(Clone)]
pub(super) struct Chain {
    base: [u8; 32],
    digest: Digest,
    /// Whether a record came after the base.
    goes_on: bool,
}

impl Default for Chain {
    fn default() -> Self {
        Self::after([0; 32])
    }
}

impl Chain {
    /// The digest of records that are known by their digest alone.
    pub(super) fn after(base: [u8; 32]) -> Self {
        let mut digest = Digest::default();
        digest.part(base);
        Self { base, digest, goes_on: false }
    }

    /// Adds a record.
    pub(super) fn add(&mut self, record: &[u8]) {
        self.goes_on = true;
        self.digest.part(record);
    }

    /// The digest.
    pub(super) fn digest(&self) -> blake3::Hash {
        if self.goes_on { self.digest.value() } else { self.base.into() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(base: [u8; 32], records: &[&[u8]]) -> blake3::Hash {
        let mut chain = Chain::after(base);
        for record in records {
            chain.add(record);
        }
        chain.digest()
    }

    #[test]
    fn it_depends_on_the_base_and_on_every_record() {
        let one = of([0; 32], &[b"a", b"b"]);
        for other in [of([1; 32], &[b"a", b"b"]), of([0; 32], &[b"b", b"a"]), of([0; 32], &[b"a", b"b", b""])]
        {
            assert_ne!(one, other);
        }
    }

    #[test]
    fn without_a_record_it_is_the_base() {
        assert_eq!(*of([9; 32], &[]).as_bytes(), [9; 32]);
        assert_ne!(*of([9; 32], &[b""]).as_bytes(), [9; 32]);
    }
}

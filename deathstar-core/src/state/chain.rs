//! The digest of all records of a journal.

/// How much is hashed at a time, in bytes: enough for the wide instructions of a processor.
const SLAB: usize = 64 << 10;

/// The digest of all records, from a known digest on.
#[derive(Clone)]
pub(super) struct Chain {
    base: [u8; 32],
    hasher: blake3::Hasher,
    /// What is not hashed yet.
    slab: Vec<u8>,
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
        let mut hasher = blake3::Hasher::new();
        hasher.update(&base);
        Self { base, hasher, slab: vec![], goes_on: false }
    }

    /// Adds a record.
    pub(super) fn add(&mut self, record: &[u8]) {
        self.goes_on = true;
        self.slab.extend_from_slice(&(record.len() as u64).to_le_bytes());
        self.slab.extend_from_slice(record);
        if self.slab.len() >= SLAB {
            self.hasher.update(&self.slab);
            self.slab.clear();
        }
    }

    /// The digest.
    pub(super) fn digest(&self) -> [u8; 32] {
        if !self.goes_on {
            return self.base;
        }
        let mut hasher = self.hasher.clone();
        *hasher.update(&self.slab).finalize().as_bytes()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(base: [u8; 32], records: &[&[u8]]) -> [u8; 32] {
        let mut chain = Chain::after(base);
        records.iter().for_each(|record| chain.add(record));
        chain.digest()
    }

    #[test]
    fn it_depends_on_every_record_and_on_where_each_ends() {
        let one = of([0; 32], &[b"ab", b"c"]);
        assert_eq!(one, of([0; 32], &[b"ab", b"c"]));
        for other in [
            of([0; 32], &[b"a", b"bc"]),
            of([0; 32], &[b"ab"]),
            of([0; 32], &[b"c", b"ab"]),
            of([0; 32], &[b"ab", b"c", b""]),
            of([1; 32], &[b"ab", b"c"]),
        ] {
            assert_ne!(one, other);
        }
    }

    #[test]
    fn how_much_is_hashed_at_a_time_does_not_show() {
        let record = vec![7; SLAB / 3];
        let mut chain = Chain::default();
        let mut whole = blake3::Hasher::new();
        whole.update(&[0; 32]);
        for _ in 0..7 {
            chain.add(&record);
            whole.update(&(record.len() as u64).to_le_bytes()).update(&record);
        }
        assert_eq!(chain.digest(), *whole.finalize().as_bytes());
    }

    #[test]
    fn without_a_record_it_is_the_base() {
        assert_eq!(of([9; 32], &[]), [9; 32]);
    }
}

//! Digests of long sequences of texts.

/// The hash takes large pieces several times as fast as small ones.
const PIECE: usize = 1 << 15;

/// A digest of a sequence of byte strings; where one ends and the next begins counts.
#[derive(Clone, Debug, Default)]
pub(crate) struct Digest {
    hasher: blake3::Hasher,
    piece: Vec<u8>,
}

impl Digest {
    /// Adds the next byte string.
    pub(crate) fn part(&mut self, bytes: impl AsRef<[u8]>) {
        let bytes = bytes.as_ref();
        self.piece.extend_from_slice(&(bytes.len() as u64).to_le_bytes());
        self.piece.extend_from_slice(bytes);
        if self.piece.len() >= PIECE {
            self.hasher.update(&self.piece);
            self.piece.clear();
        }
    }

    /// The digest of what was added so far.
    pub(crate) fn value(&self) -> blake3::Hash {
        let mut hasher = self.hasher.clone();
        hasher.update(&self.piece).finalize()
    }
}

#[cfg(test)]
mod tests {
    use super::{Digest, PIECE};
    use proptest::prelude::*;

    fn of(parts: &[&[u8]]) -> blake3::Hash {
        let mut digest = Digest::default();
        for part in parts {
            digest.part(part);
        }
        digest.value()
    }

    #[test]
    fn every_byte_and_every_border_counts() {
        let long = vec![7; PIECE];
        let mut other = long.clone();
        other[PIECE - 1] = 8;
        assert_ne!(of(&[&long]), of(&[&other]));
        assert_ne!(of(&[&long, b"a"]), of(&[&long, b"b"]));
        assert_ne!(of(&[b"ab", b"c"]), of(&[b"a", b"bc"]));
        assert_ne!(of(&[b"", b""]), of(&[b""]));
    }

    proptest! {
        #[test]
        fn looking_at_it_changes_nothing(lengths in proptest::collection::vec(0..2 * PIECE, 0..6)) {
            let parts: Vec<Vec<u8>> = lengths.iter().map(|length| vec![1; *length]).collect();
            let mut looked_at = Digest::default();
            for part in &parts {
                looked_at.part(part);
                looked_at.value();
            }
            let parts: Vec<&[u8]> = parts.iter().map(Vec::as_slice).collect();
            prop_assert_eq!(looked_at.value(), of(&parts));
        }
    }
}

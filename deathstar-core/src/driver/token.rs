//! Tokens: what tells a create call from every other one.

/// The token of an object: 26 characters of base32, the same whenever it is made from the same lineage, address and generation.
pub(crate) fn token(lineage: &str, address: &str, generation: u32) -> String {
    const DIGITS: &[u8; 32] = b"abcdefghijklmnopqrstuvwxyz234567";
    let mut hasher = blake3::Hasher::new();
    for part in [lineage, address] {
        hasher.update(&(part.len() as u64).to_le_bytes()).update(part.as_bytes());
    }
    let hash = hasher.update(&generation.to_le_bytes()).finalize();
    let mut bits = hash.as_bytes().iter().flat_map(|byte| (0..8).map(move |bit| byte >> bit & 1));
    let digit = |_| {
        let value = (0..5).fold(0, |value, _| value << 1 | bits.next().unwrap_or(0));
        char::from(DIGITS[usize::from(value)])
    };
    (0..26).map(digit).collect()
}

#[cfg(test)]
mod tests {
    use super::token;

    #[test]
    fn tokens_differ_by_every_part_and_fit_every_api() {
        let one = token("lineage", "network/vpc", 1);
        assert_eq!(one, token("lineage", "network/vpc", 1));
        assert_eq!(one.len(), 26);
        assert!(one.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit()));
        for other in [
            token("lineagf", "network/vpc", 1),
            token("lineage", "network/vpd", 1),
            token("lineage", "network/vpc", 2),
            token("lineagen", "etwork/vpc", 1),
        ] {
            assert_ne!(one, other);
        }
    }
}

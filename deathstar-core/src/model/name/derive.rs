//! A legal name out of an address.

use super::{NameError, NameRule};

/// Digits of the hash in a name: lower-case letters and digits that every API takes.
const ALPHABET: &[u8; 32] = b"abcdefghijklmnopqrstuvwxyz234567";
/// Digits of a hash where there is room for them: 40 bits.
const HASH: usize = 8;
/// The fewest digits of a hash: 20 bits, in names of six characters.
const SHORTEST_HASH: usize = 4;
/// What stands in front of a name that would begin with something illegal or reserved.
const LEADER: char = 'n';

impl NameRule {
    /// Makes a legal name out of an address-like text: the text itself when it is legal, and otherwise what can be kept
    /// of it followed by a hash of all of it.
    ///
    /// The same text always gives the same name. Texts that differ, even where nothing of the difference can be kept,
    /// give names that differ but for the chance of a hash: 40 bits, 30 bits in names of up to 15 characters and 20 bits
    /// in names of up to 8. Where a name is unique among all customers (a bucket, a storage account), the text must hold
    /// something of the customer's own.
    ///
    /// # Errors
    /// [`NameError`] of the last attempt when the rule leaves no room for lower-case letters, digits and a hash; no rule
    /// of this crate does.
    pub fn derive(&self, address: &str) -> Result<String, NameError> {
        let folded = self.folds_case && address.chars().any(char::is_uppercase);
        if !folded && self.check(address).is_ok() {
            return Ok(address.to_owned());
        }
        let body = self.body(address);
        let separator = if self.chars.contains('-') { "-" } else { "" };
        let part = self.part.map_or(self.max, |(_, max)| max);
        let room = part.min(self.max).saturating_sub(self.required_prefix.len());
        let digits = match room {
            0..=8 => SHORTEST_HASH,
            9..=15 => 6,
            _ => HASH,
        };
        let kept: String = body.chars().take(room.saturating_sub(digits + separator.len())).collect();
        let kept = kept.trim_end_matches('-');
        let name = format!("{}{kept}{separator}{}", self.required_prefix, hash(address, digits));
        self.check(&name).map(|()| name)
    }

    /// The letters and digits of an address, with a hyphen where others stood if the rule has one.
    fn body(&self, address: &str) -> String {
        let lower = self.folds_case || !self.chars.contains('A');
        let own = address.strip_prefix(self.required_prefix).unwrap_or(address);
        let words: Vec<String> = own
            .split(|c: char| !c.is_ascii_alphanumeric())
            .filter(|word| !word.is_empty())
            .map(|word| if lower { word.to_ascii_lowercase() } else { word.to_owned() })
            .collect();
        let body = words.join(if self.chars.contains('-') { "-" } else { "" });
        let led =
            body.chars().next().is_some_and(|c| self.first.contains(c) || !self.required_prefix.is_empty());
        let reserved = self.reserved_prefixes.iter().any(|prefix| body.starts_with(prefix));
        if led && !reserved { body } else { format!("{LEADER}{body}") }
    }
}

/// The first digits of a hash of a text, five bits each.
fn hash(text: &str, digits: usize) -> String {
    let bytes = blake3::hash(text.as_bytes());
    let bits: u64 = bytes.as_bytes().iter().take(8).fold(0, |bits, byte| bits << 8 | u64::from(*byte));
    (0..digits)
        .filter_map(|digit| {
            let index = usize::try_from(bits.rotate_left(5 * (u32::try_from(digit).ok()? + 1)) & 31).ok()?;
            ALPHABET.get(index).map(|byte| char::from(*byte))
        })
        .collect()
}

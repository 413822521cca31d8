//! The journal: one durable row per object, written before each side effect.

mod chain;
mod file_store;
pub mod log;
mod memory_store;
mod record;
mod recorded;
mod replay;
mod row;
mod store;

pub use file_store::FileStore;
pub use memory_store::MemoryStore;
pub use record::{Encoded, RECORD_VERSION, Record, StackRecord};
pub use recorded::Recorded;
pub use row::{ConnectionRow, Phase, Row};
pub use store::{Loaded, Position, Session, Store, StoreError};

/// Bytes in hexadecimal digits.
pub(crate) fn hex(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    let digit = |value: u8| char::from(DIGITS[usize::from(value)]);
    bytes.iter().flat_map(|byte| [digit(byte >> 4), digit(byte & 15)]).collect()
}

/// Random bytes of the operating system.
pub(crate) fn random<const N: usize>() -> Result<[u8; N], StoreError> {
    use std::io::Read;
    let path = "/dev/urandom";
    let mut bytes = [0; N];
    std::fs::File::open(path)
        .and_then(|mut file| file.read_exact(&mut bytes))
        .map_err(|source| StoreError::File { path: path.into(), source })?;
    Ok(bytes)
}

//! One record on the disk: checksum, length, sequence number, what was durable before it, payload.

use super::header::array;

/// Length of what stands before a payload, in bytes.
pub(super) const FRAME: usize = 24;

/// The longest payload that a record may have, in bytes: 256 MiB.
pub const MAX_PAYLOAD: usize = 1 << 28;

/// Stands in the place of a length in the frame that ends a snapshot.
const END: u32 = u32::MAX;

/// One record as it lies in a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Frame<'a> {
    pub(super) sequence: u64,
    /// The bytes of the file that were durable when this record was written.
    pub(super) durable: u64,
    /// Nothing for the frame that ends a snapshot.
    pub(super) payload: Option<&'a [u8]>,
}

/// Why bytes are no record.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Broken {
    /// The file ends before the record does.
    Short,
    /// The length is beyond [`MAX_PAYLOAD`].
    Length,
    /// The checksum does not fit.
    Checksum,
}

impl<'a> Frame<'a> {
    /// Appends the frame to `buffer`; `seed` is the checksum of the file's header.
    pub(super) fn encode(&self, seed: u32, buffer: &mut Vec<u8>) {
        let start = buffer.len();
        // A payload is at most `MAX_PAYLOAD` long, so the length always fits.
        let length = self.payload.map_or(END, |payload| u32::try_from(payload.len()).unwrap_or(END));
        buffer.extend_from_slice(&[0; 4]);
        buffer.extend_from_slice(&length.to_le_bytes());
        buffer.extend_from_slice(&self.sequence.to_le_bytes());
        buffer.extend_from_slice(&self.durable.to_le_bytes());
        buffer.extend_from_slice(self.payload.unwrap_or_default());
        let checksum = checksum(seed, &buffer[start + 4..]);
        buffer[start..start + 4].copy_from_slice(&checksum.to_le_bytes());
    }

    /// The frame at the start of `bytes`, its checksum proved.
    pub(super) fn decode(seed: u32, bytes: &'a [u8]) -> Result<Self, Broken> {
        let frame = Self::decode_unproved(bytes)?;
        let stored = u32::from_le_bytes(array(bytes));
        if checksum(seed, &bytes[4..frame.len()]) == stored { Ok(frame) } else { Err(Broken::Checksum) }
    }

    /// The frame at the start of `bytes`, its checksum not looked at.
    pub(super) fn decode_unproved(bytes: &'a [u8]) -> Result<Self, Broken> {
        let head = bytes.get(..FRAME).ok_or(Broken::Short)?;
        let payload = match u32::from_le_bytes(array(&head[4..])) {
            END => None,
            length => {
                let length = usize::try_from(length).map_err(|_| Broken::Length)?;
                if length > MAX_PAYLOAD {
                    return Err(Broken::Length);
                }
                Some(bytes.get(FRAME..FRAME + length).ok_or(Broken::Short)?)
            }
        };
        Ok(Self {
            sequence: u64::from_le_bytes(array(&head[8..])),
            durable: u64::from_le_bytes(array(&head[16..])),
            payload,
        })
    }

    /// Length in the file, in bytes.
    pub(super) fn len(&self) -> usize {
        FRAME + self.payload.map_or(0, <[u8]>::len)
    }
}

fn checksum(seed: u32, bytes: &[u8]) -> u32 {
    let mut hasher = crc32fast::Hasher::new_with_initial(seed);
    hasher.update(bytes);
    hasher.finalize()
}

#[cfg(test)]
mod tests {
    use super::{Broken, FRAME, Frame};

    #[test]
    fn a_frame_reads_back_and_fits_no_other_file() {
        for payload in [None, Some(&b""[..]), Some(&b"row"[..])] {
            let frame = Frame { sequence: 9, durable: 48, payload };
            let mut bytes = Vec::new();
            frame.encode(7, &mut bytes);
            assert_eq!(bytes.len(), frame.len());
            assert_eq!(Frame::decode(7, &bytes), Ok(frame));
            assert_eq!(Frame::decode(8, &bytes), Err(Broken::Checksum));
            assert_eq!(Frame::decode(7, &bytes[..bytes.len() - 1]), Err(Broken::Short));
        }
    }

    #[test]
    fn zeros_are_no_frame() {
        assert_eq!(Frame::decode(7, &[0; FRAME]), Err(Broken::Checksum));
    }

    #[test]
    fn an_impossible_length_is_not_looked_for() {
        let mut bytes = vec![0; FRAME];
        bytes[4..8].copy_from_slice(&0x1000_0001_u32.to_le_bytes());
        assert_eq!(Frame::decode(7, &bytes), Err(Broken::Length));
    }
}

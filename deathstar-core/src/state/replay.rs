//! How records are read: what rows share is kept once, and a record that moves a row on takes only what it brings.

use super::{Phase, Record, Row};
use crate::{
    Raw,
    driver::{Op, Tags},
    graph::{Address, AddressMap},
};
use foldhash::HashMap;
use serde::{Deserialize, de::Error as _};
use serde_json::value::RawValue;
use std::sync::Arc;

/// How a record of a row begins, and one of a phase.
const ROW: &str = r#"{"row":"#;
const PHASE: &str = r#"{"phase":"#;

/// A record as it is read.
pub(super) enum Read<'a> {
    /// A row moves to a phase.
    Moved(Moved<'a>),
    /// Anything else.
    Whole(Record),
}

#[derive(Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) struct Moved<'a> {
    pub(super) address: &'a str,
    pub(super) generation: u32,
    #[serde(borrow)]
    phase: BorrowedPhase<'a>,
}

impl Moved<'_> {
    /// The phase that it moves to, from one with this spec.
    pub(super) fn phase(self, recorded: &Raw) -> Phase {
        self.phase.over(Some(recorded))
    }
}

/// A [`Phase`] whose texts are still those of the record.
#[derive(Deserialize)]
#[serde(rename_all = "kebab-case")]
enum BorrowedPhase<'a> {
    Creating {
        #[serde(borrow)]
        spec: &'a RawValue,
    },
    Settling {
        #[serde(borrow)]
        id: &'a RawValue,
        #[serde(default, borrow)]
        was: Option<&'a RawValue>,
        #[serde(borrow)]
        spec: &'a RawValue,
        #[serde(default)]
        op: Option<Op>,
    },
    Live {
        #[serde(borrow)]
        id: &'a RawValue,
        #[serde(borrow)]
        spec: &'a RawValue,
        #[serde(borrow)]
        outputs: &'a RawValue,
    },
    Deleting {
        #[serde(default, borrow)]
        id: Option<&'a RawValue>,
        #[serde(default, borrow)]
        was: Option<&'a RawValue>,
        #[serde(borrow)]
        spec: &'a RawValue,
        #[serde(default)]
        op: Option<Op>,
    },
    Broken {
        #[serde(borrow)]
        id: &'a RawValue,
        #[serde(borrow)]
        spec: &'a RawValue,
        cause: String,
    },
}

impl BorrowedPhase<'_> {
    /// The phase; where its spec is `null`, with the one that is recorded.
    fn over(self, recorded: Option<&Raw>) -> Phase {
        let spec = |text: &RawValue| match recorded {
            Some(recorded) if text.get() == "null" => recorded.clone(),
            _ => Raw::of(text),
        };
        match self {
            Self::Creating { spec: text } => Phase::Creating { spec: spec(text) },
            Self::Settling { id, was, spec: text, op } => {
                Phase::Settling { id: Raw::of(id), was: was.map(Raw::of), spec: spec(text), op }
            }
            Self::Live { id, spec: text, outputs } => {
                Phase::Live { id: Raw::of(id), spec: spec(text), outputs: Raw::of(outputs) }
            }
            Self::Deleting { id, was, spec: text, op } => {
                Phase::Deleting { id: id.map(Raw::of), was: was.map(Raw::of), spec: spec(text), op }
            }
            Self::Broken { id, spec: text, cause } => {
                Phase::Broken { id: Raw::of(id), spec: spec(text), cause }
            }
        }
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "kebab-case")]
enum Envelope<'a> {
    #[serde(borrow)]
    Row(BorrowedRow<'a>),
    #[serde(borrow)]
    Phase(Moved<'a>),
}

/// A [`Row`] whose texts are still those of the record.
#[derive(Deserialize)]
#[serde(rename_all = "kebab-case")]
struct BorrowedRow<'a> {
    address: &'a str,
    generation: u32,
    family: &'a str,
    #[serde(default)]
    kind: Option<Box<str>>,
    #[serde(default = "super::row::one")]
    version: u16,
    connection: u32,
    token: &'a str,
    #[serde(default, borrow)]
    tags: Option<&'a RawValue>,
    #[serde(default, borrow)]
    needs: Vec<&'a str>,
    #[serde(default)]
    protect: bool,
    #[serde(default)]
    retain: bool,
    #[serde(borrow)]
    phase: BorrowedPhase<'a>,
}

/// What many rows share.
#[derive(Clone, Default)]
pub(super) struct Shared {
    tags: HashMap<Box<str>, Arc<Tags>>,
}

impl Shared {
    /// Reads a record; `known` has the addresses of the rows so far.
    pub(super) fn read<'a, T>(
        &mut self,
        bytes: &'a [u8],
        known: &AddressMap<T>,
    ) -> serde_json::Result<Read<'a>> {
        let text = std::str::from_utf8(bytes).map_err(serde_json::Error::custom)?;
        if !text.starts_with(ROW) && !text.starts_with(PHASE) {
            return serde_json::from_str(text).map(Read::Whole);
        }
        match serde_json::from_str(text)? {
            Envelope::Phase(moved) => Ok(Read::Moved(moved)),
            Envelope::Row(row) => Ok(Read::Whole(Record::Row(Box::new(self.row(row, known)?)))),
        }
    }

    fn row<T>(&mut self, row: BorrowedRow<'_>, known: &AddressMap<T>) -> serde_json::Result<Row> {
        let address = |text: &str| match known.get_key_value(text) {
            Some((address, _)) => address.clone(),
            None => Address::unchecked(text),
        };
        Ok(Row {
            address: address(row.address),
            generation: row.generation,
            family: row.family.into(),
            kind: row.kind,
            version: row.version,
            connection: row.connection,
            token: row.token.into(),
            tags: row.tags.map(|tags| self.tags(tags)).transpose()?.unwrap_or_default(),
            needs: row.needs.into_iter().map(address).collect(),
            protect: row.protect,
            retain: row.retain,
            phase: row.phase.over(None),
        })
    }

    fn tags(&mut self, text: &RawValue) -> serde_json::Result<Arc<Tags>> {
        if let Some(tags) = self.tags.get(text.get()) {
            return Ok(Arc::clone(tags));
        }
        let tags: Arc<Tags> = Arc::new(serde_json::from_str(text.get())?);
        self.tags.insert(text.get().into(), Arc::clone(&tags));
        Ok(tags)
    }
}

/// The version that an unreadable record claims, when it is one of the kind that says so.
pub(super) fn newer(bytes: &[u8]) -> Option<u16> {
    #[derive(Deserialize)]
    struct Claim {
        stack: Version,
    }
    #[derive(Deserialize)]
    struct Version {
        version: u16,
    }
    serde_json::from_slice::<Claim>(bytes).ok().map(|claim| claim.stack.version)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn address() -> impl Strategy<Value = Address> {
        "[a-z0-9][a-z0-9._-]{0,8}(/[a-z0-9]{1,4})?".prop_map(|text| Address::parse(&text).unwrap())
    }

    fn raws() -> impl Strategy<Value = Raw> {
        prop_oneof![
            any::<String>().prop_map(|text| Raw::encode(&text).unwrap()),
            any::<Vec<u8>>().prop_map(|numbers| Raw::encode(&numbers).unwrap()),
            Just(Raw::null()),
        ]
    }

    fn phases() -> impl Strategy<Value = Phase> {
        prop_oneof![
            raws().prop_map(|spec| Phase::Creating { spec }),
            (raws(), raws(), raws()).prop_map(|(id, spec, outputs)| Phase::Live { id, spec, outputs }),
            (raws(), raws(), any::<String>()).prop_map(|(id, spec, cause)| Phase::Broken { id, spec, cause }),
        ]
    }

    fn rows() -> impl Strategy<Value = Row> {
        let tags = proptest::collection::btree_map(any::<String>(), any::<String>(), 0..3);
        let flags = (any::<bool>(), any::<bool>(), proptest::option::of("[ -~]{1,9}"));
        let needs = proptest::collection::vec(address(), 0..3);
        (address(), any::<u32>(), any::<u16>(), tags, needs, flags, phases()).prop_map(
            |(address, generation, version, tags, needs, (protect, retain, kind), phase)| Row {
                address,
                generation,
                family: "imagined.net".into(),
                kind: kind.map(Into::into),
                version,
                connection: generation / 2,
                token: "abcdefghijklmnopqrstuvwxyz".into(),
                tags: Arc::new(tags),
                needs,
                protect,
                retain,
                phase,
            },
        )
    }

    proptest! {
        #[test]
        fn a_row_is_read_as_any_reader_of_json_reads_it(row in rows(), other in rows()) {
            let mut shared = Shared::default();
            for row in [row.clone(), other, row] {
                let record = Record::Row(Box::new(row));
                let bytes = serde_json::to_vec(&record).unwrap();
                prop_assert_eq!(&serde_json::from_slice::<Record>(&bytes).unwrap(), &record);
                let Read::Whole(read) = shared.read(&bytes, &AddressMap::<u32>::default()).unwrap() else {
                    panic!("a row is whole")
                };
                prop_assert_eq!(read, record);
            }
        }

        #[test]
        fn so_is_a_phase(address in address(), generation in any::<u32>(), phase in phases()) {
            let record = Record::Phase { address: address.clone(), generation, phase: phase.clone() };
            let bytes = serde_json::to_vec(&record).unwrap();
            prop_assert_eq!(&serde_json::from_slice::<Record>(&bytes).unwrap(), &record);
            let mut shared = Shared::default();
            let Read::Moved(moved) = shared.read(&bytes, &AddressMap::<u32>::default()).unwrap() else {
                panic!("a phase moves a row")
            };
            prop_assert_eq!((moved.address, moved.generation), (address.as_str(), generation));
            prop_assert_eq!(moved.phase(&Raw::null()), phase);
        }
    }

    #[test]
    fn a_version_is_read_from_what_cannot_be_understood() {
        assert_eq!(newer(br#"{"stack":{"version":7,"new":[]}}"#), Some(7));
        assert_eq!(newer(br#"{"row":{}}"#), None);
    }
}

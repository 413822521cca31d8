//! Ids of record sets, whose type is a part of them.

use super::{ResourceId, resource_id::spelled, text};
use crate::arm::{ArmId, ArmType};
use serde::{Deserialize, Serialize};

/// The id of a record set of a private DNS zone: the zone, the type of its records, and its name.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(from = "String", into = "String")]
pub struct RecordSetId(String);

text!(RecordSetId, |id| RecordSetId::TYPES.into_iter().find_map(|of| spelled(id, Some(of))));

const fn of(path: &'static str) -> ArmType {
    ArmType::new("Microsoft.Network", path)
}

impl RecordSetId {
    /// What lists the record sets of all types.
    pub const ALL: ArmType = of("privateDnsZones/ALL");

    const TYPES: [ArmType; 8] = [
        of("privateDnsZones/A"),
        of("privateDnsZones/AAAA"),
        of("privateDnsZones/CNAME"),
        of("privateDnsZones/MX"),
        of("privateDnsZones/PTR"),
        of("privateDnsZones/SOA"),
        of("privateDnsZones/SRV"),
        of("privateDnsZones/TXT"),
    ];

    /// The type of record sets with such records; of all, where there are none such.
    pub(crate) fn of_type(record_type: &str) -> ArmType {
        Self::TYPES.into_iter().find(|of| of.leaf() == record_type).unwrap_or(Self::ALL)
    }
}

impl ArmId for RecordSetId {
    fn of(id: &ResourceId) -> Self {
        Self::new(id.as_str())
    }

    fn in_subscription(&self, _: &str) -> ResourceId {
        ResourceId::new(self.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_type_is_a_part_of_it() {
        let zone = "/subscriptions/s/resourceGroups/g/providers/Microsoft.Network/privateDnsZones/a.b";
        let id = RecordSetId::new(format!("{}/aaaa/API", zone.to_lowercase()));
        assert_eq!(id.as_str(), format!("{zone}/AAAA/API"));
        assert!(id.is_well_formed());
        assert!(!RecordSetId::new(zone).is_well_formed());
        assert!(!RecordSetId::new(format!("{zone}/virtualNetworkLinks/l")).is_well_formed());
        assert_eq!(RecordSetId::of_type("SRV").leaf(), "SRV");
    }
}

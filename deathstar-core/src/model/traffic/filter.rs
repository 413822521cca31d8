//! What stateless filters have to let pass.

use super::{
    AddressRange, ClientPorts, Declaration, Direction, Gateways, Opening, Packets, Peer, Purpose, Reason,
    Service, Way, ground::Ground,
};
use crate::model::Tier;
use std::collections::BTreeMap;

/// The openings of each tier's filter, by direction.
pub(super) type Openings = BTreeMap<(Tier, Direction), Vec<Opening>>;

/// Adds what a declaration needs: the request and its answers in the filters of both sides, and in those of gateways between.
pub(super) fn open(ground: Ground<'_>, declaration: &Declaration, service: Service, all: &mut Openings) {
    let mut sink = Sink { ground, declaration: declaration.to_string(), all };
    let Declaration { from, to, .. } = declaration;
    let packets = service.packets();
    let client = ground.client_ports(from, service);
    let answers = packets.answers(client);
    for tier in ground.tiers(from) {
        for range in ground.ranges(to) {
            sink.push(tier, Direction::Out, packets, range, Purpose::Request);
            sink.answer(tier, Direction::In, answers, range, Purpose::Answer(client));
            // What goes to object storage by its private route meets no gateway.
            if let (false, Some(Way::Translated(Gateways { tier: Some(gateway), .. }))) =
                (to.is_inside() || *to == super::Party::ObjectStorage, ground.terrain.way(tier, range))
            {
                let translated = ClientPorts::Any.ports();
                let back = packets.answers(translated);
                sink.push(gateway, Direction::Out, packets, range, Purpose::Transit);
                sink.answer(gateway, Direction::In, back, range, Purpose::TransitAnswer(translated));
                for own in sink.own(tier, range) {
                    sink.push(gateway, Direction::In, packets, own, Purpose::Transit);
                    sink.answer(gateway, Direction::Out, answers, own, Purpose::TransitAnswer(client));
                }
            }
        }
    }
    for tier in ground.tiers(to) {
        for range in ground.ranges(from) {
            sink.push(tier, Direction::In, packets, range, Purpose::Request);
            sink.answer(tier, Direction::Out, answers, range, Purpose::Answer(client));
            if let (false, Some(Way::Translated(Gateways { tier: Some(gateway), .. }))) =
                (from.is_inside(), ground.terrain.way(tier, range))
            {
                // A notice: it comes back on the path of what the tier sent.
                sink.push(gateway, Direction::In, packets, range, Purpose::Transit);
                for own in sink.own(tier, range) {
                    sink.push(gateway, Direction::Out, packets, own, Purpose::Transit);
                }
            }
        }
    }
}

struct Sink<'a> {
    ground: Ground<'a>,
    declaration: String,
    all: &'a mut Openings,
}

impl Sink<'_> {
    fn push(
        &mut self,
        tier: Tier,
        direction: Direction,
        packets: Packets,
        range: AddressRange,
        purpose: Purpose,
    ) {
        let family = range.family();
        if !packets.exist_in(family) || !self.ground.terrain.has(tier, family) {
            return;
        }
        let reasons = vec![Reason { declaration: self.declaration.clone(), purpose }];
        let opening = Opening { packets, peer: Peer::Range(range), reasons };
        self.all.entry((tier, direction)).or_default().push(opening);
    }

    fn answer(
        &mut self,
        tier: Tier,
        direction: Direction,
        packets: Option<Packets>,
        range: AddressRange,
        purpose: Purpose,
    ) {
        if let Some(packets) = packets {
            self.push(tier, direction, packets, range, purpose);
        }
    }

    /// The ranges of a tier that talk with a range.
    fn own(&self, tier: Tier, with: AddressRange) -> Vec<AddressRange> {
        let ranges = self.ground.terrain.tiers.get(&tier).into_iter().flatten().copied();
        ranges.filter(|range| range.family() == with.family()).collect()
    }
}

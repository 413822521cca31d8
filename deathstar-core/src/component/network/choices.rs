//! What the networks of all clouds are chosen by.

use super::{Egress, IpFamilies, NetworkSpec};
use crate::{
    Diagnostic,
    graph::{Provider, Scope},
    model::{
        Tier, TierRequest, TierSize, Traffic,
        cidr::{DEFAULT_GROWTH_ROOM, Spread},
        traffic::RuleLimits,
    },
};
use std::collections::BTreeSet;

/// What the networks of all clouds are chosen by: a backend's component has one, and beside it what only its cloud has.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct NetworkChoices {
    /// The first IPv4 range, in CIDR notation.
    pub range: String,
    /// The further range for pods.
    pub pods: Option<String>,
    /// Over how many zones.
    pub zones: u8,
    /// For how many zones room is kept.
    pub growth_room: u8,
    /// The address families.
    pub families: IpFamilies,
    /// How what has no public address reaches the internet.
    pub egress: Egress,
    /// The tiers that are there.
    pub tiers: BTreeSet<Tier>,
    /// The name of a private DNS zone that is answered in it.
    pub private_zone: Option<String>,
    /// What names follow from, instead of the address.
    pub name: Option<String>,
    /// Whether what every cluster needs is declared.
    pub cluster_traffic: bool,
    /// What else is declared.
    pub traffic: Traffic,
    /// How many rules the cloud takes.
    pub limits: RuleLimits,
    requests: [TierRequest; 4],
}

impl NetworkChoices {
    /// A network over three zones with a way out for each, in a cloud with these limits.
    pub fn new(range: impl Into<String>, limits: RuleLimits) -> Self {
        let [private, public, intra] = TierRequest::conventional();
        Self {
            range: range.into(),
            pods: None,
            zones: 3,
            growth_room: DEFAULT_GROWTH_ROOM,
            families: IpFamilies::default(),
            egress: Egress::default(),
            requests: [private, public, intra, Tier::Pods.into()],
            tiers: BTreeSet::from(Tier::CONVENTIONAL),
            private_zone: None,
            name: None,
            cluster_traffic: true,
            traffic: Traffic::new(),
            limits,
        }
    }

    /// What a neutral spec chooses, in a cloud with these limits.
    pub fn of(spec: &NetworkSpec, limits: RuleLimits) -> Self {
        let mut choices = Self::new(&spec.range, limits);
        choices.zones = spec.zones;
        choices.egress = spec.egress;
        choices.families = spec.families;
        choices.private_zone.clone_from(&spec.private_zone);
        choices.traffic = choices.traffic.and(spec.traffic.clone());
        choices.tiers.retain(|tier| spec.tiers.contains(tier));
        if let Some(range) = &spec.pods {
            choices.pods(range);
        }
        choices
    }

    /// Gives pods a tier of their own, out of a further range.
    pub fn pods(&mut self, range: impl Into<String>) {
        self.pods = Some(range.into());
        self.tiers.insert(Tier::Pods);
    }

    /// What is asked of the layout for a tier.
    pub fn request(&self, tier: Tier) -> &TierRequest {
        let [private, public, intra, pods] = &self.requests;
        match tier {
            Tier::Private => private,
            Tier::Public => public,
            Tier::Intra => intra,
            Tier::Pods => pods,
        }
    }

    /// Asks something else of the layout for a tier.
    pub fn ask(&mut self, tier: Tier, change: impl FnOnce(TierRequest) -> TierRequest) {
        let [private, public, intra, pods] = &mut self.requests;
        let request = match tier {
            Tier::Private => private,
            Tier::Public => public,
            Tier::Intra => intra,
            Tier::Pods => pods,
        };
        *request = change(request.clone());
    }

    /// How large each subnet of a tier is.
    pub fn size(&mut self, tier: Tier, size: TierSize) {
        self.ask(tier, |request| TierRequest { size, ..request });
    }

    /// Gives a tier one subnet for all zones, of the size of such tiers.
    pub fn spanning(&mut self, tier: Tier) {
        self.ask(tier, |_| TierRequest::spanning(tier));
    }

    /// Gives a tier a subnet for each zone; of the size of such tiers, unless another one was chosen.
    pub fn per_zone(&mut self, tier: Tier) {
        self.ask(tier, |request| {
            let conventional = request.size == TierRequest::spanning(tier).size;
            let size = if conventional { TierRequest::from(tier).size } else { request.size };
            TierRequest { size, spread: Spread::Zonal, ..request }
        });
    }

    /// All requests: those of the tiers with addresses of the first range, and that of pods.
    pub(super) fn requests(&self) -> (&[TierRequest], &TierRequest) {
        let [conventional @ .., pods] = &self.requests;
        (conventional, pods)
    }

    /// Whether a tier is there.
    pub fn has(&self, tier: Tier) -> bool {
        self.tiers.contains(&tier)
    }

    /// Whether subnets of a tier have IPv4 addresses.
    pub fn has_ipv4(&self, tier: Tier) -> bool {
        self.families != IpFamilies::Ipv6Only || tier == Tier::Public
    }

    /// Whether a tier is there that reaches the internet by what the gateways for it do.
    pub fn goes_out(&self, tier: Tier) -> bool {
        matches!(tier, Tier::Private | Tier::Pods) && self.has(tier)
    }

    /// Whether some tier reaches the internet by what the gateways for it do.
    pub fn needs_gateways(&self) -> bool {
        [Tier::Private, Tier::Pods].into_iter().any(|tier| self.goes_out(tier))
    }

    /// Whether a tier has a subnet in each zone, or one for all of them.
    pub fn spread(&self, tier: Tier) -> Spread {
        self.request(tier).spread
    }

    /// What names follow from: the stack, and the name that was chosen or else the address.
    pub fn base<P: Provider>(&self, scope: &Scope<'_, P>) -> String {
        format!("{}/{}", scope.stack_name(), self.name.as_deref().unwrap_or(scope.path()))
    }

    /// Choices that do not go together in any cloud.
    pub fn contradictions(&self) -> Vec<Diagnostic> {
        if self.tiers.is_empty() {
            let why = "every tier is left out, so there is no subnet";
            return vec![Diagnostic::new("network.tiers", why).fix("keep at least one tier")];
        }
        if self.has(Tier::Pods) != self.pods.is_some() {
            let why = "the tier of pods is left out, and has a range";
            return vec![Diagnostic::new("network.pods", why).fix("say one of the two")];
        }
        vec![]
    }
}

/// Gives a backend's component the methods by which the networks of all clouds are chosen: `network_choices!(Vpc)` for a type
/// with a field `choices` of type [`NetworkChoices`](crate::component::NetworkChoices).
///
/// What means something else from cloud to cloud (zones, address families, limits) is the component's own, with its own words.
#[macro_export]
macro_rules! network_choices {
    ($network:ident) => {
        impl $network {
            /// For how many zones room is kept in the range: 4 unless said otherwise. Another growth room is another layout:
            /// choose it once.
            pub fn growth_room(mut self, zones: u8) -> Self {
                self.choices.growth_room = zones;
                self
            }

            /// Gives pods a tier of their own, out of a further range such as `100.64.0.0/16`, shared by as many zones as there
            /// is room for.
            pub fn pods(mut self, range: impl Into<String>) -> Self {
                self.choices.pods(range);
                self
            }

            /// How large each subnet of a tier is. Another size is another layout: choose it once.
            pub fn size(mut self, tier: $crate::model::Tier, size: $crate::model::TierSize) -> Self {
                self.choices.size(tier, size);
                self
            }

            /// Where the subnets of a tier lie: for each the number of a range of the tier's size, from the bottom of the
            /// network's.
            ///
            /// An existing layout can be written down with it.
            pub fn slots(mut self, tier: $crate::model::Tier, slots: impl Into<Vec<u32>>) -> Self {
                self.choices.ask(tier, |request| request.slots(slots));
                self
            }

            /// Leaves a tier out. Its room is kept, so that it can be taken in later.
            pub fn without(mut self, tier: $crate::model::Tier) -> Self {
                self.choices.tiers.remove(&tier);
                self
            }

            /// Answers the names of a private DNS zone in it.
            pub fn private_zone(mut self, name: impl Into<String>) -> Self {
                self.choices.private_zone = Some(name.into());
                self
            }

            /// What names follow from, instead of the address: say the old address here when the scope is renamed, and nothing
            /// that carries a name has to be replaced.
            pub fn named(mut self, name: impl Into<String>) -> Self {
                self.choices.name = Some(name.into());
                self
            }

            /// What may be said to each other in it, beside what every cluster needs and what was said before.
            pub fn traffic(mut self, traffic: $crate::model::Traffic) -> Self {
                self.choices.traffic = self.choices.traffic.and(traffic);
                self
            }

            /// What may be said to each other in it, and nothing else: not even what every cluster needs.
            pub fn only_traffic(mut self, traffic: $crate::model::Traffic) -> Self {
                self.choices.cluster_traffic = false;
                self.choices.traffic = traffic;
                self
            }
        }
    };
}

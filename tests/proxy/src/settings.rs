//! The rules, each with its switch and its source.

use crate::{Models, fault::Throttle};
use std::{fmt, sync::Arc};

/// How a proxy behaves: which rules are on, and how strong.
///
/// [`default`](Self::default) has all rules on; [`recording`](Self::recording) has none. An answer that is a web page, or a failure of
/// the emulator, is always a violation: there is no switch for that.
///
/// | rule | what AWS does, and the emulator does not | source |
/// |---|---|---|
/// | [`references`](Self::references) | refuses to delete what is in use: `DependencyViolation`, `InvalidIPAddress.InUse`, `DeleteConflict` | EC2 API Reference, "Error codes", and `DeleteVpc`, `DeleteSubnet`, `DeleteSecurityGroup`, `DetachInternetGateway`, `ReleaseAddress`; IAM `DeletePolicy` |
/// | [`tokens`](Self::tokens) | answers a repeated `ClientToken` with the first answer, or `IdempotentParameterMismatch` | EC2 Developer Guide, "Ensuring idempotency" |
/// | [`page`](Self::page) | cuts lists into pages | EC2 Developer Guide, "Pagination"; the paginators of botocore |
/// | [`pending`](Self::pending), [`deleting`](Self::deleting) | works on an object after its answer | EC2 API Reference: the states of `Vpc`, `Subnet`, `NatGateway`, `VpcEndpoint` |
/// | [`hidden`](Self::hidden), [`unusable_roles`](Self::unusable_roles) | shows a new object late | EC2 Developer Guide, "Eventual consistency"; IAM User Guide, "Changes that I make are not always immediately visible" |
/// | [`parameters`](Self::parameters) | refuses parameters that it does not know: `UnknownParameter`, `MissingParameter`, `InvalidParameterValue` | EC2 API Reference, "Error codes"; botocore's models |
/// | [`codes`](Self::codes) | has codes of its own for what is not there, and refuses what the emulator takes or drops | EC2 API Reference, the actions themselves |
/// | [`quotas`](Self::quotas) | counts | VPC User Guide, "Amazon VPC quotas" |
/// | [`throttle`](Self::throttle) | takes so many calls in a time | EC2 Developer Guide, "Request throttling" |
///
/// Everything is counted in calls and looks; nothing waits.
#[derive(Clone, Debug)]
#[must_use = "settings do nothing before a proxy is started with them"]
#[expect(clippy::struct_excessive_bools, reason = "each is the switch of one rule")]
pub struct Settings {
    pub(crate) models: Option<Arc<Models>>,
    pub(crate) references: bool,
    pub(crate) tokens: bool,
    pub(crate) parameters: bool,
    pub(crate) codes: bool,
    pub(crate) page: Option<usize>,
    pub(crate) pending: u32,
    pub(crate) deleting: u32,
    pub(crate) hidden: u32,
    pub(crate) unusable_roles: u32,
    pub(crate) quotas: Option<Quotas>,
    pub(crate) throttle: Option<Throttle>,
    pub(crate) tamper: Option<Tamper>,
}

type Edit = Arc<dyn Fn(&str, &str) -> Option<String> + Send + Sync>;

/// Changes what goes through: in front of a proxy with rules, it makes a driver that misbehaves in one way out of a whole one.
#[derive(Clone)]
pub struct Tamper {
    pub(crate) request: Edit,
    pub(crate) answer: Edit,
}

impl Tamper {
    /// Changes bodies of requests; it is given the call's name (`ec2:CreateVpc`) and the text, and answers none for no change.
    pub fn requests(edit: impl Fn(&str, &str) -> Option<String> + Send + Sync + 'static) -> Self {
        Self { request: Arc::new(edit), answer: Arc::new(|_, _| None) }
    }

    /// Changes bodies of answers, likewise.
    pub fn answers(edit: impl Fn(&str, &str) -> Option<String> + Send + Sync + 'static) -> Self {
        Self { request: Arc::new(|_, _| None), answer: Arc::new(edit) }
    }
}

impl fmt::Debug for Tamper {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Tamper").finish_non_exhaustive()
    }
}

impl Default for Settings {
    /// All refusals, pages of 5, objects that are pending and deleting for one look, and the default quotas; nothing is hidden, and
    /// nothing is throttled. [`models`](Settings::models) have to be given for the rules that stand on them.
    fn default() -> Self {
        Self {
            references: true,
            tokens: true,
            parameters: true,
            codes: true,
            page: Some(5),
            pending: 1,
            deleting: 1,
            quotas: Some(Quotas::default()),
            ..Self::recording()
        }
    }
}

impl Settings {
    /// Records, and hands everything on as it is.
    pub fn recording() -> Self {
        Self {
            models: None,
            references: false,
            tokens: false,
            parameters: false,
            codes: false,
            page: None,
            pending: 0,
            deleting: 0,
            hidden: 0,
            unusable_roles: 0,
            quotas: None,
            throttle: None,
            tamper: None,
        }
    }

    /// Gives the models of the services. Without them requests of Route 53 have no names, `parameters` are not judged, `tokens` are
    /// not known and nothing is cut into pages.
    pub fn models(mut self, models: &Arc<Models>) -> Self {
        self.models = Some(Arc::clone(models));
        self
    }

    /// Whether what is in use can be deleted.
    pub fn references(mut self, on: bool) -> Self {
        self.references = on;
        self
    }

    /// Whether `ClientToken` is honoured.
    pub fn tokens(mut self, on: bool) -> Self {
        self.tokens = on;
        self
    }

    /// Whether parameters are judged by the service's model.
    pub fn parameters(mut self, on: bool) -> Self {
        self.parameters = on;
        self
    }

    /// Whether calls that the emulator takes or answers wrongly are refused as AWS does.
    pub fn codes(mut self, on: bool) -> Self {
        self.codes = on;
        self
    }

    /// How many entries a page has at most; none for no pages.
    pub fn page(mut self, size: impl Into<Option<usize>>) -> Self {
        self.page = size.into().map(|size| size.max(1));
        self
    }

    /// For how many looks a new object is pending.
    pub fn pending(mut self, looks: u32) -> Self {
        self.pending = looks;
        self
    }

    /// For how many looks an object is deleting.
    pub fn deleting(mut self, looks: u32) -> Self {
        self.deleting = looks;
        self
    }

    /// For how many looks a new object is hidden.
    pub fn hidden(mut self, looks: u32) -> Self {
        self.hidden = looks;
        self
    }

    /// For how many tries a new IAM role cannot be used.
    pub fn unusable_roles(mut self, tries: u32) -> Self {
        self.unusable_roles = tries;
        self
    }

    /// How many objects there may be; none for no limits.
    pub fn quotas(mut self, quotas: impl Into<Option<Quotas>>) -> Self {
        self.quotas = quotas.into();
        self
    }

    /// Changes what goes through.
    pub fn tamper(mut self, tamper: Tamper) -> Self {
        self.tamper = Some(tamper);
        self
    }

    /// How many calls are taken in a time; none for all.
    pub fn throttle(mut self, throttle: impl Into<Option<Throttle>>) -> Self {
        self.throttle = throttle.into();
        self
    }
}

/// How many objects there may be.
///
/// Source: Amazon VPC User Guide, "Amazon VPC quotas"; the defaults are those of a new account.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "the names say it")]
pub struct Quotas {
    pub vpcs_per_region: usize,
    pub subnets_per_vpc: usize,
    pub internet_gateways_per_region: usize,
    pub egress_only_internet_gateways_per_region: usize,
    pub addresses_per_region: usize,
    pub nat_gateways_per_zone: usize,
    pub route_tables_per_vpc: usize,
    /// In each table and for each family of addresses, without those that are there from the start, and those that are propagated.
    pub routes_per_table: usize,
    pub security_groups_per_region: usize,
    /// In each direction, for each family of addresses.
    pub rules_per_security_group: usize,
    pub network_acls_per_vpc: usize,
    /// In each direction, without the last one that denies all.
    pub entries_per_network_acl: usize,
    pub gateway_endpoints_per_region: usize,
    pub interface_endpoints_per_vpc: usize,
}

impl Default for Quotas {
    fn default() -> Self {
        Self {
            vpcs_per_region: 5,
            subnets_per_vpc: 200,
            internet_gateways_per_region: 5,
            egress_only_internet_gateways_per_region: 5,
            addresses_per_region: 5,
            nat_gateways_per_zone: 5,
            route_tables_per_vpc: 200,
            routes_per_table: 500,
            security_groups_per_region: 2_500,
            rules_per_security_group: 60,
            network_acls_per_vpc: 200,
            entries_per_network_acl: 20,
            gateway_endpoints_per_region: 20,
            interface_endpoints_per_vpc: 50,
        }
    }
}

impl Quotas {
    /// As many as anybody could make: for tests that are about something else.
    pub fn ample() -> Self {
        Self {
            vpcs_per_region: 1_000,
            internet_gateways_per_region: 1_000,
            egress_only_internet_gateways_per_region: 1_000,
            addresses_per_region: 1_000,
            nat_gateways_per_zone: 1_000,
            ..Self::default()
        }
    }
}

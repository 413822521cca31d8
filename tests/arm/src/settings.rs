//! How a server behaves.

use crate::Schemas;
use std::sync::Arc;

/// The tenant of all subscriptions that are not given another.
pub const TENANT: &str = "11111111-1111-4111-8111-111111111111";
/// A subscription that every server knows.
pub const SUBSCRIPTION: &str = "22222222-2222-4222-8222-222222222222";

/// How a server behaves: how long things take, how much is shown at once, who may call.
///
/// Nothing waits and nothing is random: all is counted in looks, or in a time that the test sets.
#[derive(Clone, Debug)]
#[must_use = "settings do nothing before a server is started with them"]
pub struct Settings {
    pub(crate) subscriptions: Vec<(String, String)>,
    pub(crate) pace: Pace,
    pub(crate) retry_after: Option<u64>,
    pub(crate) page: Option<usize>,
    pub(crate) replication: u32,
    pub(crate) unregistered: Vec<String>,
    pub(crate) absent_subnets_stay: bool,
    pub(crate) authorize: bool,
    pub(crate) lower_case: bool,
    pub(crate) schemas: Option<Arc<Schemas>>,
}

/// How long an operation takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Pace {
    /// So many looks at it, or at its object, say that it goes on; the next says that it is over. A write that it refuses is a look.
    Looks(u32),
    /// So long on the server's own clock, which stands until [`advance`](crate::ArmServer::advance).
    Time(std::time::Duration),
}

impl Default for Settings {
    /// Operations that take one look, `Retry-After: 0`, pages of 5, principals that are known at once, all providers registered, and
    /// calls without a token for Azure Resource Manager refused.
    fn default() -> Self {
        Self {
            subscriptions: vec![(SUBSCRIPTION.to_owned(), TENANT.to_owned())],
            pace: Pace::Looks(1),
            retry_after: Some(0),
            page: Some(5),
            replication: 0,
            unregistered: vec![],
            absent_subnets_stay: false,
            authorize: true,
            lower_case: false,
            schemas: None,
        }
    }
}

impl Settings {
    /// Adds a subscription, and says whose it is.
    pub fn subscription(mut self, subscription: impl Into<String>, tenant: impl Into<String>) -> Self {
        self.subscriptions.push((subscription.into(), tenant.into()));
        self
    }

    /// How long operations take.
    pub fn pace(mut self, pace: Pace) -> Self {
        self.pace = pace;
        self
    }

    /// The `Retry-After` of what goes on, in seconds; none for no header.
    pub fn retry_after(mut self, seconds: impl Into<Option<u64>>) -> Self {
        self.retry_after = seconds.into();
        self
    }

    /// How many entries a page has at most; none for no pages.
    pub fn page(mut self, size: impl Into<Option<usize>>) -> Self {
        self.page = size.into().map(|size| size.max(1));
        self
    }

    /// For how many tries the principal of a new identity is not known to who assigns roles: `PrincipalNotFound`, where the assignment
    /// does not say the principal's type.
    pub fn replication(mut self, tries: u32) -> Self {
        self.replication = tries;
        self
    }

    /// Lets a provider be unregistered in every subscription: `MissingSubscriptionRegistration`.
    pub fn unregistered(mut self, namespace: impl Into<String>) -> Self {
        self.unregistered.push(namespace.into());
        self
    }

    /// Lets a document of a virtual network that does not speak of subnets leave them. Without it they are removed, as they were before
    /// the service changed its answer: a client that repeats what it saw is right in both cases.
    pub fn absent_subnets_stay(mut self) -> Self {
        self.absent_subnets_stay = true;
        self
    }

    /// Takes calls without a token.
    pub fn anonymous(mut self) -> Self {
        self.authorize = false;
        self
    }

    /// Answers every identifier in lower case: the service does not keep its own spelling everywhere.
    pub fn lower_case(mut self) -> Self {
        self.lower_case = true;
        self
    }

    /// Refuses documents that these descriptions do not know, and tells the test; lets the test fail, too, when an answer does not fit
    /// them. What is only read-only is dropped, as the service does, and told.
    pub fn schemas(mut self, schemas: &Arc<Schemas>) -> Self {
        self.schemas = Some(Arc::clone(schemas));
        self
    }
}

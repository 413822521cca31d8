//! How a plan is made.

use crate::graph::Address;

/// How a plan is made.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
#[expect(clippy::struct_excessive_bools, reason = "each says of one thing whether it is done")]
pub struct PlanOptions {
    /// Whether the cloud is looked at first.
    pub refresh: bool,
    /// Whether providers that can are asked what they would say to each step.
    pub rehearse: bool,
    /// Whether everything shall end.
    pub destroy: bool,
    /// Whether what is seen is only taken into the record.
    pub refresh_only: bool,
    /// What the plan is about, with all that it needs: resources, or whole scopes. Empty for everything.
    pub targets: Vec<Address>,
    /// What shall be replaced although nothing says so.
    pub replace: Vec<Address>,
    /// Objects that exist already and become ours: their addresses, and their ids.
    pub imports: Vec<(Address, String)>,
}

impl Default for PlanOptions {
    fn default() -> Self {
        Self {
            refresh: true,
            rehearse: true,
            destroy: false,
            refresh_only: false,
            targets: vec![],
            replace: vec![],
            imports: vec![],
        }
    }
}

impl PlanOptions {
    /// Whether the cloud is looked at first.
    #[must_use]
    pub fn refresh(mut self, refresh: bool) -> Self {
        self.refresh = refresh;
        self
    }

    /// Whether providers that can (an API server, by a dry run) are asked what they would say to each step: one call for each object
    /// that is made or changed. It takes permission to write. Nobody is asked where the cloud is not looked at.
    #[must_use]
    pub fn rehearse(mut self, rehearse: bool) -> Self {
        self.rehearse = rehearse;
        self
    }

    /// Whether everything shall end.
    #[must_use]
    pub fn destroy(mut self, destroy: bool) -> Self {
        self.destroy = destroy;
        self
    }

    /// Whether drift is accepted: the record becomes what is seen, and nothing else is done. The cloud is not touched; what still
    /// differs from the declaration is for the next plan.
    #[must_use]
    pub fn refresh_only(mut self, refresh_only: bool) -> Self {
        self.refresh_only = refresh_only;
        self
    }

    /// Limits the plan to a resource or to a scope, with all that it needs: every step that one of its steps has to wait for. What
    /// stands on an object that is replaced or deleted is taken along. The plan says that it is partial.
    #[must_use]
    pub fn target(mut self, address: &str) -> Self {
        self.targets.push(Address::unchecked(address));
        self
    }

    /// Replaces an object although nothing says so.
    #[must_use]
    pub fn replace(mut self, address: &str) -> Self {
        self.replace.push(Address::unchecked(address));
        self
    }

    /// Makes an object ours that exists already. `id` is the provider's id as it writes it; one that is no text is given as JSON.
    ///
    /// The object is read and compared with the declaration: what differs is changed in place, and what would need a replacement
    /// refuses the plan. So does an object with other owner tags, or one that another address of the stack has.
    #[must_use]
    pub fn import(mut self, address: &str, id: impl Into<String>) -> Self {
        self.imports.push((Address::unchecked(address), id.into()));
        self
    }
}

/// What is dropped from the record.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Forget {
    /// Resources, or whole scopes.
    pub addresses: Vec<Address>,
    /// Whether our tags are taken off the objects.
    pub release: bool,
}

impl Forget {
    /// A resource or a scope.
    pub fn at(address: &str) -> Self {
        Self { addresses: vec![Address::unchecked(address)], release: false }
    }

    /// Another resource or scope.
    #[must_use]
    pub fn and(mut self, address: &str) -> Self {
        self.addresses.push(Address::unchecked(address));
        self
    }

    /// Takes our owner tags off the objects too, so that nobody takes them for ours.
    #[must_use]
    pub fn release(mut self) -> Self {
        self.release = true;
        self
    }
}

/// How a lost journal is rebuilt.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Recover {
    /// The lineage of the lost journal: by it the tokens of objects tell their generations.
    pub lineage: Option<String>,
    /// Whether every kind of the catalogue is listed, and not only those that are declared.
    pub all_kinds: bool,
}

impl Recover {
    /// Says what the lineage of the lost journal was; plans and `state list --json` tell it. It is needed only where several objects
    /// carry the tags of one address, which is so when a replacement was under way. The new journal keeps its own.
    #[must_use]
    pub fn lineage(mut self, lineage: impl Into<String>) -> Self {
        self.lineage = Some(lineage.into());
        self
    }

    /// Lists every kind of the catalogue: finds what is no longer declared, and takes a call for each kind and connection.
    #[must_use]
    pub fn all_kinds(mut self, all_kinds: bool) -> Self {
        self.all_kinds = all_kinds;
        self
    }
}

//! How a plan is made.

/// How a plan is made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct PlanOptions {
    /// Whether the cloud is looked at first.
    pub refresh: bool,
    /// Whether everything shall end.
    pub destroy: bool,
}

impl Default for PlanOptions {
    fn default() -> Self {
        Self { refresh: true, destroy: false }
    }
}

impl PlanOptions {
    /// Whether the cloud is looked at first.
    #[must_use]
    pub fn refresh(mut self, refresh: bool) -> Self {
        self.refresh = refresh;
        self
    }

    /// Whether everything shall end.
    #[must_use]
    pub fn destroy(mut self, destroy: bool) -> Self {
        self.destroy = destroy;
        self
    }
}

//! How often an API takes calls.

/// How often an API takes calls: a bucket of tokens, of which each call takes one.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Rate {
    /// How many tokens it holds: so many calls are taken at once after a pause.
    pub burst: f64,
    /// How many tokens are added in a second: so many calls are taken in the long run.
    pub per_second: f64,
    /// What shares the bucket: all calls whose rates have this name. Without one each verb of a family has its own.
    pub shared: Option<&'static str>,
}

impl Rate {
    /// So many calls at once, and so many in a second.
    pub const fn new(burst: f64, per_second: f64) -> Self {
        Self { burst, per_second, shared: None }
    }

    /// Shares the bucket with all calls whose rates have this name.
    #[must_use]
    pub const fn shared(mut self, by: &'static str) -> Self {
        self.shared = Some(by);
        self
    }
}

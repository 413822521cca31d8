//! Drivers on a virtual clock: it stands still while a call is under way.

use crate::{
    Answered, Ask, Connect, Cx, Driver, Fact, Found, Made, Op, Pace, Progress, Provider, Rate, Ready,
    Resource, Result, Seen, Tags, Verb, Want, clock::Clock,
};

/// A client whose calls hold a virtual clock, so that waiting costs no time and calls cost no waiting.
///
/// Without it a virtual clock jumps over every time-out while an answer is under way.
#[derive(Clone, Debug)]
pub struct OnClock<C> {
    client: C,
    clock: Clock,
}

impl<C> OnClock<C> {
    /// A client on a clock.
    pub fn new(client: C, clock: &Clock) -> Self {
        Self { client, clock: clock.clone() }
    }

    /// The client.
    pub fn client(&self) -> &C {
        &self.client
    }
}

impl<C: Driver<R>, R: Resource> Driver<R> for OnClock<C> {
    async fn find(&self, cx: &Cx, want: &Want<R::Id>, found: &mut Found) -> Result<()> {
        let _busy = self.clock.busy();
        self.client.find(cx, want, found).await
    }

    async fn create(&self, cx: &Cx, spec: &Ready<R>) -> Result<Made<R::Id>> {
        let _busy = self.clock.busy();
        self.client.create(cx, spec).await
    }

    async fn change(&self, cx: &Cx, seen: &Seen<R>, to: &Ready<R>) -> Result<Option<Op>> {
        let _busy = self.clock.busy();
        self.client.change(cx, seen, to).await
    }

    async fn delete(&self, cx: &Cx, seen: &Seen<R>) -> Result<Option<Op>> {
        let _busy = self.clock.busy();
        self.client.delete(cx, seen).await
    }

    async fn retag(&self, cx: &Cx, seen: &Seen<R>, set: &Tags, unset: &[String]) -> Result<()> {
        let _busy = self.clock.busy();
        self.client.retag(cx, seen, set, unset).await
    }

    async fn poll(&self, op: &Op) -> Result<Progress> {
        let _busy = self.clock.busy();
        Driver::<R>::poll(&self.client, op).await
    }
}

impl<C: Ask<F>, F: Fact> Ask<F> for OnClock<C> {
    async fn holds(&self, fact: &F) -> Result<Answered<F::Answer>> {
        let _busy = self.clock.busy();
        self.client.holds(fact).await
    }

    async fn over(&self, fact: &F) -> Result<Answered<()>> {
        let _busy = self.clock.busy();
        self.client.over(fact).await
    }
}

/// Credentials on a clock open clients on it.
impl<B: Connect<P>, P: Provider> Connect<P> for OnClock<B> {
    type Client = OnClock<B::Client>;

    async fn connect(&self, config: &P::Config) -> Result<Self::Client> {
        let _busy = self.clock.busy();
        Ok(OnClock::new(self.client.connect(config).await?, &self.clock))
    }

    fn pace(&self) -> Pace {
        self.client.pace()
    }

    fn rate(&self, family: &str, verb: Verb) -> Option<Rate> {
        self.client.rate(family, verb)
    }
}

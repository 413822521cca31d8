//! The proxy as the stage of the table of faults.

use crate::{Fault, Injection, Moment, Proxy, wire::reads};
use async_trait::async_trait;
use deathstar_fault_table::{Called, End, Kind, Stage, Trial};
use deathstar_loopback::{Recorded, Running};

#[async_trait]
impl Stage for Proxy {
    fn arrived(&self) -> usize {
        Running::calls(self).len()
    }

    fn calls(&self, since: usize, account: &str) -> Vec<Called> {
        let calls = Running::calls(self).since(since).filter(|call| call.is_of(account));
        let of_services = calls.iter().filter(|call| call.service != "sts");
        of_services
            .map(|call| Called { name: call.name(), reads: reads(&call.service, &call.action) })
            .collect()
    }

    fn befall(&self, trial: &Trial, account: &str, end: End) {
        let call = trial.call.as_str();
        let injection = match trial.kind {
            Kind::Throttled => Injection::new(call, Fault::Throttled),
            Kind::Unavailable => Injection::new(call, Fault::Unavailable),
            Kind::FailedAfter => Injection::new(call, Fault::FailedAfter),
            Kind::ResetBefore => Injection::new(call, Fault::ResetBefore),
            Kind::ResetAfter => Injection::new(call, Fault::ResetAfter),
            Kind::LostAnswer => Injection::new(call, Fault::LostAnswer),
            Kind::KilledBefore => Injection::new(call, Fault::kill(Moment::Before, end)),
            Kind::KilledAfter => Injection::new(call, Fault::kill(Moment::After, end)),
            Kind::KilledAndHidden | Kind::EndedAndHidden => {
                Injection::new(call, Fault::kill(Moment::After, end)).hiding(2)
            }
            // AWS has no such operations: there is nothing to be tried.
            Kind::Busy | Kind::Hidden | Kind::OperationFails | Kind::OperationForgotten => return,
        };
        self.inject(injection.in_account(account).nth(trial.nth));
    }

    fn waiting(&self) -> usize {
        self.waiting_injections()
    }

    fn clear(&self) {
        self.clear_injections();
    }

    async fn standing(&self, since: usize, account: &str) -> Vec<String> {
        let calls = Running::calls(self).since(since).filter(|call| call.is_of(account));
        Self::standing(self, &calls).await
    }
}

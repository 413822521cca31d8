//! Commands over a scripted engine: what they print where, what they ask, and how they end.

use super::{
    Format, Problem,
    arguments::{
        ApplyArguments, CarryOutArguments, ConsentArguments, ForgetArguments, ImportArguments, Json, Length,
        PlanArguments, RecoverArguments, WishArguments,
    },
    command::Work,
    console::Console,
    operations::Operations,
};
use crate::{
    Error, Forget, Meaning, PlanOptions, Recover, Stack,
    apply::{Event, Observer, Outcome, Report, StepReport, Stop},
    graph::Address,
    plan::{Blocker, Consent, Plan, PlanData, Step},
    state::{Loaded, Recorded},
};
use async_trait::async_trait;
use serde_json::{Value, json};
use std::{
    cell::RefCell,
    collections::BTreeMap,
    io::{self, Write},
    sync::{Arc, Mutex},
    time::Duration,
};

/// An engine that plans what it is told to, and does what it is asked to.
#[derive(Default)]
struct Scripted {
    plan: RefCell<Option<PlanData>>,
    fails: bool,
    stopped: bool,
    asked: RefCell<Vec<PlanOptions>>,
    forgets: RefCell<Vec<Forget>>,
    recovers: RefCell<Vec<Recover>>,
    applied: RefCell<Vec<Vec<Consent>>>,
    outputs: BTreeMap<String, Value>,
    recorded: Recorded,
}

impl Scripted {
    fn planned<'s>(&self, stack: &'s Stack) -> Result<Plan<'s>, Problem> {
        let plan = self.plan.borrow().clone();
        plan.map(|plan| plan.with(stack)).ok_or_else(|| Problem::new("the cloud is down"))
    }
}

#[async_trait(?Send)]
impl Operations for Scripted {
    async fn plan<'s>(&self, stack: &'s Stack, options: PlanOptions) -> Result<Plan<'s>, Problem> {
        self.asked.borrow_mut().push(options);
        self.planned(stack)
    }

    async fn forget<'s>(&self, stack: &'s Stack, what: Forget) -> Result<Plan<'s>, Problem> {
        self.forgets.borrow_mut().push(what);
        self.planned(stack)
    }

    async fn recover<'s>(&self, stack: &'s Stack, how: Recover) -> Result<Plan<'s>, Problem> {
        self.recovers.borrow_mut().push(how);
        self.planned(stack)
    }

    async fn apply(
        &self,
        plan: Plan<'_>,
        mut observer: Box<dyn Observer>,
        _: &Stop,
    ) -> Result<Report, Problem> {
        self.applied.borrow_mut().push(plan.consents.clone());
        observer.event(&Event::Started { total: plan.steps.len() });
        let outcome = || {
            if self.fails {
                Outcome::Failed(Error::new(Meaning::Quota, "no room").hint("ask for more"))
            } else {
                Outcome::Done
            }
        };
        let steps = plan.steps.iter().map(|step| StepReport {
            step: step.clone(),
            outcome: outcome(),
            took: Duration::ZERO,
        });
        Ok(Report {
            stack: plan.data().stack.clone(),
            steps: steps.collect(),
            proof: None,
            stopped: self.stopped,
            notes: vec![],
            unseen: vec![],
            took: Duration::ZERO,
            recorded: Recorded::default(),
            catalogue: crate::Catalogue::new(),
        })
    }

    async fn permissions(&self, _: &Stack) -> Result<crate::Permissions, Problem> {
        Err(Problem::new("it only plans"))
    }

    async fn recorded(&self) -> Result<Loaded, Problem> {
        Ok(Loaded {
            recorded: self.recorded.clone(),
            notes: vec!["a torn record was dropped".into()],
            fingerprint: None,
        })
    }

    async fn outputs(&self) -> Result<BTreeMap<String, Value>, Problem> {
        Ok(self.outputs.clone())
    }
}

#[derive(Clone, Default)]
struct Shared(Arc<Mutex<Vec<u8>>>);

impl Shared {
    fn text(&self) -> String {
        String::from_utf8(self.0.lock().unwrap().clone()).unwrap()
    }
}

impl Write for Shared {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }
    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// What a command printed and how it ended.
struct Ran {
    code: Result<u8, String>,
    out: String,
    talk: String,
}

/// Runs a command over an engine; `answer` is what the user types, none where there is no terminal.
macro_rules! ran {
    ($engine:expr, $answer:expr, |$work:ident, $stack:ident| $run:expr) => {{
        let (out, talk) = (Shared::default(), Shared::default());
        let answer: Option<&'static str> = $answer;
        let mut console = Console::of(answer.unwrap_or(""), out.clone(), talk.clone(), answer.is_some());
        let $stack = Stack::new("webshop");
        let mut $work = Work { engine: $engine, console: &mut console, progress: Format::None };
        let code: Result<u8, Problem> = $run.await;
        Ran { code: code.map_err(|problem| problem.to_string()), out: out.text(), talk: talk.text() }
    }};
}

mod allowing;
mod changing;
mod reading;
mod taking_over;

fn plan(steps: Vec<Value>) -> PlanData {
    let steps: Vec<Step> = steps
        .into_iter()
        .enumerate()
        .map(|(id, mut step)| {
            step["id"] = json!(id);
            step["generation"] = json!(1);
            step["kind"] = json!("kind");
            serde_json::from_value(step).unwrap()
        })
        .collect();
    PlanData::read(
        &json!({
            "version": crate::plan::PLAN_VERSION, "stack": "webshop", "graph": "g", "unchanged": 2,
            "base": {"lineage": "", "serial": 0, "digest": ""}, "steps": steps,
        })
        .to_string(),
    )
    .unwrap()
}

fn creates() -> PlanData {
    plan(vec![json!({"address": "network/vpc", "action": "create", "target": {"cidr": "10.0.0.0/16"}})])
}

fn loses() -> PlanData {
    plan(vec![
        json!({"address": "network/vpc", "action": "delete", "stakes": "network"}),
        json!({"address": "volume", "action": "delete", "stakes": "data"}),
        json!({"address": "subnet", "action": "delete"}),
    ])
}

fn scripted(plan: PlanData) -> Scripted {
    Scripted { plan: RefCell::new(Some(plan)), ..Scripted::default() }
}

fn given(yes: bool, consents: &[Consent]) -> ConsentArguments {
    ConsentArguments { yes, consents: consents.to_vec() }
}

fn applying(consent: ConsentArguments) -> ApplyArguments {
    ApplyArguments { plan: None, wishes: WishArguments::default(), consent, length: SHORT, json: TEXT }
}

fn planning() -> PlanArguments {
    PlanArguments {
        out: None,
        destroy: false,
        no_refresh: false,
        wishes: WishArguments::default(),
        length: SHORT,
        json: TEXT,
    }
}

const JSON: Json = Json { json: true };
const TEXT: Json = Json { json: false };
const SHORT: Length = Length { full: false };

fn blocked() -> PlanData {
    let blocker = |address: &str| Blocker {
        address: Address::unchecked(address),
        why: "it is protected".into(),
        fix: "free it".into(),
    };
    PlanData { blockers: vec![blocker("a"), blocker("b")], ..creates() }
}

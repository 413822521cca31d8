//! The conformance suite over HTTP: the drivers of this workspace against the proxy's rules, with its records as the witness.

use crate::{
    bench::{Bench, models},
    samples::{self, Outside, every_sample, kinds::*},
};
use deathstar_aws::{Account, Aws, Client, Credentials};
use deathstar_aws_proxy::{Fault, Injection, OnClock, Proxy, Quotas, Settings};
use deathstar_core::{
    Connect, Driver, Identity, Pace, Resource, Result,
    clock::Clock,
    conformance::{Rule, Suite, Trial, Verdicts},
};
use std::collections::BTreeSet;

/// How many entries a page has.
pub const PAGE: usize = 3;
/// How many specs beside the sample fill a page and tell objects apart.
pub const MANY: usize = 7;

/// Every call of a driver; what fetches credentials is none.
const CALLS: [&str; 6] = ["ec2:*", "iam:*", "kms:*", "logs:*", "route53:*", "sts:GetCallerIdentity"];

pub type Held = OnClock<Client>;

/// Opens clients and says nothing of what AWS takes, so that calls are not spaced before they have to be.
pub struct Unknowing(pub OnClock<Credentials>);

impl Connect<Aws> for Unknowing {
    type Client = Held;

    async fn connect(&self, account: &Account) -> Result<Held> {
        self.0.connect(account).await
    }

    fn pace(&self) -> Pace {
        self.0.pace()
    }
}

/// A bench for the suite: the proxy with all rules, and two in front of it that refuse and that lose answers.
pub struct Stand {
    pub bench: Bench,
    pub clock: Clock,
    refusing: Vec<(&'static str, Proxy)>,
    lossy: Proxy,
}

impl Stand {
    pub async fn new(settings: Settings) -> Option<Self> {
        let bench = Bench::new(settings.quotas(Quotas::ample()).page(PAGE)).await?;
        let models = models()?;
        let front = |fault: Fault| {
            let url = bench.proxy.url().to_owned();
            let settings = Settings::recording().models(&models);
            async move {
                let proxy = Proxy::start(&url, settings).await.unwrap();
                for call in CALLS {
                    let injection = Injection::new(call, fault.clone()).always();
                    // Who looks first, and hears nothing, has done nothing.
                    let lost = matches!(fault, Fault::LostAnswer);
                    proxy.inject(if lost { injection.mutating() } else { injection });
                }
                proxy
            }
        };
        let refusing = vec![
            ("a 404 of something else", front(Fault::WebPage(404)).await),
            ("not implemented", front(Fault::WebPage(500)).await),
            ("no permission", front(Fault::Denied).await),
        ];
        let lossy = front(Fault::LostAnswer).await;
        Some(Self { bench, clock: Clock::virtual_time(), refusing, lossy })
    }

    pub async fn client_at(&self, url: &str) -> Held {
        let account = self.bench.declared().endpoint(url);
        OnClock::new(self.bench.credentials().connect(&account).await.unwrap(), &self.clock)
    }

    /// The endpoint that answers everything with a web page.
    pub fn refusing_url(&self) -> &str {
        self.refusing[0].1.url()
    }

    /// A trial with everything but a variant.
    pub async fn trial<R: Resource>(&self, sample: R, many: Vec<R>) -> Trial<Held, R>
    where
        Client: Driver<R>,
    {
        self.trial_at(self.bench.proxy.url(), sample, many).await
    }

    /// The same, where the driver under test calls something in front of the proxy.
    pub async fn trial_at<R: Resource>(&self, url: &str, sample: R, many: Vec<R>) -> Trial<Held, R>
    where
        Client: Driver<R>,
    {
        let mut trial = Suite::new(self.client_at(url).await).sample(sample).many(many).page(PAGE);
        for (why, proxy) in &self.refusing {
            trial = trial.refused(*why, self.client_at(proxy.url()).await);
        }
        trial
            .lossy(self.client_at(self.lossy.url()).await)
            .witness(self.bench.proxy.witness(&self.bench.account))
            .clock(&self.clock)
    }
}

/// What is expected of a sample's driver.
struct Expected {
    changes: bool,
    operations: bool,
    breaks: &'static [Rule],
}

/// All rules have to be kept but those that AWS itself breaks, and only what the kind has nothing of may be left unchecked.
fn keeps<R: Resource>(verdicts: &Verdicts, expected: &Expected) {
    assert!(verdicts.interrupted.is_none() && verdicts.left_behind.is_empty(), "{verdicts}");
    let broken: BTreeSet<Rule> = verdicts.findings.iter().map(|violation| violation.rule).collect();
    assert_eq!(broken, expected.breaks.iter().copied().collect(), "{verdicts}");
    // A new object may take a change before it is what was declared, whether or not it can become something else.
    let settles = !expected.changes && verdicts.has_checked(Rule::ChangeOneCall);
    let unchecked: Vec<Rule> = verdicts.skipped.iter().map(|skipped| skipped.rule).collect();
    let has_nothing = |rule: Rule| match rule {
        Rule::OperationHandle | Rule::PollEnds => !expected.operations,
        Rule::ChangeConverges => !expected.changes,
        Rule::ChangeOneCall => !expected.changes && !settles,
        Rule::CreateTags | Rule::RetagExact | Rule::RetagCalls => !R::IDENTITY.tagged(),
        // Whose an object is, only the tags of its create call say.
        Rule::OnlyOurs => !R::IDENTITY.tagged() || expected.breaks.contains(&Rule::CreateTags),
        // The create call takes no token.
        Rule::CreateRepeats => matches!(R::IDENTITY, Identity::Tag { .. }),
        _ => false,
    };
    let expected: Vec<Rule> = Rule::ALL.iter().copied().filter(|rule| has_nothing(*rule)).collect();
    assert_eq!(unchecked, expected, "{verdicts}");
}

/// A test for each sample.
macro_rules! tests {
    ($($name:ident: $kind:ty $(=> $shower:ty)?;)*) => {
        $(
            #[tokio::test]
            async fn $name() {
                let Some(stand) = Stand::new(Settings::default().hidden(1)).await else { return };
                let sample = samples::$name(&Outside::of(&stand.bench).await, MANY).await;
                let expected = Expected {
                    changes: sample.changed.is_some(),
                    operations: !sample.operations.is_empty(),
                    breaks: sample.breaks,
                };
                let trial = stand.trial(sample.spec, sample.others).await.operations(sample.operations) $(.shown_by::<$shower>())?;
                let trial = match sample.changed {
                    Some(changed) => trial.variant(changed),
                    None => trial,
                };
                keeps::<$kind>(&Box::pin(trial.run()).await, &expected);
            }
        )*
    };
}

every_sample!(tests!);

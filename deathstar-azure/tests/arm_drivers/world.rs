//! A server of one test, and an engine on it.

use async_trait::async_trait;
use azure_core::{
    credentials::{AccessToken, TokenCredential, TokenRequestOptions},
    time::{Duration, OffsetDateTime},
};
use deathstar_arm_server::{ArmServer, SUBSCRIPTION, Schemas, Settings, TENANT, token};
use deathstar_azure::{Azure, Client, Credentials, Subscription};
use deathstar_core::{
    Connect, Engine, On, Stack,
    apply::{Proof, Quiet, Report},
    plan::Action,
    state::MemoryStore,
};
use std::{
    io::Write as _,
    path::Path,
    sync::{Arc, LazyLock},
};

/// Settings by which documents are checked, where Microsoft's descriptions are there.
pub fn checked(settings: Settings) -> Settings {
    static ALL: LazyLock<Option<Arc<Schemas>>> = LazyLock::new(|| {
        let directory = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../shared/specs/azure");
        directory.is_dir().then(|| Arc::new(Schemas::read(&directory, &Schemas::SERVED).unwrap()))
    });
    let Some(schemas) = &*ALL else {
        let why = "there is no `../shared/specs/azure`";
        writeln!(std::io::stderr(), "left out: {}: {why}", env!("CARGO_CRATE_NAME")).expect("it is read");
        return settings;
    };
    settings.schemas(schemas)
}

/// Gives tokens of a tenant.
#[derive(Debug)]
pub struct Entra(pub &'static str);

#[async_trait]
impl TokenCredential for Entra {
    async fn get_token(
        &self,
        scopes: &[&str],
        _: Option<TokenRequestOptions<'_>>,
    ) -> azure_core::Result<AccessToken> {
        let until = OffsetDateTime::now_utc() + Duration::hours(1);
        Ok(AccessToken::new(token(scopes[0], self.0), until))
    }
}

/// A server of one test, and an engine on it.
pub struct World {
    pub server: ArmServer,
    pub engine: Engine,
}

impl World {
    pub fn new() -> Self {
        Self::with(Settings::default())
    }

    pub fn with(settings: Settings) -> Self {
        let server = ArmServer::start(checked(settings)).unwrap();
        let engine = Engine::new(MemoryStore::new(), credentials(&server));
        Self { server, engine }
    }

    pub async fn client(&self) -> Client {
        credentials(&self.server).connect(&subscription()).await.unwrap()
    }

    /// Applies, and expects that nothing is left to do then.
    pub async fn apply(&self, stack: &Stack) -> Report {
        let plan = self.engine.plan(stack).await.unwrap().consent_to_all();
        let report = self.engine.apply(plan, Quiet).await.unwrap();
        expect_success(&report);
        let again = self.engine.plan(stack).await.unwrap();
        assert!(again.is_empty(), "{again}");
        report
    }

    /// What a plan would do in the cloud, as `ACTION ADDRESS field, ..`.
    pub async fn planned(&self, stack: &Stack) -> Vec<String> {
        let plan = self.engine.plan(stack).await.unwrap();
        let acts =
            plan.data().steps.iter().filter(|step| !matches!(step.action, Action::Record | Action::Ask));
        let mut lines: Vec<_> = acts
            .map(|step| {
                let fields: Vec<_> = step.changes.iter().map(|change| change.field.as_str()).collect();
                format!("{:?} {} {}", step.action, step.address, fields.join(", "))
            })
            .collect();
        lines.sort();
        lines
    }

    /// Destroys, and expects the proof that nothing is left.
    pub async fn destroy(&self, stack: &Stack) -> Proof {
        let plan = self.engine.destroy(stack).await.unwrap().consent_to_all();
        let report = self.engine.apply(plan, Quiet).await.unwrap();
        expect_success(&report);
        let proof = report.proof.expect("a destroy ends with a proof");
        assert!(proof.leftovers.is_empty(), "{proof:?}");
        proof
    }
}

pub fn subscription() -> Subscription {
    Subscription::new(SUBSCRIPTION, "westeurope").expect_tenant(TENANT)
}

pub fn credentials(server: &ArmServer) -> Credentials {
    Credentials::with_token(Arc::new(Entra(TENANT)))
        .endpoint(server.url())
        .poll(std::time::Duration::from_millis(5))
}

/// A stack, and its connection.
pub fn declared() -> (Stack, On<Azure>) {
    let mut stack = Stack::new("webshop");
    let azure = stack.on(subscription());
    (stack, azure)
}

pub fn expect_success(report: &Report) {
    let failures: Vec<_> =
        report.failures().map(|(step, error)| format!("{}: {error}", step.address)).collect();
    assert!(failures.is_empty(), "{failures:#?}");
}

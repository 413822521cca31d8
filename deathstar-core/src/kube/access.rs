//! How clusters are opened: who the caller is.

use super::{
    Client, Cluster, Kubernetes, catalogue,
    cluster::Reach,
    ready::{GRACE, Rules},
};
use crate::{Backend, Catalogue, Cloud, Connect, Error, Input, Meaning, Pace, Result, Sensitive};
use ::kube::config::{KubeConfigOptions, Kubeconfig};
use base64::Engine as _;
use std::{fmt, sync::Arc, time::Duration};

/// How much sooner than at its pace something pending is looked at first: most is ready at once, or controllers see to it.
const EAGER: u32 = 16;
/// How long a connection may take to be made.
const CONNECT: Duration = Duration::from_secs(10);
/// How long a call may be without an answer: the server gives up a write after 60 s.
const CALL: Duration = Duration::from_secs(70);

/// Where tokens of a cluster come from, such as what signs them for a cloud.
#[async_trait::async_trait]
pub trait TokenSource: fmt::Debug + Send + Sync + 'static {
    /// A token that is valid now. It is asked for before every call: the source keeps it until it is about to expire.
    ///
    /// # Errors
    /// When there is none.
    async fn token(&self, cluster: &Cluster) -> Result<Sensitive<String>>;

    /// Says that the cluster refused the last token: it must not be handed out again.
    async fn refused(&self, cluster: &Cluster) {
        let _ = cluster;
    }
}

/// Opens clusters: those of a kubeconfig as that says, others with tokens.
///
/// A backend whose clusters take tokens of its own implements [`Connect`] with [`Access::open`].
#[derive(Clone, Debug)]
pub struct Access {
    tokens: Option<Arc<dyn TokenSource>>,
    poll: Duration,
    rules: Rules,
    grace: Duration,
}

impl Default for Access {
    fn default() -> Self {
        Self { tokens: None, poll: Duration::from_secs(1), rules: Rules::default(), grace: GRACE }
    }
}

impl Access {
    /// Opens clusters of kubeconfig files.
    pub fn of_kubeconfigs() -> Self {
        Self::default()
    }

    /// Opens clusters by endpoint too, with tokens of this source.
    pub fn with_tokens(source: impl TokenSource) -> Self {
        Self { tokens: Some(Arc::new(source)), ..Self::default() }
    }

    /// How often something pending is looked at: every second unless said otherwise.
    #[must_use]
    pub fn poll(mut self, every: Duration) -> Self {
        self.poll = every;
        self
    }

    /// When objects of these kinds are ready, on all clusters; what an object says itself goes before
    /// ([`Object::ready_when`](super::Object::ready_when)).
    #[must_use]
    pub fn ready(mut self, rules: Rules) -> Self {
        self.rules = rules;
        self
    }

    /// How long a failure that may pass (an image that cannot be pulled, a pod that fits on no node) has to be the same before an apply
    /// gives the object up: a minute unless said otherwise. Where an autoscaler brings nodes, as long as it takes.
    #[must_use]
    pub fn grace(mut self, time: Duration) -> Self {
        self.grace = time;
        self
    }

    /// All objects of Kubernetes, opened in this way.
    pub fn catalogue(self) -> Catalogue {
        catalogue::kinds().connect::<_, Kubernetes>(&Arc::new(self))
    }

    /// Opens a cluster. No call is made: the first one tells whether it answers.
    ///
    /// # Errors
    /// When its description is wrong, or a cluster that needs a token has no source of them.
    pub async fn open(&self, cluster: &Cluster) -> Result<Client> {
        let (mut config, tokens) = match cluster.reach() {
            Reach::Kubeconfig { path, context } => (of_file(path, context).await?, None),
            Reach::Endpoint { endpoint, authority, .. } => {
                let tokens = self.tokens.clone().ok_or_else(|| {
                    invalid("nothing gives tokens for a cluster that is known by its endpoint").hint(
                        "give the engine an `Access::with_tokens`, or the credentials of the cluster's cloud",
                    )
                })?;
                (at(endpoint.known()?, authority.as_ref().map(Input::known).transpose()?)?, Some(tokens))
            }
        };
        config.connect_timeout = Some(CONNECT);
        config.read_timeout = Some(CALL);
        config.write_timeout = Some(CALL);
        config.reset_reader_on_write = true;
        // Retry is the engine's.
        config.default_retry = false;
        Client::new(cluster, config, tokens, self.rules.clone(), self.grace)
    }
}

fn invalid(text: impl Into<String>) -> Error {
    Error::new(Meaning::Invalid, text)
}

fn at(endpoint: &str, authority: Option<&String>) -> Result<::kube::Config> {
    let url = endpoint.parse().map_err(|error| invalid(format!("`{endpoint}` is no URL")).because(error))?;
    let mut config = ::kube::Config::new(url);
    if let Some(certificates) = authority {
        config.root_cert = Some(certificates_of(certificates)?);
    }
    Ok(config)
}

/// The certificates of a PEM text, in DER.
fn certificates_of(text: &str) -> Result<Vec<Vec<u8>>> {
    let base64 = &base64::engine::general_purpose::STANDARD;
    let wrong = || invalid("the certificate authority of a cluster is neither PEM nor Base64 of it");
    let compact = |text: &str| text.split_whitespace().collect::<String>();
    let pem = if text.contains("-----BEGIN") {
        text.to_owned()
    } else {
        let bytes = base64.decode(compact(text)).map_err(|error| wrong().because(error))?;
        String::from_utf8(bytes).map_err(|error| wrong().because(error))?
    };
    let blocks = pem.split("-----BEGIN CERTIFICATE-----").skip(1);
    let bodies = blocks.map(|block| block.split("-----END").next().unwrap_or_default());
    let all: Vec<_> = bodies
        .map(|body| base64.decode(compact(body)).map_err(|error| wrong().because(error)))
        .collect::<Result<_>>()?;
    if all.is_empty() { Err(wrong()) } else { Ok(all) }
}

pub(super) async fn of_file(path: &str, context: &str) -> Result<::kube::Config> {
    let file = Kubeconfig::read_from(path)
        .map_err(|error| invalid(format!("the kubeconfig `{path}` cannot be read")).because(error))?;
    if !file.contexts.iter().any(|one| one.name == context) {
        let names: Vec<_> = file.contexts.iter().map(|one| one.name.as_str()).collect();
        let text = format!("the kubeconfig `{path}` has no context `{context}`");
        return Err(invalid(text).hint(format!("it has: {}", names.join(", "))));
    }
    let options = KubeConfigOptions { context: Some(context.into()), ..KubeConfigOptions::default() };
    ::kube::Config::from_custom_kubeconfig(file, &options).await.map_err(|error| {
        invalid(format!("the context `{context}` of the kubeconfig `{path}` cannot be used")).because(error)
    })
}

impl Connect<Kubernetes> for Access {
    type Client = Client;

    async fn connect(&self, cluster: &Cluster) -> Result<Client> {
        self.open(cluster).await
    }

    /// The server decides how much it takes at once; it says so.
    fn pace(&self) -> Pace {
        Pace {
            gather: Duration::from_millis(5),
            poll: self.poll,
            first: Some(self.poll / EAGER),
            ids: 100_000,
            width: 64,
        }
    }
}

impl Cloud for Access {
    fn backend(self) -> Backend {
        self.catalogue().backend()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn certificates_are_read_as_pem_and_as_base64_of_it() {
        let pem = "-----BEGIN CERTIFICATE-----\nAAEC\n-----END CERTIFICATE-----\n-----BEGIN CERTIFICATE-----\nAw==\n-----END CERTIFICATE-----\n";
        let encoded = base64::engine::general_purpose::STANDARD.encode(pem);
        for text in [pem, encoded.as_str()] {
            assert_eq!(certificates_of(text).unwrap(), [vec![0, 1, 2], vec![3]]);
        }
        for text in ["", "AAEC", "-----BEGIN KEY-----"] {
            assert!(certificates_of(text).is_err(), "{text}");
        }
    }

    #[tokio::test]
    async fn a_context_that_is_not_there_is_named() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("config");
        std::fs::write(
            &path,
            "apiVersion: v1\nkind: Config\ncontexts: [{name: staging, context: {cluster: a, user: b}}]\n",
        )
        .unwrap();
        let error = Access::of_kubeconfigs()
            .open(&Cluster::of_kubeconfig(path.display().to_string(), "production"))
            .await
            .unwrap_err();
        assert!(
            error.message().contains("`production`") && error.advice().unwrap().contains("staging"),
            "{error}"
        );
    }

    #[tokio::test]
    async fn an_endpoint_without_tokens_is_refused() {
        let error =
            Access::of_kubeconfigs().open(&Cluster::at("shop", "https://127.0.0.1:1")).await.unwrap_err();
        assert!(error.advice().unwrap().contains("with_tokens"), "{error}");
    }
}

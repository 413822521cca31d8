//! Helm charts as components: what a chart renders becomes objects of the plan.
//!
//! | name | what it is |
//! |---|---|
//! | [`Chart`] | the component: values, release, namespace, source, and what is done otherwise than rendered |
//! | [`Helm`] | the `helm` program (version 3 or 4) that renders, its directory, and the lock file of charts |
//! | [`ChartSource`], [`Locking`] | where a chart comes from, and what becomes of one that has changed |
//! | [`ChartRefs`] | the objects of a declared chart, to depend on and to read outputs from |
//! | [`kinds()`], [`ChartRendering`] | what an engine needs where values are known only at apply |
//!
//! ```no_run
//! use deathstar_addons::chart::{Chart, ChartSource, Helm};
//! use deathstar_core::{Stack, kube::{Cluster, Object}, model::KubernetesVersion};
//! use serde_json::json;
//!
//! let helm = Helm::from_env("deathstar-charts.lock");
//! let mut stack = Stack::new("webshop");
//! let cluster = stack.on(Cluster::of_kubeconfig("/etc/deathstar/kubeconfig", "staging"));
//! # let role = deathstar_core::Output::<String>::import("network", "dns-role");
//! let source = ChartSource::oci("oci://registry.example.com/charts/external-dns", "1.19.0");
//! let chart = Chart::new(&helm, KubernetesVersion::new(35), "external-dns", source)
//!     .within("external-dns")
//!     .create_namespace()
//!     .values(json!({"policy": "sync", "txtOwnerId": "webshop"}))
//!     .set("/serviceAccount/annotations/eks.amazonaws.com~1role-arn", &role);
//! stack.add(&cluster, "external-dns", chart);
//! ```
//!
//! # The life of a chart
//!
//! | | `helm upgrade --install` | here |
//! |---|---|---|
//! | while declaring | - | The chart is read, compared with the lock file, and rendered twice: what differs comes out anew each time, and is a finding that names the field and the ways to pin it. Values that its schema refuses are findings with their paths; a key that its defaults lack is a remark, with the key that may have been meant. |
//! | plan | `--dry-run` prints all | Each object has an address of its own below the chart's, from kind, namespace and name, so that a newer version of the chart is a difference of fields, object by object. Objects of the stack, of the chart, and of other charts are ordered by what they mean, all together. What the target's version of Kubernetes does not serve is a finding. |
//! | apply | three-way merge of the whole release | Server-side apply of what differs; fields of others are left alone, and a conflict names the other manager. Each object is waited for as its kind says. |
//! | upgrade | CRDs in `crds/` are never changed | Definitions are objects like all others: they change in the plan, and deleting one that has instances needs consent. |
//! | drift | not seen | Seen by the next plan, with who has written it. |
//! | rollback | a revision in the cluster | The program of yesterday, planned again. There is no release object in the cluster: `helm list` does not show the chart. |
//! | destroy | hooks, then everything in one go | What the plan shows, in the reverse order, with the proof that nothing is left. What says `helm.sh/resource-policy: keep` is kept. |
//!
//! Labels stay as they are rendered, `app.kubernetes.io/managed-by: Helm` too: selectors of charts rest on them.
//!
//! A release that Helm has installed becomes ours by import of its objects ([`PlanOptions::import`](deathstar_core::PlanOptions::import)).
//!
//! # What charts are told of the cluster
//! It need not exist. Charts are rendered for the version of Kubernetes that is given, as for a new release; `.Capabilities.APIVersions`
//! has what that version serves by itself ([`served_by()`]), what definitions in the stack serve that were declared before the
//! chart, what the chart's own `crds/` serve, and what [`Chart::serves`] says. Helm adds versions that it knows itself, also some that
//! Kubernetes has given up: what a chart makes of those is found, since objects of an API that is not served are findings. `lookup`
//! answers nothing.
//!
//! # Values that are known only later
//! A value may be an output of another resource ([`Chart::set`], or a field of type [`Input`](deathstar_core::Input) in
//! [`Chart::values`]). Something stands in for it while the chart is rendered, and something else while it is rendered again:
//!
//! - A place that holds the value as it is, also inside of a longer text, becomes an expression, and follows the value.
//! - A place that is made of it (Base64, a digest, a text that a template forgot to quote) is told by a rendering with the real value.
//! - A value that decides which objects there are, their names, kinds, namespaces or keys, or how long a list is, is a finding: the
//!   plan could not be shown. So is one that is true or false.
//!
//! At apply the chart is rendered with the real values, before any of its objects is touched ([`ChartRendering`]). The set of objects, and
//! everything outside of the places above, has to be what was planned; else all steps of the chart are refused, with the objects
//! named. An engine needs [`kinds()`] for that. On the [in-memory cloud](deathstar_core::Memory) charts in files are rendered too, by the
//! `helm` of the environment; without one, what only a rendering tells is made up.
//!
//! A chart that takes a certain form alone (a pattern in its schema, a `regexMatch`) is given two examples: [`Chart::stand_in`].
//!
//! # Values that are not to be shown
//! [`Chart::set_sensitive`] gives the value to the rendering alone. Where it turns up, in whatever form, the field is hidden: it is in no
//! plan, no row and no log, and compared by its keyed digest.
//!
//! # Hooks
//! Hooks keep their turn: `pre-install` and `pre-upgrade` before everything else of the chart, `post-install` and `post-upgrade` when
//! everything else is ready, by weight, each after those before it has ended. What else they say is read as a declaration:
//!
//! - A hook runs when it is new, or has changed itself, and again with any change of the chart if [`Chart::rerun_hooks`] says so: a job
//!   that has changed is deleted and made again.
//! - A job that has ended stays as the record that it ran, whatever its delete policy says, and without
//!   `ttlSecondsAfterFinished`: were it gone, the next plan would run it again. Configuration that is a hook stays too.
//! - A hook for upgrades alone runs when it is first made as well, after what it needs of the chart; the plan says so, and
//!   [`Chart::leave_out`] leaves it out.
//! - Hooks around a deletion or a rollback, and tests, are left out, and the plan says so.

mod assemble;
mod compare;
mod component;
mod document;
mod failure;
mod files;
mod helm;
mod hook;
mod known;
mod lock;
mod prepare;
mod question;
mod refs;
mod rendering;
mod request;
mod served;
mod source;
mod stand_in;
mod values;

pub use component::Chart;
pub use helm::Helm;
pub use lock::Locking;
pub use question::{ChartRendering, Here, Renderer, kinds};
pub use refs::ChartRefs;
pub use served::{Stands, served_by};
pub use source::ChartSource;
pub use values::ChartValue;

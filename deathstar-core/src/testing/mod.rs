//! A real Kubernetes control plane for tests, without containers.
//!
//! [`ControlPlane`] starts etcd and the API server, and on demand the controller manager, the scheduler and kwok, from
//! the directory that `KUBEBUILDER_ASSETS` names: the convention of the field. They listen on free ports of the
//! loopback interface, and end with their handle, or with the process that started them, however it ends.
//!
//! ```no_run
//! # async fn example() -> deathstar_core::Result<()> {
//! use deathstar_core::testing::ControlPlane;
//!
//! let control_plane = ControlPlane::shared().await?;
//! let client = control_plane.client().await?;
//! let namespace = control_plane.namespace("web").await?;
//! # Ok(())
//! # }
//! ```
//!
//! What it cannot show: containers. Pods are objects that kwok calls running; no image is pulled, no probe is asked, no
//! packet is filtered and no volume is mounted.

mod assets;
mod certificates;
mod control_plane;
mod flags;
mod kwok;
mod options;
mod port;
mod process;
mod program;
mod shared;

pub use assets::Assets;
pub use control_plane::ControlPlane;
pub use kwok::WAITING_FOR;
pub use options::ControlPlaneOptions;
pub use program::Program;
pub use shared::Shared;

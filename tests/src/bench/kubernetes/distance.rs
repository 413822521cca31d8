//! A control plane that is further away: a relay in front of it that delivers everything later.

use super::Site;
use anyhow::{Context as _, Result};
use deathstar_core::{clock::Clock, testing::ControlPlane};
use std::{fs, path::Path, time::Duration};
use tokio::{
    io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _},
    net::{TcpListener, TcpStream},
    sync::mpsc,
    task::JoinSet,
};

/// A relay; it ends when it is dropped.
#[derive(Debug)]
pub(super) struct Distance {
    site: Site,
    _tasks: JoinSet<()>,
}

impl Distance {
    /// Puts a control plane this round trip away. What it takes to pass on grows neither with what is passed nor with how many do.
    pub(super) async fn of(
        control_plane: &ControlPlane,
        round_trip: Duration,
        directory: &Path,
    ) -> Result<Self> {
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let endpoint = format!("https://{}", listener.local_addr()?);
        let near = control_plane.endpoint();
        let text = fs::read_to_string(control_plane.kubeconfig())?.replace(&near, &endpoint);
        // What tools learn of a server they keep beside the kubeconfig.
        let directory = directory.join("distance");
        fs::create_dir_all(&directory)?;
        let kubeconfig = directory.join("kubeconfig");
        fs::write(&kubeconfig, text)?;
        let host = near.trim_start_matches("https://").to_owned();
        let mut tasks = JoinSet::new();
        tasks.spawn(async move {
            let mut connections = JoinSet::new();
            while let Ok((client, _)) = listener.accept().await {
                let host = host.clone();
                connections.spawn(async move {
                    // Who goes away early has its reasons.
                    let _ = pass(client, &host, round_trip).await;
                });
            }
        });
        Ok(Self { site: Site { kubeconfig }, _tasks: tasks })
    }

    /// The control plane as it is seen from there.
    pub(super) fn site(&self) -> &Site {
        &self.site
    }
}

/// Passes one connection on.
async fn pass(client: TcpStream, host: &str, round_trip: Duration) -> Result<()> {
    // A connection takes a round trip to be made.
    Clock::system().sleep(round_trip).await;
    let server = TcpStream::connect(host).await.context("the API server takes no connection")?;
    client.set_nodelay(true)?;
    server.set_nodelay(true)?;
    let (from_client, to_client) = client.into_split();
    let (from_server, to_server) = server.into_split();
    let one_way = round_trip / 2;
    tokio::try_join!(carry(from_client, to_server, one_way), carry(from_server, to_client, one_way))?;
    Ok(())
}

/// Carries what is read to where it is written, so much later, in its order; what follows does not wait for it.
async fn carry(
    mut from: impl AsyncRead + Unpin,
    mut to: impl AsyncWrite + Unpin,
    later: Duration,
) -> Result<()> {
    let clock = Clock::system();
    let (send, mut receive) = mpsc::unbounded_channel();
    let read = async {
        let mut part = vec![0; 65_536];
        loop {
            let read = from.read(&mut part).await?;
            let due = clock.now() + later;
            if read == 0 || send.send((due, part[..read].to_vec())).is_err() {
                break;
            }
        }
        drop(send);
        anyhow::Ok(())
    };
    let write = async {
        while let Some((due, part)) = receive.recv().await {
            clock.sleep(due.saturating_sub(clock.now())).await;
            to.write_all(&part).await?;
        }
        to.shutdown().await?;
        anyhow::Ok(())
    };
    tokio::try_join!(read, write)?;
    Ok(())
}

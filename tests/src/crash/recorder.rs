//! The recording cloud: it keeps objects, notes every call, and stops the world where a process shall die.

use super::{
    moment::{Book, Stage, Told},
    window::Window,
    wire::{Answer, Request},
    world::World,
};
use anyhow::Context as _;
use axum::{Json, Router, extract::State, routing::post};
use deathstar_core::clock::Clock;
use serde::Serialize;
use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};
use tokio::{
    io::{AsyncBufReadExt, AsyncWriteExt, BufReader},
    net::{TcpListener, TcpStream},
    sync::{Notify, oneshot},
    task::JoinSet,
};

/// One call, as it was noted. Times are those since the cloud began.
#[derive(Clone, Debug, Serialize)]
pub struct Noted {
    /// What was called.
    pub request: Request,
    /// When it arrived.
    pub arrived: Duration,
    /// When it had its effect, if it had.
    pub effect: Option<Duration>,
    /// When it was answered, if it was.
    pub answered: Option<Duration>,
    /// What was answered, or would have been.
    pub answer: Option<Answer>,
}

/// Where a process shall die.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Target {
    /// At this moment of a window, counted from 0.
    In(Window, usize),
    /// At this moment of all, counted from 0.
    Any(usize),
}

/// What becomes of whoever is trapped, and of a call that is in flight then.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fate {
    /// It is held for ever; a call never has an effect.
    Lost,
    /// It is held for ever; a call has its effect so long after it arrived.
    Late(Duration),
    /// It is held until it is let go.
    Held,
}

#[derive(Debug)]
struct Trap {
    target: Target,
    fate: Fate,
    sprung: Option<oneshot::Sender<Window>>,
}

/// Everything that is recorded.
#[derive(Debug, Default)]
pub struct Records {
    /// The objects.
    pub world: World,
    /// Every call, in the order of arrival.
    pub calls: Vec<Noted>,
    /// How many moments each window had since the trap was set.
    pub moments: BTreeMap<Window, usize>,
    book: Book,
    trap: Option<Trap>,
}

/// What becomes of whoever reached a moment.
enum Passage {
    Free,
    Trapped(Fate),
}

impl Records {
    fn pass(&mut self, window: Option<Window>) -> Passage {
        let Some(window) = window else { return Passage::Free };
        let all: usize = self.moments.values().sum();
        let seen = self.moments.entry(window).or_default();
        let number = std::mem::replace(seen, *seen + 1);
        let Some(trap) = &mut self.trap else { return Passage::Free };
        let here = match trap.target {
            Target::In(of, nth) => of == window && nth == number,
            Target::Any(nth) => nth == all,
        };
        match trap.sprung.take_if(|_| here) {
            Some(sprung) => {
                // Nobody listens when the trial is over already.
                let _ = sprung.send(window);
                Passage::Trapped(trap.fate)
            }
            None => Passage::Free,
        }
    }
}

/// A cloud that records, reached over HTTP; processes tell it beside that where they are.
#[derive(Debug)]
pub struct Recorder {
    shared: Arc<Shared>,
    endpoint: String,
    control: String,
    /// Serves until the recorder is dropped.
    _servers: JoinSet<()>,
}

#[derive(Debug)]
struct Shared {
    clock: Clock,
    records: Mutex<Records>,
    let_go: Notify,
}

impl Shared {
    fn records(&self) -> MutexGuard<'_, Records> {
        self.records.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Ends when whoever is here may go on.
    async fn pass(&self, passage: Passage) {
        match passage {
            Passage::Free => {}
            Passage::Trapped(Fate::Held) => self.let_go.notified().await,
            // The process is dead soon.
            Passage::Trapped(Fate::Lost | Fate::Late(_)) => std::future::pending().await,
        }
    }
}

impl Recorder {
    /// Starts a cloud on free ports of the loopback interface.
    ///
    /// # Errors
    /// When there is none.
    pub async fn start() -> anyhow::Result<Self> {
        let shared =
            Arc::new(Shared { clock: Clock::system(), records: Mutex::default(), let_go: Notify::new() });
        let api = TcpListener::bind(("127.0.0.1", 0)).await.context("no port for the API")?;
        let endpoint = format!("http://{}", api.local_addr()?);
        let told = TcpListener::bind(("127.0.0.1", 0)).await.context("no port for what is told")?;
        let control = told.local_addr()?.to_string();
        let mut servers = JoinSet::new();
        let router = Router::new().route("/", post(serve)).with_state(Arc::clone(&shared));
        servers.spawn(async move {
            // It ends with its listener, when the recorder is dropped.
            let _ = axum::serve(api, router).await;
        });
        servers.spawn(listen(told, Arc::clone(&shared)));
        Ok(Self { shared, endpoint, control, _servers: servers })
    }

    /// The address of its API.
    pub fn endpoint(&self) -> &str {
        &self.endpoint
    }

    /// The address at which processes tell where they are.
    pub fn control(&self) -> &str {
        &self.control
    }

    /// What is recorded.
    pub fn records(&self) -> MutexGuard<'_, Records> {
        let mut records = self.shared.records();
        records.world.settle(self.shared.clock.now());
        records
    }

    /// Sets a trap: whoever reaches the target is held there, and the window is told.
    pub fn trap(&self, target: Target, fate: Fate) -> oneshot::Receiver<Window> {
        let (sprung, reached) = oneshot::channel();
        let mut records = self.shared.records();
        records.moments.clear();
        records.trap = Some(Trap { target, fate, sprung: Some(sprung) });
        reached
    }

    /// Lets go of whoever is held.
    pub fn let_go(&self) {
        self.shared.let_go.notify_one();
    }

    /// Takes the trap away, and answers how many moments each window had since it was set.
    pub fn disarm(&self) -> BTreeMap<Window, usize> {
        let mut records = self.shared.records();
        records.trap = None;
        std::mem::take(&mut records.moments)
    }
}

async fn serve(State(shared): State<Arc<Shared>>, Json(request): Json<Request>) -> Json<Answer> {
    let (number, latency, passage) = {
        let arrived = shared.clock.now();
        let mut records = shared.records();
        records.world.settle(arrived);
        let records = &mut *records;
        let note = Noted { request: request.clone(), arrived, effect: None, answered: None, answer: None };
        records.calls.push(note);
        let window = records.book.called(&request, Stage::Arrived, &records.world);
        let passage = records.pass(window);
        if let Passage::Trapped(Fate::Late(after)) = passage
            && request.call.mutates()
        {
            records.world.postpone(arrived + after, request.clone());
        }
        (records.calls.len() - 1, records.world.haze.latency, passage)
    };
    shared.pass(passage).await;
    shared.clock.sleep(latency).await;
    let (answer, passage) = {
        let now = shared.clock.now();
        let mut records = shared.records();
        let records = &mut *records;
        let answer = records.world.effect(now, &request);
        records.calls[number].effect = Some(now);
        records.calls[number].answer = Some(answer.clone());
        let window = records.book.called(&request, Stage::Done, &records.world);
        (answer, records.pass(window))
    };
    shared.pass(passage).await;
    shared.clock.sleep(latency).await;
    shared.records().calls[number].answered = Some(shared.clock.now());
    Json(answer)
}

async fn listen(listener: TcpListener, shared: Arc<Shared>) {
    let mut connections = JoinSet::new();
    while let Ok((stream, _)) = listener.accept().await {
        connections.spawn(hear(stream, Arc::clone(&shared)));
    }
}

/// Hears one process out, and lets it go on line by line.
async fn hear(stream: TcpStream, shared: Arc<Shared>) {
    let (read, mut write) = stream.into_split();
    let mut lines = BufReader::new(read).lines();
    while let Ok(Some(line)) = lines.next_line().await {
        let Ok(told) = serde_json::from_str::<Told>(&line) else { return };
        let passage = {
            let mut records = shared.records();
            let window = records.book.told(&told);
            records.pass(window)
        };
        shared.pass(passage).await;
        if write.write_all(b"\n").await.is_err() {
            return;
        }
    }
}

//! A user's program, and running it.

use super::{
    Problem,
    arguments::{self, Command, CommandLine, StateCommand},
    command::{self, Work},
    console::Console,
};
use crate::{Engine, Stack};
use clap::FromArgMatches;
use std::{
    ffi::OsString,
    future::Future,
    path::{Path, PathBuf},
    process::ExitCode,
    time::Duration,
};

/// How long work that cannot be interrupted may keep the process alive after its end.
const GRACE: Duration = Duration::from_secs(5);

/// A program that declares a stack and becomes a command line by [`run`].
pub trait Program {
    /// Options of its own. They stand before or after the command; [`clap::Args`] is derived.
    type Options: clap::Args;

    /// What it declares.
    ///
    /// # Errors
    /// When it cannot be declared with these options. Findings about what is declared are told by `plan`.
    fn stack(&self, options: &Self::Options) -> Result<Stack, Problem>;

    /// What plans and applies it.
    ///
    /// # Errors
    /// When the state or the cloud cannot be opened.
    fn engine(&self, options: &Self::Options, setup: &Setup)
    -> impl Future<Output = Result<Engine, Problem>>;

    /// What it does without a command; none to show the help.
    fn without_command(
        &self,
        options: &Self::Options,
        setup: &Setup,
    ) -> impl Future<Output = Option<ExitCode>> {
        let _ = (options, setup);
        async { None }
    }

    /// Says more about the program: its version, what it is for, examples.
    fn describe(&self, command: clap::Command) -> clap::Command {
        command
    }
}

/// What the options of every command say about where to work.
#[derive(Clone, Debug)]
pub struct Setup {
    state: PathBuf,
}

impl Setup {
    /// The directory of the recorded state.
    pub fn state(&self) -> &Path {
        &self.state
    }
}

/// Runs a program with the arguments of this process, on a runtime of its own.
pub fn run<P: Program>(program: &P) -> ExitCode {
    let runtime = match tokio::runtime::Builder::new_multi_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => {
            let problem = Problem::new("no runtime can be started").cause(error.to_string());
            Console::of_process(arguments::When::Auto).complain(&problem);
            return ExitCode::FAILURE;
        }
    };
    let code = runtime.block_on(execute(program, std::env::args_os()));
    runtime.shutdown_timeout(GRACE);
    code
}

/// Runs a program with these arguments, the first of which is its name, on the runtime of the caller.
pub async fn execute<P: Program>(program: &P, arguments: impl IntoIterator<Item = OsString>) -> ExitCode {
    let arguments: Vec<OsString> = arguments.into_iter().collect();
    let name = arguments
        .first()
        .map(|path| Path::new(path).file_stem().unwrap_or(path).to_string_lossy().into_owned());
    let mut command =
        program.describe(arguments::command::<P::Options>(name.as_deref().unwrap_or("deathstar")));
    let matches = command.try_get_matches_from_mut(arguments);
    let line = match matches.and_then(|matches| CommandLine::<P::Options>::from_arg_matches(&matches)) {
        Ok(line) => line,
        Err(error) => {
            // A wrong command line ends with 1: 2 means that there are changes.
            let _ = error.print();
            return if error.use_stderr() { ExitCode::FAILURE } else { ExitCode::SUCCESS };
        }
    };
    let setup = Setup { state: line.global.state.clone() };
    let mut console = Console::of_process(line.global.color);
    let Some(work) = line.command else {
        if let Some(code) = program.without_command(&line.own, &setup).await {
            return code;
        }
        console.say(&command.render_help().to_string());
        return ExitCode::FAILURE;
    };
    match dispatch(program, &line.own, &setup, line.global.progress, &work, &mut console).await {
        Ok(code) => ExitCode::from(code),
        Err(problem) => {
            console.complain(&problem);
            ExitCode::FAILURE
        }
    }
}

async fn dispatch<P: Program>(
    program: &P,
    options: &P::Options,
    setup: &Setup,
    progress: super::Format,
    command: &Command,
    console: &mut Console,
) -> Result<u8, Problem> {
    if let Command::Graph(arguments) = command {
        return command::draw(&program.stack(options)?, *arguments, console);
    }
    let engine = program.engine(options, setup).await?;
    let stack = || program.stack(options);
    let mut work = Work { engine: &engine, console, progress };
    match command {
        Command::Plan(arguments) => work.plan(&stack()?, arguments).await,
        Command::Apply(arguments) => work.apply(&stack()?, arguments).await,
        Command::Destroy(arguments) => work.destroy(&stack()?, arguments).await,
        Command::Import(arguments) => work.import(&stack()?, arguments).await,
        Command::Forget(arguments) => work.forget(&stack()?, arguments).await,
        Command::Recover(arguments) => work.recover(&stack()?, arguments).await,
        Command::Drift(arguments) => work.drift(&stack()?, *arguments).await,
        Command::Permissions(arguments) => work.permissions(&stack()?, arguments).await,
        Command::Output(arguments) => work.output(arguments).await,
        Command::State(StateCommand::List(arguments)) => work.list(*arguments).await,
        Command::State(StateCommand::Show { address, json }) => work.show(address, *json).await,
        Command::Graph(_) => Ok(0),
    }
}

//! The benchmarks: the engine, its floor, and Terraform where it is on the `PATH`.
#![expect(clippy::print_stdout, clippy::print_stderr, reason = "a program that prints numbers")]

use anyhow::{Context as _, Result, ensure};
use clap::{Parser, Subcommand};
use deathstar_tests::bench::{Case, Job, Report, Samples, Terraform, kubernetes, prepare};
use std::{
    fs,
    path::{Path, PathBuf},
    process::{Command, ExitCode, Stdio},
};

/// Measures the engine beside its floor: the bare loop that any correct tool has to run over the same graph.
#[derive(Debug, Parser)]
#[command(name = "bench")]
struct Arguments {
    /// Writes the rows as JSON lines too.
    #[arg(long, value_name = "FILE")]
    json: Option<PathBuf>,
    /// Only these cases.
    #[arg(long = "case", value_name = "NAME")]
    cases: Vec<Case>,
    /// How many resources the plan cases have.
    #[arg(long, value_delimiter = ',', default_value = "1000,10000,100000")]
    sizes: Vec<usize>,
    /// How often each case runs; large ones run less often.
    #[arg(long, default_value_t = 9)]
    runs: usize,
    /// How often Terraform runs each case; 0 leaves it out.
    #[arg(long, default_value_t = 1)]
    terraform_runs: usize,
    /// Where files are written; fsync should be real there.
    #[arg(long, value_name = "DIRECTORY")]
    directory: Option<PathBuf>,
    /// Fails when a number exceeds what it must not.
    #[arg(long)]
    check: bool,
    #[command(subcommand)]
    part: Option<Part>,
}

/// What this program does in a process of its own.
#[derive(Debug, Subcommand)]
enum Part {
    /// Writes the states of an applied graph.
    #[command(hide = true)]
    Prepare { case: Case, resources: usize, directory: PathBuf },
    /// Measures 500 objects in a Kubernetes control plane, beside kubectl and, where it is on the `PATH`, Helm.
    Kubernetes,
    /// Does one step of that.
    #[command(hide = true)]
    ClusterStep { file: PathBuf },
    /// Measures one case at one size.
    #[command(hide = true)]
    Measure { case: Case, resources: usize, directory: PathBuf, runs: usize },
}

fn main() -> ExitCode {
    match run(&Arguments::parse()) {
        Ok(code) => code,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn run(arguments: &Arguments) -> Result<ExitCode> {
    match &arguments.part {
        Some(Part::Prepare { case, resources, directory }) => {
            prepare(*case, *resources, directory)?;
            Ok(ExitCode::SUCCESS)
        }
        Some(Part::Measure { case, resources, directory, runs }) => {
            let job = Job { case: *case, resources: *resources, runs: *runs, directory: directory.clone() };
            println!("{}", serde_json::to_string(&job.run()?)?);
            Ok(ExitCode::SUCCESS)
        }
        Some(Part::ClusterStep { file }) => {
            kubernetes::Step::run(file)?;
            Ok(ExitCode::SUCCESS)
        }
        Some(Part::Kubernetes) => {
            warn();
            let (program, directory) = (std::env::current_exe()?, directory(arguments)?);
            let lines = kubernetes::measure(&program, arguments.runs, directory.path())?;
            end(arguments, &Report { lines })
        }
        None => all(arguments),
    }
}

fn warn() {
    if cfg!(debug_assertions) {
        eprintln!("this is no release build: the numbers say nothing");
    }
}

fn all(arguments: &Arguments) -> Result<ExitCode> {
    warn();
    let terraform = if arguments.terraform_runs == 0 { None } else { Terraform::on_the_path() };
    match &terraform {
        Some(terraform) => println!("beside terraform {} with terraform_data", terraform.version()),
        None if arguments.terraform_runs == 0 => println!("terraform is left out"),
        None => println!("terraform is not on the PATH: left out"),
    }
    let mut report = Report::default();
    let cases = if arguments.cases.is_empty() { Case::ALL } else { &arguments.cases };
    for case in cases {
        for resources in case.sizes(&arguments.sizes) {
            eprintln!("{case} {resources}");
            let directory = directory(arguments)?;
            let samples = measure(*case, resources, case.runs(resources, arguments.runs), directory.path())
                .with_context(|| format!("{case} with {resources} resources"))?;
            report.add(*case, resources, &samples);
            if let Some(terraform) = terraform.as_ref().filter(|_| Terraform::takes(*case, resources)) {
                report.lines.push(terraform.run(
                    *case,
                    resources,
                    arguments.terraform_runs,
                    directory.path(),
                )?);
            }
        }
    }
    end(arguments, &report)
}

/// Shows the numbers, and says whether any is not as it must be.
fn end(arguments: &Arguments, report: &Report) -> Result<ExitCode> {
    println!("{}", report.table());
    if let Some(file) = &arguments.json {
        fs::write(file, report.json_lines()).with_context(|| file.display().to_string())?;
    }
    let missed = report.missed().count();
    Ok(if arguments.check && missed > 0 { ExitCode::FAILURE } else { ExitCode::SUCCESS })
}

fn directory(arguments: &Arguments) -> Result<tempfile::TempDir> {
    Ok(match &arguments.directory {
        Some(directory) => tempfile::tempdir_in(directory)?,
        None => tempfile::tempdir()?,
    })
}

/// Measures in a fresh process, so that its peak memory is of this case alone.
fn measure(case: Case, resources: usize, runs: usize, directory: &Path) -> Result<Samples> {
    let (name, number) = (case.name(), resources.to_string());
    let part = |part: &str| -> Result<Command> {
        let mut command = Command::new(std::env::current_exe()?);
        command.args([part, name, &number]).arg(directory).stdin(Stdio::null());
        Ok(command)
    };
    if case == Case::PlanNoop {
        ensure!(part("prepare")?.status()?.success(), "preparing failed");
    }
    let output = part("measure")?.arg(runs.to_string()).stderr(Stdio::inherit()).output()?;
    ensure!(output.status.success(), "measuring failed");
    Ok(serde_json::from_slice(&output.stdout)?)
}

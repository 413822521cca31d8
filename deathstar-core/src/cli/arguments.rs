//! What a user can write on the command line.

use super::progress::Format;
use crate::{PlanOptions, Stakes, graph::Address, plan::Consent};
use clap::{Args, Parser, Subcommand, ValueEnum};
use std::path::PathBuf;

/// A whole command line, with the program's own options among those of every command.
#[derive(Debug, Parser)]
pub(super) struct CommandLine<O: Args> {
    #[command(flatten)]
    pub(super) global: Global,
    #[command(flatten)]
    pub(super) own: O,
    #[command(subcommand)]
    pub(super) command: Option<Command>,
}

/// Options of every command.
#[derive(Clone, Debug, Args)]
pub(super) struct Global {
    /// The directory of the recorded state
    #[arg(long, value_name = "DIR", default_value = ".deathstar")]
    pub(super) state: PathBuf,
    /// When to use colours; `NO_COLOR` and `CLICOLOR_FORCE` are respected
    #[arg(long, value_name = "WHEN", default_value = "auto")]
    pub(super) color: When,
    /// How progress is told on standard error
    #[arg(long, value_name = "FORMAT", default_value = "auto")]
    pub(super) progress: Format,
}

/// When to do something that suits a terminal alone.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum When {
    /// On a terminal
    Auto,
    /// Always
    Always,
    /// Never
    Never,
}

#[derive(Clone, Debug, Subcommand)]
pub(super) enum Command {
    /// Shows what would be done; exits with 0 without changes, 2 with changes, 1 on errors
    Plan(PlanArguments),
    /// Brings the cloud to what is declared
    Apply(ApplyArguments),
    /// Deletes everything that is recorded, and proves that nothing is left
    Destroy(DestroyArguments),
    /// Makes objects ours that exist already: compares them with what is declared, and writes our tags on them
    Import(ImportArguments),
    /// Drops objects from the record and leaves them in the cloud
    Forget(ForgetArguments),
    /// Rebuilds a lost journal from the owner tags in the cloud
    Recover(RecoverArguments),
    /// Shows what differs in the cloud from what is recorded; exits with 0 without drift, 2 with drift, 1 on errors
    Drift(Json),
    /// Shows the policies that allow a plan and nothing else, in the form that the cloud takes
    Permissions(PermissionsArguments),
    /// Shows the exports of the recorded state
    Output(OutputArguments),
    /// Shows the recorded state
    #[command(subcommand)]
    State(StateCommand),
    /// Draws what is declared
    Graph(GraphArguments),
}

#[derive(Clone, Debug, Args)]
pub(super) struct PlanArguments {
    /// Writes the plan to a file, for `apply FILE`
    #[arg(long, value_name = "FILE")]
    pub(super) out: Option<PathBuf>,
    /// Plans to delete everything
    #[arg(long)]
    pub(super) destroy: bool,
    /// Does not look at the cloud: takes the record for what there is
    #[arg(long)]
    pub(super) no_refresh: bool,
    #[command(flatten)]
    pub(super) wishes: WishArguments,
    #[command(flatten)]
    pub(super) length: Length,
    #[command(flatten)]
    pub(super) json: Json,
}

/// What a plan shall be about beside what is declared.
#[derive(Clone, Debug, Default, Args)]
pub(super) struct WishArguments {
    /// Plans for a resource or a scope alone, with all that it needs; may be given again
    #[arg(long = "target", value_name = "ADDRESS", value_parser = address)]
    pub(super) targets: Vec<String>,
    /// Replaces an object although nothing says so; may be given again
    #[arg(long, value_name = "ADDRESS", value_parser = address)]
    pub(super) replace: Vec<String>,
    /// Takes what is seen into the record, and changes nothing in the cloud
    #[arg(long)]
    pub(super) refresh_only: bool,
}

impl WishArguments {
    pub(super) fn options(&self) -> PlanOptions {
        let options = PlanOptions::default().refresh_only(self.refresh_only);
        let options = self.targets.iter().fold(options, |all, target| all.target(target));
        self.replace.iter().fold(options, |all, address| all.replace(address))
    }
}

#[derive(Clone, Debug, Args)]
pub(super) struct ApplyArguments {
    /// A plan from `plan --out`; without it, a new plan is made
    #[arg(value_name = "PLAN", conflicts_with_all = ["targets", "replace", "refresh_only"])]
    pub(super) plan: Option<PathBuf>,
    #[command(flatten)]
    pub(super) wishes: WishArguments,
    #[command(flatten)]
    pub(super) consent: ConsentArguments,
    #[command(flatten)]
    pub(super) length: Length,
    #[command(flatten)]
    pub(super) json: Json,
}

#[derive(Clone, Debug, Args)]
pub(super) struct DestroyArguments {
    /// Deletes a resource or a scope alone, with all that stands on it; may be given again
    #[arg(long = "target", value_name = "ADDRESS", value_parser = address)]
    pub(super) targets: Vec<String>,
    #[command(flatten)]
    pub(super) consent: ConsentArguments,
    #[command(flatten)]
    pub(super) length: Length,
    #[command(flatten)]
    pub(super) json: Json,
}

#[derive(Clone, Debug, Args)]
pub(super) struct ImportArguments {
    /// The address of each object, and its id as the provider writes it
    #[arg(value_names = ["ADDRESS", "ID"], num_args = 2.., required = true)]
    pub(super) objects: Vec<String>,
    #[command(flatten)]
    pub(super) how: CarryOutArguments,
}

#[derive(Clone, Debug, Args)]
pub(super) struct ForgetArguments {
    /// Resources, or whole scopes
    #[arg(value_name = "ADDRESS", required = true, value_parser = address)]
    pub(super) addresses: Vec<String>,
    /// Takes our owner tags off the objects too
    #[arg(long)]
    pub(super) release: bool,
    #[command(flatten)]
    pub(super) how: CarryOutArguments,
}

#[derive(Clone, Debug, Args)]
pub(super) struct RecoverArguments {
    /// The lineage of the lost journal, which its plans tell; needed where several objects carry the tags of one address
    #[arg(long)]
    pub(super) lineage: Option<String>,
    /// Lists every kind that the program knows, and not only those that are declared
    #[arg(long)]
    pub(super) all_kinds: bool,
    #[command(flatten)]
    pub(super) how: CarryOutArguments,
}

/// How a plan of a command of its own is carried out, or only shown.
#[derive(Clone, Debug, Args)]
pub(super) struct CarryOutArguments {
    /// Shows the plan and does nothing; exits as `plan` does
    #[arg(long)]
    pub(super) plan: bool,
    /// Writes the plan to a file, for `apply FILE`, and does nothing
    #[arg(long, value_name = "FILE")]
    pub(super) out: Option<PathBuf>,
    #[command(flatten)]
    pub(super) length: Length,
    #[command(flatten)]
    pub(super) consent: ConsentArguments,
    #[command(flatten)]
    pub(super) json: Json,
}

#[derive(Clone, Debug, Args)]
pub(super) struct ConsentArguments {
    /// Does not ask. Losses of networks, clusters and data need `--consent` too
    #[arg(long, short)]
    pub(super) yes: bool,
    /// Consents to losing all networks, clusters or data, or one object by its address (`at:network` for one of that name)
    #[arg(long = "consent", value_name = "network|cluster|data|ADDRESS", value_parser = consent)]
    pub(super) consents: Vec<Consent>,
}

#[derive(Clone, Copy, Debug, Args)]
pub(super) struct Length {
    /// Shows each object on a line of its own, with every field, id and reason, however long the plan is
    #[arg(long)]
    pub(super) full: bool,
}

#[derive(Clone, Copy, Debug, Args)]
pub(super) struct Json {
    /// Prints JSON on standard output
    #[arg(long)]
    pub(super) json: bool,
}

#[derive(Clone, Debug, Args)]
pub(super) struct PermissionsArguments {
    /// For a plan to delete everything
    #[arg(long)]
    pub(super) destroy: bool,
    /// For everything that can become of the stack: to make, change, replace and delete it, and to look at it. Calls nobody
    #[arg(long, conflicts_with_all = ["destroy", "no_refresh"])]
    pub(super) whole_life: bool,
    /// Does not look at the cloud to plan: takes the record for what there is
    #[arg(long)]
    pub(super) no_refresh: bool,
    /// Writes each policy to a file of this directory, under its name
    #[arg(long, value_name = "DIR")]
    pub(super) out: Option<PathBuf>,
    #[command(flatten)]
    pub(super) json: Json,
}

#[derive(Clone, Debug, Args)]
pub(super) struct OutputArguments {
    /// Shows the value of one export alone; a text without quotes
    pub(super) name: Option<String>,
    #[command(flatten)]
    pub(super) json: Json,
}

#[derive(Clone, Debug, Subcommand)]
pub(super) enum StateCommand {
    /// Lists what is recorded
    List(Json),
    /// Shows everything that is recorded of one address
    Show {
        /// The address
        address: String,
        #[command(flatten)]
        json: Json,
    },
}

#[derive(Clone, Copy, Debug, Args)]
pub(super) struct GraphArguments {
    /// The form
    #[arg(long, value_name = "FORMAT", default_value = "mermaid")]
    pub(super) format: Drawing,
}

/// How a graph is drawn.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum Drawing {
    /// A Mermaid flow chart
    Mermaid,
    /// Graphviz
    Dot,
    /// A picture
    Svg,
}

fn address(text: &str) -> Result<String, String> {
    Address::parse(text).map(|address| address.as_str().to_owned()).map_err(|error| error.to_string())
}

fn consent(text: &str) -> Result<Consent, String> {
    for stakes in [Stakes::Network, Stakes::Cluster, Stakes::Data] {
        if text == stakes.name() {
            return Ok(Consent::All(stakes));
        }
    }
    let address = text.strip_prefix("at:").unwrap_or(text);
    Address::parse(address).map(Consent::Object).map_err(|error| error.to_string())
}

/// The command line of a program, with its own options before and after the command.
pub(super) fn command<O: Args>(name: &str) -> clap::Command {
    let command =
        <CommandLine<O> as clap::CommandFactory>::command().name(name.to_owned()).about(None::<&str>);
    command.mut_args(|argument| {
        // An argument that is required cannot be given to a subcommand too.
        let anywhere = !argument.is_positional() && !argument.is_required_set();
        argument.global(anywhere)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::FromArgMatches;

    #[derive(Debug, Args)]
    struct Own {
        #[arg(long, default_value = "memory")]
        cloud: String,
        #[arg(long)]
        zones: Option<u8>,
    }

    fn parse(line: &str) -> Result<CommandLine<Own>, clap::Error> {
        let matches = command::<Own>("webshop").try_get_matches_from(line.split(' '))?;
        CommandLine::from_arg_matches(&matches)
    }

    #[test]
    fn the_command_line_is_well_formed() {
        command::<Own>("webshop").debug_assert();
    }

    #[test]
    fn options_of_all_commands_and_of_the_program_stand_before_or_after_the_command() {
        for line in ["webshop --cloud aws --state x plan --json", "webshop plan --json --state x --cloud aws"]
        {
            let parsed = parse(line).unwrap();
            assert_eq!(
                (parsed.own.cloud.as_str(), parsed.global.state.to_str()),
                ("aws", Some("x")),
                "{line}"
            );
            assert!(matches!(
                parsed.command,
                Some(Command::Plan(PlanArguments { json: Json { json: true }, .. }))
            ));
        }
        let parsed = parse("webshop").unwrap();
        assert!(parsed.command.is_none());
        assert_eq!((parsed.own.cloud.as_str(), parsed.own.zones), ("memory", None));
        assert_eq!(parsed.global.state.to_str(), Some(".deathstar"));
    }

    #[test]
    fn a_consent_is_a_word_or_an_address() {
        assert_eq!(consent("network"), Ok(Consent::All(Stakes::Network)));
        assert_eq!(consent("cluster"), Ok(Consent::All(Stakes::Cluster)));
        assert_eq!(consent("data"), Ok(Consent::All(Stakes::Data)));
        assert_eq!(consent("network/vpc"), Ok(Consent::object("network/vpc")));
        assert_eq!(consent("at:network"), Ok(Consent::object("network")));
        assert!(consent("Network").is_err());
        assert!(parse("webshop apply --consent data --consent a/b --yes").is_ok());
    }
}

//! The project's own commands, as `cargo xtask <command>`: nothing to install by hand.

use clap::{Parser, Subcommand};
use std::process::ExitCode;
use xtask::{bench, command, dev, faults, lint, serve, test};

/// Build, run and check SampleIM.
#[derive(Parser)]
#[command(bin_name = "cargo xtask")]
struct Cli {
    #[command(subcommand)]
    task: Task,
}

#[derive(Subcommand)]
enum Task {
    /// Build everything for release and start the messenger
    Serve {
        /// Given to the messenger as they are, for example `--lan`
        #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
        args: Vec<String>,
    },
    /// Build everything for release: the site, and the program that carries it
    Build,
    /// Build for development, start, and do so again at each change
    Dev {
        /// Given to the messenger as they are
        #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
        args: Vec<String>,
    },
    /// Formatting, clippy for each target, the Windows build, and the repository's own rules
    Lint,
    /// All checks: lint, native tests, faults and browser tests, on SQLite and on MariaDB
    Test {
        /// Leave out the release build, the faults and the browser
        #[arg(long)]
        fast: bool,
    },
    /// Kill, stop and cut a release server again and again, and check that no message suffers
    #[command(disable_help_flag = true)]
    Faults {
        /// `--help` lists them, for example `--quick` or `--scenario kill --rounds 100`
        #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
        args: Vec<String>,
    },
    /// Measure the release server and its page beside their own limits; see docs/PERFORMANCE.md
    #[command(disable_help_flag = true)]
    Bench {
        /// `--help` lists them, for example `--quick` or `poll_idle`
        #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
        args: Vec<String>,
    },
    /// Fill a database that was just migrated with people, groups and messages
    #[command(disable_help_flag = true)]
    Generate {
        /// `--help` lists them, for example `--database-url sqlite://big.db --messages 1000000`
        #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
        args: Vec<String>,
    },
}

fn main() -> ExitCode {
    let task = Cli::parse().task;
    let done = command::stop_on_ctrl_c().and_then(|()| match task {
        Task::Serve { args } => serve::serve(&args),
        Task::Build => serve::build().map(drop),
        Task::Dev { args } => dev::dev(&args),
        Task::Lint => lint::lint(),
        Task::Test { fast } => test::test(if fast { test::Scope::Fast } else { test::Scope::Full }),
        Task::Faults { args } => faults::faults(&args),
        Task::Bench { args } => bench::bench(&args),
        Task::Generate { args } => bench::generate(&args),
    });
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}

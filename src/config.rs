//! The command line and the environment: one documented place for all settings.

use clap::{
    Args, CommandFactory, Parser, Subcommand, ValueEnum,
    builder::{BoolishValueParser, Resettable},
    error::{Error, ErrorKind},
    value_parser,
};
use std::{
    env,
    net::{IpAddr, Ipv4Addr, SocketAddr},
    path::PathBuf,
    time::Duration,
};

/// An instant messenger for one network: one binary, one file of data, no internet.
///
/// Without a command it serves. Every option can also be given as an environment variable.
#[derive(Debug, Clone, Parser)]
#[command(name = "sampleim", version)]
pub struct Cli {
    #[command(flatten)]
    pub options: Options,
    #[command(subcommand)]
    pub command: Option<Command>,
}

/// What to do.
#[derive(Debug, Clone, Subcommand)]
pub enum Command {
    /// Serve the messenger (what is done when no command is given)
    Serve,
    /// Bring the database up to this version, and end
    Migrate,
    /// Write database and uploads into one new file; the server may run meanwhile
    #[command(visible_alias = "export")]
    Backup { file: PathBuf },
    /// Fill an empty database, and its data folder, from such a file
    #[command(visible_alias = "import")]
    Restore { file: PathBuf },
    /// Make users, set their passwords, make them administrators
    #[command(subcommand)]
    User(UserCommand),
}

/// What to do to a user, in a database that is there. A password is asked for without being shown,
/// or read as one line of standard input; never an argument, which other programs can see.
#[derive(Debug, Clone, Subcommand)]
pub enum UserCommand {
    /// Make a user
    Create {
        name: String,
        /// Make an administrator
        #[arg(long)]
        admin: bool,
    },
    /// Set a user's password, and end all of the user's sessions
    Password { name: String },
    /// Make a user an administrator
    Admin {
        name: String,
        /// Take it back
        #[arg(long)]
        revoke: bool,
    },
    /// Let a user in again who was disabled
    Enable { name: String },
}

/// Every setting.
#[derive(Debug, Clone, Args)]
pub struct Options {
    /// Database: sqlite://PATH or mysql://USER:PASSWORD@HOST:PORT/NAME
    /// [default: sqlite://DATA/sampleim.db]
    #[arg(long, env = "SAMPLEIM_DATABASE_URL", value_name = "URL", global = true)]
    #[arg(hide_env_values = true)]
    pub database_url: Option<String>,

    /// File that holds the database URL, so that its password is in no argument
    #[arg(long, env = "SAMPLEIM_DATABASE_URL_FILE", value_name = "FILE", global = true)]
    pub database_url_file: Option<PathBuf>,

    /// Address and port to listen on
    #[arg(long, env = "SAMPLEIM_ADDRESS", value_name = "IP:PORT", global = true)]
    #[arg(default_value = "127.0.0.1:3000", value_parser = address)]
    pub address: SocketAddr,

    /// Folder of the uploads and the SQLite file; made if missing
    #[arg(long, env = "SAMPLEIM_DATA", value_name = "FOLDER", global = true)]
    #[arg(default_value = "data")]
    pub data: PathBuf,

    /// Listen on all interfaces, and print the addresses to join, each with a QR code
    #[arg(long, env = "SAMPLEIM_LAN", global = true, value_parser = BoolishValueParser::new())]
    pub lan: bool,

    /// Seconds after which who has not asked is no longer online
    #[arg(long, env = "SAMPLEIM_ONLINE_TTL", value_name = "SECONDS", global = true)]
    #[arg(default_value_t = 3, value_parser = value_parser!(u64).range(1..=3600))]
    pub online_ttl: u64,

    /// How many people are tracked as online at most
    #[arg(long, env = "SAMPLEIM_ONLINE_MAX", value_name = "COUNT", global = true)]
    #[arg(default_value_t = 10_000, value_parser = value_parser!(u32).range(1..))]
    pub online_max: u32,

    /// Largest upload, until one is set in the administration area: bytes, or with a unit such as 500kB or 10MB (1 kB to 1 GB)
    #[arg(long, env = "SAMPLEIM_UPLOAD_LIMIT", value_name = "SIZE", global = true)]
    #[arg(default_value = "10MB", value_parser = size)]
    pub upload_limit: u64,

    /// Whether new people may register, until it is set in the administration area
    #[arg(long, env = "SAMPLEIM_REGISTRATION", global = true)]
    #[arg(value_enum, default_value_t = Registration::Open)]
    pub registration: Registration,

    /// A reverse proxy whose X-Forwarded-For and X-Forwarded-Proto are believed; may be repeated
    #[arg(
        long = "trusted-proxy",
        env = "SAMPLEIM_TRUSTED_PROXY",
        value_name = "IP",
        global = true
    )]
    #[arg(value_delimiter = ',')]
    pub trusted_proxies: Vec<IpAddr>,

    /// Form of the log, which goes to standard error
    #[arg(long, env = "SAMPLEIM_LOG_FORMAT", global = true)]
    #[arg(value_enum, default_value_t = LogFormat::Text)]
    pub log_format: LogFormat,

    /// How much is logged
    #[arg(long, env = "SAMPLEIM_LOG_LEVEL", global = true)]
    #[arg(value_enum, default_value_t = LogLevel::Info)]
    pub log_level: LogLevel,
}

/// Whether new people may register.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Registration {
    Open,
    Invitation,
    Closed,
}

/// The form of the log's lines.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum LogFormat {
    Text,
    Json,
}

/// How much is logged.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum LogLevel {
    Error,
    Warn,
    Info,
    Debug,
    Trace,
}

/// The command line's definition. An empty variable is none, as compose files write it; and where an option
/// names the database, no variable does.
#[must_use]
pub fn command() -> clap::Command {
    let mut arguments = env::args_os().map(|argument| argument.to_string_lossy().into_owned());
    let names_database = arguments.any(|argument| argument.starts_with("--database-url"));
    Cli::command().mut_args(|argument| {
        let is_empty =
            argument.get_env().and_then(env::var_os).is_some_and(|value| value.is_empty());
        let is_overruled = names_database && argument.get_id().as_str().starts_with("database_url");
        if is_empty || is_overruled { argument.env(Resettable::Reset) } else { argument }
    })
}

impl Options {
    /// Where to listen: `--lan` takes the port of `--address` on all interfaces.
    #[must_use]
    pub fn listen(&self) -> SocketAddr {
        if self.lan {
            SocketAddr::from((Ipv4Addr::UNSPECIFIED, self.address.port()))
        } else {
            self.address
        }
    }

    /// The database's URL.
    ///
    /// # Errors
    /// A sentence, which never holds the URL: there may be a password in it.
    pub fn database(&self) -> Result<String, String> {
        let url = match (&self.database_url, &self.database_url_file) {
            (Some(_), Some(_)) => {
                return Err("give --database-url or --database-url-file, not both".into());
            }
            (Some(url), None) => url.clone(),
            (None, Some(file)) => std::fs::read_to_string(file)
                .map_err(|error| {
                    format!("the database URL cannot be read from {}: {error}", file.display())
                })?
                // Some editors of Windows put a mark before the first character.
                .trim_start_matches('\u{feff}')
                .trim()
                .to_owned(),
            (None, None) if self.data.to_string_lossy().contains('?') => {
                return Err("the data folder's name must have no question mark".into());
            }
            (None, None) => format!("sqlite://{}", self.data.join("sampleim.db").display()),
        };
        if ["sqlite://", "mysql://"].iter().any(|scheme| url.starts_with(scheme)) {
            Ok(url)
        } else {
            Err("the database URL must start with sqlite:// or mysql://".into())
        }
    }

    /// The application's part of the settings.
    #[must_use]
    pub fn settings(
        &self,
        setup_code: Option<String>,
        lan: Option<String>,
    ) -> app::server::Settings {
        app::server::Settings {
            data: self.data.clone(),
            online_ttl: Duration::from_secs(self.online_ttl),
            online_max: usize::try_from(self.online_max).unwrap_or(usize::MAX),
            upload_limit: self.upload_limit,
            registration: match self.registration {
                Registration::Open => app::server::Registration::Open,
                Registration::Invitation => app::server::Registration::Invitation,
                Registration::Closed => app::server::Registration::Closed,
            },
            setup_code,
            lan,
        }
    }
}

/// What a wrong command line says: its text and whether it is one (help and version are not).
#[must_use]
pub fn explain(error: &Error) -> (String, bool) {
    use ErrorKind::{DisplayHelp, DisplayHelpOnMissingArgumentOrSubcommand, DisplayVersion};
    let text = error.render().to_string();
    match error.kind() {
        DisplayHelp | DisplayVersion => (text, false),
        DisplayHelpOnMissingArgumentOrSubcommand => (text, true),
        _ => {
            let sentence = text.split("\n\n").next().unwrap_or_default();
            let sentence = sentence.trim_start_matches("error: ");
            (sentence.split_whitespace().collect::<Vec<_>>().join(" "), true)
        }
    }
}

/// An IP address with a port.
fn address(text: &str) -> Result<SocketAddr, String> {
    text.parse().map_err(|_| "an IP address and a port are needed, such as 127.0.0.1:3000".into())
}

/// A size in bytes, between 1 kB and 1 GB, from digits and perhaps a unit.
fn size(text: &str) -> Result<u64, String> {
    let wrong = || "a size is needed, such as 10MB, 500kB or 2000000".to_owned();
    let digits = text.len() - text.trim_start_matches(|c: char| c.is_ascii_digit()).len();
    let (count, unit) = text.split_at(digits);
    let unit: u64 = match unit.trim_start().to_ascii_lowercase().as_str() {
        "" | "b" => 1,
        "kb" | "k" => 1_000,
        "mb" | "m" => 1_000_000,
        "gb" | "g" => 1_000_000_000,
        "kib" => 1 << 10,
        "mib" => 1 << 20,
        "gib" => 1 << 30,
        _ => return Err(wrong()),
    };
    let bytes = count.parse::<u64>().map_err(|_| wrong())?.checked_mul(unit).ok_or_else(wrong)?;
    if (1_000..=1_000_000_000).contains(&bytes) {
        Ok(bytes)
    } else {
        Err("it must be between 1kB and 1GB".into())
    }
}

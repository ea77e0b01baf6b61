//! The commands. Whatever goes wrong is one sentence on standard error and a non-zero exit.

use crate::{
    config::{Cli, Command, Options, UserCommand, command, explain},
    logging, serve,
};
use app::{
    error::Error,
    i18n::Lang,
    server::{
        account::{check, fold, require_fine},
        backup::{self, Backup, Contents},
        db::{
            Db,
            admin::By,
            users::{Account, NewUser},
        },
        media, now, password, private,
    },
};
use clap::FromArgMatches;
use std::{
    fs,
    io::{self, BufRead, IsTerminal, Write},
    iter,
    path::{self, Path},
    process::ExitCode,
    time::Duration,
};

/// Reads the command line and does what it says: 0 when done, 1 when it failed, 2 when the command
/// line is wrong.
#[must_use]
pub fn main() -> ExitCode {
    let given = command().try_get_matches();
    let cli = match given.and_then(|given| Cli::from_arg_matches(&given)) {
        Ok(cli) => cli,
        Err(error) => {
            let (text, is_wrong) = explain(&error);
            if is_wrong {
                eprintln!("sampleim: {text}");
                return ExitCode::from(2);
            }
            say(text.trim_end());
            return ExitCode::SUCCESS;
        }
    };
    logging::start(cli.options.log_format, cli.options.log_level);
    match run(cli) {
        Ok(()) => ExitCode::SUCCESS,
        Err(sentence) => {
            eprintln!("sampleim: {sentence}");
            ExitCode::FAILURE
        }
    }
}

/// Prints a line for the person at the terminal; that nobody reads it is no failure.
pub fn say(line: &str) {
    let _ = writeln!(io::stdout(), "{line}");
}

/// Opens the database that the options name, brought up to this version.
///
/// # Errors
/// A sentence for the person at the terminal.
pub async fn open(options: &Options) -> Result<Db, String> {
    let url = options.database()?;
    writable(options)?;
    let db = Db::connect(&url).await?;
    db.migrate().await?;
    Ok(db)
}

/// The same of a database that is there: users are not to be made in one that no server reads.
async fn open_existing(options: &Options) -> Result<Db, String> {
    let db = Db::connect(&existing(options)?).await?;
    let there = async { db.snapshot().await?.schema().await };
    there.await.map_err(|_: String| {
        "there is no messenger in this database; name the server's by --data or --database-url, or start \
         the server first"
    })?;
    db.migrate().await?;
    Ok(db)
}

/// The URL of a database that is there.
fn existing(options: &Options) -> Result<String, String> {
    let url = options.database()?;
    if let Some(file) = url.strip_prefix("sqlite://").map(Path::new)
        && !file.exists()
    {
        let file = path::absolute(file).unwrap_or_else(|_| file.to_owned());
        return Err(format!(
            "there is no database {}; name the server's by --data or --database-url, or start the server first",
            file.display()
        ));
    }
    Ok(url)
}

fn run(cli: Cli) -> Result<(), String> {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .map_err(|error| format!("the program cannot start: {error}"))?;
    let options = cli.options;
    let done = runtime.block_on(async {
        match cli.command.unwrap_or(Command::Serve) {
            Command::Serve => serve::serve(&options).await,
            Command::Migrate => migrate(&options).await,
            Command::Backup { file } => back_up(&options, &file).await,
            Command::Restore { file } => restore(&options, &file).await,
            Command::User(UserCommand::Create { name, admin }) => {
                create_user(&options, &name, admin).await
            }
            Command::User(UserCommand::Password { name }) => set_password(&options, &name).await,
            Command::User(UserCommand::Admin { name, revoke }) => {
                set_admin(&options, &name, !revoke).await
            }
            Command::User(UserCommand::Enable { name }) => enable(&options, &name).await,
        }
    });
    // A hash that is still being computed must not hold the end up.
    runtime.shutdown_timeout(Duration::from_millis(200));
    done
}

/// Makes the data folder, and makes sure that it, and that of the uploads if it is there, can be written to.
fn writable(options: &Options) -> Result<(), String> {
    let uploads = media::folder(&options.data);
    let uploads = uploads.exists().then_some(uploads);
    for folder in iter::once(options.data.clone()).chain(uploads) {
        let probe = folder.join(".writable");
        private::make_folder(&folder)
            .and_then(|()| fs::write(&probe, []))
            .and_then(|()| fs::remove_file(&probe))
            .map_err(|error| unwritable(&folder, &error))?;
    }
    Ok(())
}

/// What is said of a folder that cannot be written to.
#[must_use]
pub fn unwritable(folder: &Path, error: &io::Error) -> String {
    format!("the data folder {} cannot be written to: {error}", folder.display())
}

async fn migrate(options: &Options) -> Result<(), String> {
    open(options).await?;
    say("The database is up to date.");
    Ok(())
}

async fn back_up(options: &Options, file: &Path) -> Result<(), String> {
    // Not migrated: an older server may be at work on it.
    let db = Db::connect(&existing(options)?).await?;
    let contents = backup::back_up(&db, &options.data, file).await?;
    db.close().await;
    warn_of(&contents);
    say(&format!("{} holds {}.", file.display(), amount(&contents)));
    Ok(())
}

async fn restore(options: &Options, file: &Path) -> Result<(), String> {
    let backup = Backup::open(file)?;
    let db = open(options).await?;
    let contents = backup.restore(&db, &options.data).await?;
    db.close().await;
    warn_of(&contents);
    say(&format!("{} are restored; everybody logs in anew.", amount(&contents)));
    Ok(())
}

fn amount(contents: &Contents) -> String {
    format!("{} rows and {} files", contents.rows, contents.files)
}

/// Names the uploads that are not in a backup.
fn warn_of(contents: &Contents) {
    for name in &contents.missing {
        eprintln!("sampleim: the upload {name} is missing");
    }
}

async fn create_user(options: &Options, name: &str, is_admin: bool) -> Result<(), String> {
    let db = open_existing(options).await?;
    let password = password()?;
    let user = new_user(name, &password, is_admin).await.map_err(sentence)?;
    db.create_user_by(&By::command_line(now()), &user).await.map_err(sentence)?;
    say(&format!("{} can log in now.", user.name));
    Ok(())
}

async fn set_password(options: &Options, name: &str) -> Result<(), String> {
    let db = open_existing(options).await?;
    let account = account(&db, name).await?;
    let password = password()?;
    require_fine(name, &password).await.map_err(sentence)?;
    let hash = password::hash(&password).await.map_err(sentence)?;
    db.set_password(&By::command_line(now()), account.id, &hash).await.map_err(sentence)?;
    say(&format!("The password of {name} is set; all sessions of {name} have ended."));
    hint_at_enable(&account);
    Ok(())
}

async fn set_admin(options: &Options, name: &str, is_admin: bool) -> Result<(), String> {
    let db = open_existing(options).await?;
    let account = account(&db, name).await?;
    db.set_admin(&By::command_line(now()), account.id, is_admin).await.map_err(
        |error| match error {
            Error::Forbidden => {
                format!("{name} is the last administrator; make somebody else one first")
            }
            error => sentence(error),
        },
    )?;
    let now = if is_admin { "an administrator now" } else { "no administrator any more" };
    say(&format!("{name} is {now}."));
    if is_admin {
        hint_at_enable(&account);
    }
    Ok(())
}

fn hint_at_enable(account: &Account) {
    if account.disabled {
        say("The account is disabled: `sampleim user enable` lets it in again.");
    }
}

async fn enable(options: &Options, name: &str) -> Result<(), String> {
    let db = open_existing(options).await?;
    let account = account(&db, name).await?;
    let by = By::command_line(now());
    db.set_disabled(&by, account.id, false).await.map_err(sentence)?;
    say(&format!("{name} can log in."));
    Ok(())
}

async fn account(db: &Db, name: &str) -> Result<Account, String> {
    let account = db.account(&fold(name)).await.map_err(sentence)?;
    account.ok_or_else(|| format!("there is no user named {name}"))
}

fn sentence(error: Error) -> String {
    Lang::En.error(&error)
}

/// A password: typed twice without being shown, or one line of standard input.
fn password() -> Result<String, String> {
    let failed = |error: io::Error| format!("the password cannot be read: {error}");
    if !io::stdin().is_terminal() {
        let mut line = String::new();
        io::stdin().lock().read_line(&mut line).map_err(failed)?;
        // Some editors of Windows put a mark before the first character.
        return match line.trim_start_matches('\u{feff}').trim_end_matches(['\r', '\n']) {
            "" => Err("standard input must hold the password as one line".into()),
            password => Ok(password.to_owned()),
        };
    }
    let first = rpassword::prompt_password("Password: ").map_err(failed)?;
    let second = rpassword::prompt_password("Once more: ").map_err(failed)?;
    if first == second { Ok(first) } else { Err("the two passwords are not the same".into()) }
}

/// A user to be stored, once name and password have passed their rules.
async fn new_user(name: &str, password: &str, is_admin: bool) -> Result<NewUser, Error> {
    let (name, name_key) = check(name, password).await?;
    let name = name.as_str().to_owned();
    let password = password::hash(password).await?;
    Ok(NewUser { name, name_key, password, is_admin, now: now() })
}

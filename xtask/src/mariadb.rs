//! A MariaDB server of the tests' own: temporary folder, own port and socket, gone afterwards.

use crate::{
    command::{self, Ending, Process, Signal},
    tools,
};
use anyhow::{Context, Result, bail};
use std::{
    fs::{self, File},
    net::{Ipv4Addr, TcpListener, TcpStream},
    path::{Path, PathBuf},
    process::Command,
    thread,
    time::{Duration, Instant},
};
use tempfile::TempDir;

const START_WITHIN: Duration = Duration::from_secs(60);

/// What a commit survives.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Durability {
    /// Not even the server's own death: fast, for data that is thrown away.
    None,
    /// Death of the server and of the machine, as on a real one.
    Full,
}

/// A server that runs; dropping it ends it and removes its folder.
pub struct MariaDb {
    // Dropped in this order: the server ends before its folder goes.
    server: Process,
    folder: TempDir,
    start: Command,
    port: u16,
    /// For people: `MariaDB 10.11`.
    pub version: String,
}

impl MariaDb {
    /// Installs it if missing (on Debian as root), makes its data, and starts it.
    ///
    /// # Errors
    /// If any of that cannot be done; with the server's own last words where it has any.
    pub fn start(durability: Durability) -> Result<Self> {
        let program = tools::MARIADB.ensure()?;
        let install = tools::find(&["mariadb-install-db", "mysql_install_db"])
            .context("MariaDB's server is here, but mariadb-install-db is not")?;
        let version = version(&command::output(Command::new(&program).arg("--version"))?);
        let folder = tempfile::Builder::new().prefix("sampleim-mariadb-").tempdir()?;
        let data = folder.path().join("data");
        let user: &[&str] = if tools::is_root() {
            command::output(Command::new("chown").arg("mysql").arg(folder.path()))?;
            &["--user=mysql"]
        } else {
            &[]
        };

        let mut make = Command::new(install);
        make.arg("--no-defaults").args(user).arg(option("datadir", &data));
        make.args(["--auth-root-authentication-method=normal", "--skip-test-db"]);
        command::output(&mut make).context("MariaDB's data folder cannot be made")?;

        let log = log(&folder);
        let port = free_port()?;
        let mut start = Command::new(program);
        start.arg("--no-defaults").args(user).arg(option("datadir", &data));
        start.arg(option("socket", &folder.path().join("socket")));
        start.arg(option("pid-file", &folder.path().join("pid")));
        start.args(["--skip-networking=OFF", "--bind-address=127.0.0.1", "--max-connections=400"]);
        start.arg(format!("--port={port}"));
        let flush = u8::from(durability == Durability::Full);
        start.arg(format!("--innodb-flush-log-at-trx-commit={flush}")).arg("--skip-log-bin");
        start.stdout(File::create(&log)?).stderr(File::options().append(true).open(&log)?);
        let mut server = Process::start(&mut start, Ending::Terminate)?;
        wait_until_ready(&mut server, port, &log)?;
        Ok(Self { server, folder, start, port, version })
    }

    /// It stands still: connections stay, and nothing is answered.
    ///
    /// # Errors
    /// If it has ended, or this system cannot do that.
    pub fn freeze(&self) -> Result<()> {
        self.server.signal(Signal::Stop)
    }

    /// It goes on where it stood.
    ///
    /// # Errors
    /// If it has ended, or this system cannot do that.
    pub fn thaw(&self) -> Result<()> {
        self.server.signal(Signal::Continue)
    }

    /// Kills it where it stands, and starts it again over the same data on the same port.
    ///
    /// # Errors
    /// If it has ended before, or does not come back.
    pub fn crash(&mut self) -> Result<()> {
        self.server.kill()?;
        self.server = Process::start(&mut self.start, Ending::Terminate)?;
        wait_until_ready(&mut self.server, self.port, &log(&self.folder))
    }

    /// Its address, without a database: `mysql://root@127.0.0.1:PORT`.
    pub fn url(&self) -> String {
        format!("mysql://root@127.0.0.1:{}", self.port)
    }
}

fn log(folder: &TempDir) -> PathBuf {
    folder.path().join("log")
}

fn option(name: &str, path: &Path) -> PathBuf {
    PathBuf::from(format!("--{name}={}", path.display()))
}

fn wait_until_ready(server: &mut Process, port: u16, log: &Path) -> Result<()> {
    let begun = Instant::now();
    while TcpStream::connect((Ipv4Addr::LOCALHOST, port)).is_err() {
        if server.ended()?.is_some() || begun.elapsed() > START_WITHIN || command::stopped() {
            let words = fs::read_to_string(log).unwrap_or_default();
            bail!("MariaDB does not start. It said:\n{words}");
        }
        thread::sleep(Duration::from_millis(100));
    }
    Ok(())
}

/// A port that was free a moment ago, below those that systems give to outgoing connections: a
/// server that is started again finds it free again.
///
/// # Errors
/// If there is none.
pub fn free_port() -> Result<u16> {
    let ports = 20_000..30_000u16;
    // Commands that run side by side begin at different places.
    let begin = usize::try_from(std::process::id())? * 7 % ports.len();
    ports
        .clone()
        .cycle()
        .skip(begin)
        .take(ports.len())
        .find(|port| TcpListener::bind((Ipv4Addr::LOCALHOST, *port)).is_ok())
        .context("no port is free")
}

/// `MariaDB 10.11` from `mariadbd  Ver 10.11.19-MariaDB-0+deb12u1 for debian-linux-gnu`.
fn version(said: &str) -> String {
    let number = said.split_once("Ver ").map_or(said, |(_, rest)| rest);
    let number: Vec<_> = number.split(['.', '-', ' ']).take(2).collect();
    let name = if said.contains("MariaDB") { "MariaDB" } else { "MySQL" };
    format!("{name} {}", number.join("."))
}

#[cfg(test)]
mod tests {
    use super::version;

    #[test]
    fn the_version_is_read() {
        let said = "mariadbd  Ver 10.11.19-MariaDB-0+deb12u1 for debian-linux-gnu on x86_64";
        assert_eq!(version(said), "MariaDB 10.11");
        assert_eq!(version("/usr/sbin/mysqld  Ver 8.4.2 for Linux"), "MySQL 8.4");
    }
}

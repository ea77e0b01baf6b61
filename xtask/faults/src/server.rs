//! The server as a process: started, killed, asked to end.

use anyhow::{Context, Result, bail};
use std::{
    ffi::OsStr,
    fs::{self, File},
    net::{Ipv4Addr, SocketAddr},
    path::{Path, PathBuf},
    process::Command,
    time::{Duration, Instant},
};
use tokio::{task::spawn_blocking, time::sleep};
use xtask::{
    command::{Ending, Process},
    mariadb::free_port,
};

/// A server that does not answer by then does not start at all.
const START_WITHIN: Duration = Duration::from_secs(20);
/// The product's promise for its end is 5 s.
const END_WITHIN: Duration = Duration::from_secs(6);

/// What is started.
#[derive(Debug)]
pub struct Program {
    pub path: PathBuf,
    /// The mistake that it makes on purpose, if it was built to be able to.
    pub mutant: Option<&'static str>,
}

/// A server, running or not; it is ended when dropped.
pub struct Server {
    pub address: SocketAddr,
    command: Command,
    log: PathBuf,
    process: Option<Process>,
    http: reqwest::Client,
    /// The longest time from a start until it was healthy.
    slowest: Duration,
}

impl Server {
    /// Starts this program over a data folder and a database, on a port of its own. Its log goes
    /// to a file.
    ///
    /// # Errors
    /// If it does not get healthy.
    pub async fn start(program: &Program, data: &Path, url: &str, log: PathBuf) -> Result<Self> {
        Self::start_with(program, data, url, log, &["--log-level", "warn"]).await
    }

    /// As [`Server::start`], with these further options.
    ///
    /// # Errors
    /// If it does not get healthy.
    pub async fn start_with(
        program: &Program,
        data: &Path,
        url: &str,
        log: PathBuf,
        options: &[&str],
    ) -> Result<Self> {
        let address = SocketAddr::from((Ipv4Addr::LOCALHOST, free_port()?));
        let mut command = Command::new(&program.path);
        command.envs(program.mutant.map(|mutant| ("SAMPLEIM_MUTANT", mutant)));
        command.arg("--address").arg(address.to_string()).arg("--data").arg(data);
        command.args(["--database-url", url]).args(options);
        let http = reqwest::Client::new();
        let mut server =
            Self { address, command, log, process: None, http, slowest: Duration::ZERO };
        server.launch().await?;
        // The first start also makes the database, which is no restart.
        server.slowest = Duration::ZERO;
        Ok(server)
    }

    /// Its process id, while it runs.
    pub fn id(&self) -> Option<u32> {
        self.process.as_ref().map(Process::id)
    }

    /// Kills it where it stands, and starts it again on the same port.
    ///
    /// # Errors
    /// If it had ended by itself, or does not get healthy.
    pub async fn crash(&mut self) -> Result<()> {
        self.kill()?;
        self.launch().await
    }

    /// Kills it where it stands.
    ///
    /// # Errors
    /// If it had ended by itself.
    pub fn kill(&mut self) -> Result<()> {
        let mut process = self.process.take().context("the server does not run")?;
        if let Some(status) = process.ended()? {
            bail!("the server had ended by itself ({status}): {}", self.last_words());
        }
        process.kill()
    }

    /// Asks it to end, waits until it has, and starts it again on the same port.
    ///
    /// # Errors
    /// If it takes longer than the product promises, or does not get healthy.
    pub async fn restart(&mut self) -> Result<()> {
        let process = self.process.take().context("the server does not run")?;
        let begun = Instant::now();
        // Dropping asks it to end, and blocks until it has.
        spawn_blocking(move || drop(process)).await?;
        if begun.elapsed() > END_WITHIN {
            bail!("the server took {} ms to end", begun.elapsed().as_millis());
        }
        self.launch().await
    }

    /// From the next start on, this library stands between it and the system, with these settings.
    pub fn preload(&mut self, library: &Path, settings: &[(&str, &OsStr)]) {
        self.command.env("LD_PRELOAD", library).envs(settings.iter().copied());
    }

    /// From the next start on, nothing does.
    pub fn unload(&mut self) {
        self.command.env_remove("LD_PRELOAD");
    }

    /// The longest time from a start until it was healthy, since the last time this was asked.
    pub fn slowest_start(&mut self) -> Duration {
        std::mem::take(&mut self.slowest)
    }

    /// Starts it again, on the same port.
    ///
    /// # Errors
    /// If it does not get healthy.
    pub async fn launch(&mut self) -> Result<()> {
        let log = File::options().create(true).append(true).open(&self.log)?;
        self.command.stdout(log.try_clone()?).stderr(log);
        let begun = Instant::now();
        let mut process = Process::start(&mut self.command, Ending::Terminate)?;
        let url = format!("http://{}/healthz", self.address);
        loop {
            let answer = self.http.get(&url).timeout(Duration::from_secs(1)).send().await;
            if answer.is_ok_and(|answer| answer.status().is_success()) {
                break;
            }
            if process.ended()?.is_some() || begun.elapsed() > START_WITHIN {
                bail!("the server does not start: {}", self.last_words());
            }
            sleep(Duration::from_millis(5)).await;
        }
        self.slowest = self.slowest.max(begun.elapsed());
        self.process = Some(process);
        Ok(())
    }

    fn last_words(&self) -> String {
        let log = fs::read_to_string(&self.log).unwrap_or_default();
        let lines: Vec<_> = log.lines().rev().take(5).collect();
        lines.into_iter().rev().collect::<Vec<_>>().join("\n")
    }
}

//! Runs other programs: shows what fails, and ends what it started.

use anyhow::{Context, Result, bail};
use std::{
    io::{BufRead, BufReader},
    process::{Child, Command, ExitStatus, Stdio},
    sync::atomic::{AtomicBool, Ordering},
    thread,
    time::{Duration, Instant},
};

/// How long a program may take to end when asked to; then it is killed.
const PATIENCE: Duration = Duration::from_secs(10);
const GLANCE: Duration = Duration::from_millis(50);

static STOPPED: AtomicBool = AtomicBool::new(false);

/// From now on Ctrl-C (or a request to terminate) ends what runs, then this command, in order.
///
/// # Errors
/// If the handler cannot be set.
pub fn stop_on_ctrl_c() -> Result<()> {
    ctrlc::set_handler(|| STOPPED.store(true, Ordering::Relaxed))
        .context("Ctrl-C cannot be watched for")
}

/// Whether Ctrl-C was pressed.
pub fn stopped() -> bool {
    STOPPED.load(Ordering::Relaxed)
}

/// Runs to the end, its output shown.
///
/// # Errors
/// If it cannot start, fails, or Ctrl-C ends it.
pub fn run(command: &mut Command) -> Result<()> {
    let name = describe(command);
    succeeded(&name, Process::start(command, Ending::Interrupt)?.wait()?)
}

/// Runs to the end and gives its standard output, trimmed.
///
/// # Errors
/// If it cannot start or fails; what it said is in the error.
pub fn output(command: &mut Command) -> Result<String> {
    let name = describe(command);
    let done = command.stdin(Stdio::null()).output().with_context(|| cannot_start(&name))?;
    let said = String::from_utf8_lossy(&done.stderr);
    succeeded(&name, done.status).with_context(|| said.trim().to_owned())?;
    Ok(String::from_utf8_lossy(&done.stdout).trim().to_owned())
}

/// Runs to the end, its output shown and its standard output given as well, with whether it
/// succeeded: for test runners, whose failures are counted. `of` stands before each line that is
/// shown, where several run at once.
///
/// # Errors
/// If it cannot start, or Ctrl-C ends it.
pub fn tee(command: &mut Command, of: &str) -> Result<(String, bool)> {
    let mut process = Process::start(command.stdout(Stdio::piped()), Ending::Interrupt)?;
    let pipe = process.child.stdout.take().context("a program has no output to read")?;
    let of = of.to_owned();
    let reader = thread::spawn(move || {
        let mut all = String::new();
        for line in BufReader::new(pipe).split(b'\n').map_while(Result::ok) {
            let line = String::from_utf8_lossy(&line);
            println!("{of}{line}");
            all.push_str(&line);
            all.push('\n');
        }
        all
    });
    let status = process.wait()?;
    let all = reader.join().unwrap_or_default();
    Ok((all, status.success()))
}

/// How a program likes to be asked to end.
#[derive(Debug, Clone, Copy)]
pub enum Ending {
    /// As by Ctrl-C: cargo, npm, Playwright.
    Interrupt,
    /// As by a service manager: servers.
    Terminate,
}

/// What is done to a program without asking it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Signal {
    /// Ends it where it stands.
    Kill,
    /// It stands still until [`Signal::Continue`].
    Stop,
    Continue,
}

/// A program that runs; it and what it started end when this is dropped.
pub struct Process {
    child: Child,
    ending: Ending,
}

impl Process {
    /// Starts it in a process group of its own, so that its children can be ended with it.
    ///
    /// # Errors
    /// If it cannot start.
    pub fn start(command: &mut Command, ending: Ending) -> Result<Self> {
        own_group(command.stdin(Stdio::null()));
        let child = command.spawn().with_context(|| cannot_start(&describe(command)))?;
        Ok(Self { child, ending })
    }

    /// How it ended, or none while it runs.
    pub fn ended(&mut self) -> Result<Option<ExitStatus>> {
        self.child.try_wait().context("a program cannot be waited for")
    }

    /// Its process id.
    pub fn id(&self) -> u32 {
        self.child.id()
    }

    /// Sends it, and what it started, a signal.
    ///
    /// # Errors
    /// If the program has ended, or this system has no such signal.
    pub fn signal(&self, signal: Signal) -> Result<()> {
        send(&self.child, signal)
    }

    /// Ends it where it stands, and waits until it is gone.
    ///
    /// # Errors
    /// If it has ended before, or cannot be waited for.
    pub fn kill(&mut self) -> Result<()> {
        self.signal(Signal::Kill)?;
        self.child.wait().context("a program cannot be waited for")?;
        Ok(())
    }

    fn wait(&mut self) -> Result<ExitStatus> {
        loop {
            if let Some(status) = self.ended()? {
                return Ok(status);
            }
            if stopped() {
                bail!("stopped");
            }
            thread::sleep(GLANCE);
        }
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        let asked = Instant::now();
        while matches!(self.child.try_wait(), Ok(None)) {
            if asked.elapsed() < GLANCE {
                ask_to_end(&mut self.child, self.ending);
            } else if asked.elapsed() > PATIENCE {
                kill(&mut self.child);
                let _ = self.child.wait();
            }
            thread::sleep(GLANCE);
        }
    }
}

/// The command as one would type it.
pub fn describe(command: &Command) -> String {
    let words = std::iter::once(command.get_program()).chain(command.get_args());
    words.map(|word| word.to_string_lossy()).collect::<Vec<_>>().join(" ")
}

fn cannot_start(name: &str) -> String {
    format!("`{name}` cannot be started")
}

fn succeeded(name: &str, status: ExitStatus) -> Result<()> {
    if !status.success() {
        bail!("`{name}` failed ({status})");
    }
    Ok(())
}

#[cfg(unix)]
fn own_group(command: &mut Command) {
    use std::os::unix::process::CommandExt;
    command.process_group(0);
}

#[cfg(not(unix))]
fn own_group(_command: &mut Command) {}

#[cfg(unix)]
fn signal(child: &Child, name: &str) -> Result<()> {
    let group = format!("-{}", child.id());
    let status = Command::new("kill").args(["-s", name, "--", &group]).status();
    succeeded("kill", status.with_context(|| cannot_start("kill"))?)
}

#[cfg(unix)]
fn send(child: &Child, which: Signal) -> Result<()> {
    signal(
        child,
        match which {
            Signal::Kill => "KILL",
            Signal::Stop => "STOP",
            Signal::Continue => "CONT",
        },
    )
}

#[cfg(not(unix))]
fn send(_child: &Child, which: Signal) -> Result<()> {
    bail!("this system cannot send the signal {which:?}")
}

#[cfg(unix)]
fn ask_to_end(child: &mut Child, ending: Ending) {
    let name = match ending {
        Ending::Interrupt => "INT",
        Ending::Terminate => "TERM",
    };
    // It may have ended by itself meanwhile.
    let _ = signal(child, name);
}

#[cfg(unix)]
fn kill(child: &mut Child) {
    let _ = signal(child, "KILL");
}

/// Windows knows no polite way for a program without a window.
#[cfg(not(unix))]
fn ask_to_end(child: &mut Child, _ending: Ending) {
    kill(child);
}

#[cfg(not(unix))]
fn kill(child: &mut Child) {
    let _ = child.kill();
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_failure_names_the_command() {
        let error = run(Command::new("cargo").arg("no-such-command-here")).unwrap_err();
        assert!(error.to_string().contains("`cargo no-such-command-here` failed"), "{error}");
    }

    #[test]
    fn a_missing_program_is_a_sentence() {
        let error = output(&mut Command::new("no-such-program-here")).unwrap_err();
        assert_eq!(error.to_string(), "`no-such-program-here` cannot be started");
    }
}

//! What a process has used, as Linux counts it.

pub use system::{processor_time, resident_memory};

#[cfg(target_os = "linux")]
mod system {
    use anyhow::{Context, Result};
    use nix::{
        time::{clock_getcpuclockid, clock_gettime},
        unistd::Pid,
    };
    use std::{fs, time::Duration};

    /// The processor time that all of its threads have had, also those that have ended.
    ///
    /// # Errors
    /// If it is gone.
    pub fn processor_time(id: u32) -> Result<Duration> {
        let clock = clock_getcpuclockid(Pid::from_raw(id.try_into()?))?;
        Ok(clock_gettime(clock)?.into())
    }

    /// Its resident memory, in bytes.
    ///
    /// # Errors
    /// If it is gone.
    pub fn resident_memory(id: u32) -> Result<u64> {
        let status = fs::read_to_string(format!("/proc/{id}/status"))?;
        let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
        let kibibytes =
            line.and_then(|line| line.trim().strip_suffix(" kB")).context("no VmRSS")?;
        Ok(kibibytes.parse::<u64>()? * 1024)
    }
}

#[cfg(not(target_os = "linux"))]
mod system {
    use anyhow::{Result, bail};
    use std::time::Duration;

    /// Only Linux is asked.
    pub fn processor_time(_id: u32) -> Result<Duration> {
        bail!("the processor time of another program is read on Linux only");
    }

    /// Only Linux is asked.
    pub fn resident_memory(_id: u32) -> Result<u64> {
        bail!("the memory of another program is read on Linux only");
    }
}

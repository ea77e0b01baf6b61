//! Reads what test runners counted.

use anyhow::{Context, Result, bail};
use serde_json::Value;

/// What one or more runs counted.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Counts {
    /// Flaky ones are among them: they passed at the second try.
    pub passed: u64,
    pub failed: u64,
    pub skipped: u64,
    /// Titles of those that failed once, then passed.
    pub flaky: Vec<String>,
}

impl Counts {
    /// From what `cargo test` printed: the sum of its `test result:` lines.
    pub fn of_cargo(printed: &str) -> Self {
        Self::of_lines(printed, "test result: ")
    }

    /// From what the fault scenarios printed: their `scenarios:` line.
    pub fn of_faults(printed: &str) -> Self {
        Self::of_lines(printed, "scenarios: ")
    }

    /// The sum of all lines that begin so, each a list of numbers with their words.
    fn of_lines(printed: &str, beginning: &str) -> Self {
        let mut counts = Self::default();
        for line in printed.lines().filter_map(|line| line.strip_prefix(beginning)) {
            for part in line.split([';', '.', ',']) {
                let mut words = part.split_whitespace();
                let Some(number) = words.next().and_then(|word| word.parse::<u64>().ok()) else {
                    continue;
                };
                match words.next() {
                    Some("passed") => counts.passed += number,
                    Some("failed") => counts.failed += number,
                    Some("ignored" | "skipped") => counts.skipped += number,
                    _ => {}
                }
            }
        }
        counts
    }

    /// From Playwright's JSON report: what this project's tests came to.
    ///
    /// # Errors
    /// If it is not a report, or tells of an error outside any test.
    pub fn of_playwright(report: &str, project: &str) -> Result<Self> {
        let report: Value = serde_json::from_str(report).context("Playwright's report")?;
        let errors = report["errors"].as_array().context("Playwright's report has no `errors`")?;
        if let Some(error) = errors.first() {
            bail!(
                "Playwright: {}",
                error["message"].as_str().unwrap_or("an error outside any test")
            );
        }
        let mut counts = Self::default();
        counts.add_suite(&report, project);
        Ok(counts)
    }

    /// Suites hold suites and specs; a spec holds its test's outcome in each project.
    fn add_suite(&mut self, suite: &Value, project: &str) {
        let list = |value: &Value, name: &str| value[name].as_array().cloned().unwrap_or_default();
        for spec in list(suite, "specs") {
            for test in list(&spec, "tests").iter().filter(|test| test["projectName"] == project) {
                match test["status"].as_str() {
                    Some("expected") => self.passed += 1,
                    Some("skipped") => self.skipped += 1,
                    Some("flaky") => {
                        self.passed += 1;
                        let word = |name: &str| spec[name].as_str().unwrap_or_default();
                        self.flaky.push(format!("{}: {}", word("file"), word("title")));
                    }
                    _ => self.failed += 1,
                }
            }
        }
        for inner in list(suite, "suites") {
            self.add_suite(&inner, project);
        }
    }

    /// Both together.
    pub fn and(mut self, other: &Self) -> Self {
        self.passed += other.passed;
        self.failed += other.failed;
        self.skipped += other.skipped;
        self.flaky.extend_from_slice(&other.flaky);
        self
    }

    /// `7 passed`, and what else there was.
    pub fn summary(&self) -> String {
        let others = [(self.failed, "failed"), (self.skipped, "skipped")];
        let mut text = format!("{} passed", self.passed);
        for (number, name) in others.into_iter().filter(|(number, _)| *number > 0) {
            text.push_str(&format!(", {number} {name}"));
        }
        text
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cargo_results_are_summed() {
        let printed = "running 3 tests\ntest a ... ok\n\
            test result: ok. 3 passed; 0 failed; 1 ignored; 0 measured; 0 filtered out; finished in 0.01s\n\
            test result: FAILED. 2 passed; 4 failed; 0 ignored; 0 measured; 7 filtered out; finished in 1.50s\n";
        let counts = Counts { passed: 5, failed: 4, skipped: 1, flaky: vec![] };
        assert_eq!(Counts::of_cargo(printed), counts);
        assert_eq!(counts.summary(), "5 passed, 4 failed, 1 skipped");
    }

    #[test]
    fn scenarios_are_counted() {
        let printed = "scenario  rounds\nkill 5\nscenarios: 8 passed, 1 failed, 2 skipped\nfaults: rounds 9\n";
        let counts = Counts { passed: 8, failed: 1, skipped: 2, flaky: vec![] };
        assert_eq!(Counts::of_faults(printed), counts);
    }

    #[test]
    fn playwright_results_are_each_project_s_own_and_name_the_flaky() {
        let report = r#"{
            "suites": [{ "suites": [{ "specs": [
                { "title": "sends", "file": "chat.spec.ts", "tests": [
                    { "projectName": "SQLite", "status": "flaky" },
                    { "projectName": "MariaDB", "status": "unexpected" }
                ] },
                { "title": "reads", "file": "chat.spec.ts", "tests": [
                    { "projectName": "SQLite", "status": "expected" },
                    { "projectName": "MariaDB", "status": "skipped" }
                ] }
            ] }] }],
            "errors": []
        }"#;
        let sqlite = Counts::of_playwright(report, "SQLite").unwrap();
        assert_eq!(sqlite.summary(), "2 passed");
        assert_eq!(sqlite.flaky, ["chat.spec.ts: sends"]);
        let mariadb = Counts::of_playwright(report, "MariaDB").unwrap();
        assert_eq!(mariadb.summary(), "0 passed, 1 failed, 1 skipped");
    }

    #[test]
    fn an_error_outside_tests_is_an_error() {
        let report = r#"{ "suites": [], "errors": [{ "message": "no such file" }] }"#;
        let error = Counts::of_playwright(report, "SQLite").unwrap_err();
        assert_eq!(error.to_string(), "Playwright: no such file");
        assert!(Counts::of_playwright("{}", "SQLite").is_err());
    }
}

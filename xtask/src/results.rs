//! Reads what test runners counted.

use anyhow::{Context, Result};
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

    /// From Playwright's JSON report.
    ///
    /// # Errors
    /// If it is not one. An error outside any test counts as a failure.
    pub fn of_playwright(report: &str) -> Result<Self> {
        let report: Value = serde_json::from_str(report).context("Playwright's report")?;
        let number = |name: &str| {
            let number = report["stats"][name].as_u64();
            number.with_context(|| format!("Playwright's report has no `{name}`"))
        };
        let mut flaky = Vec::new();
        collect_flaky(&report, &mut flaky);
        let errors = report["errors"].as_array().map_or(0, Vec::len) as u64;
        Ok(Self {
            passed: number("expected")? + number("flaky")?,
            failed: number("unexpected")? + errors,
            skipped: number("skipped")?,
            flaky,
        })
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

/// Suites hold suites and specs; a spec holds its test's outcome in each project.
fn collect_flaky(suite: &Value, flaky: &mut Vec<String>) {
    let list = |value: &Value, name: &str| value[name].as_array().cloned().unwrap_or_default();
    for spec in list(suite, "specs") {
        if list(&spec, "tests").iter().any(|test| test["status"] == "flaky") {
            let word = |name: &str| spec[name].as_str().unwrap_or_default().to_owned();
            flaky.push(format!("{}: {}", word("file"), word("title")));
        }
    }
    for inner in list(suite, "suites") {
        collect_flaky(&inner, flaky);
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
    fn playwright_results_name_the_flaky() {
        let report = r#"{
            "suites": [{ "suites": [{ "specs": [
                { "title": "sends", "file": "chat.spec.ts", "tests": [{ "status": "flaky" }] },
                { "title": "reads", "file": "chat.spec.ts", "tests": [{ "status": "expected" }] }
            ] }] }],
            "errors": [],
            "stats": { "expected": 8, "unexpected": 0, "flaky": 1, "skipped": 0 }
        }"#;
        let counts = Counts::of_playwright(report).unwrap();
        assert_eq!((counts.passed, counts.failed), (9, 0));
        assert_eq!(counts.flaky, ["chat.spec.ts: sends"]);
    }

    #[test]
    fn an_error_outside_tests_is_a_failure() {
        let report = r#"{ "errors": [{}],
            "stats": { "expected": 0, "unexpected": 0, "flaky": 0, "skipped": 0 } }"#;
        assert_eq!(Counts::of_playwright(report).unwrap().failed, 1);
        assert!(Counts::of_playwright("{}").is_err());
    }
}

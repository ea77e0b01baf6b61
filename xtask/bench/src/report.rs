//! The table and `report.json`.

use crate::{
    rows::{Better, ROWS, Spec},
    stats::{Compared, median, spread},
};
use anyhow::{Context, Result};
use serde_json::{Map, Value, json};
use std::path::Path;

/// A control farther from 1 than this says that the machine was not quiet.
const QUIET: f64 = 0.05;

/// What was measured for one row.
#[derive(Debug, Clone)]
pub struct Measured {
    pub name: &'static str,
    pub value: f64,
    /// The least and the most of a round.
    pub spread: Option<(f64, f64)>,
    /// A measured by itself.
    pub control: Option<f64>,
    /// What the value is made of.
    pub remark: String,
}

impl Measured {
    /// A ratio.
    pub fn ratio(name: &'static str, compared: &Compared, remark: String) -> Self {
        let (value, control) = (compared.ratio(), Some(compared.control()));
        Self { name, value, spread: Some(compared.spread()), control, remark }
    }

    /// The median of several rounds.
    pub fn median(name: &'static str, values: &[f64], remark: String) -> Self {
        let (value, spread) = (median(values), Some(spread(values)));
        Self { name, value, spread, control: None, remark }
    }

    /// One figure over all rounds.
    pub fn one(name: &'static str, value: f64, remark: String) -> Self {
        Self { name, value, spread: None, control: None, remark }
    }
}

/// A row of the table: what was measured, or why it could not be.
pub struct Row {
    pub name: &'static str,
    pub outcome: Result<Measured>,
}

impl Row {
    fn spec(&self) -> Option<&'static Spec> {
        ROWS.iter().find(|spec| spec.name == self.name)
    }
}

/// Prints a row as soon as it is there.
pub fn print(row: &Row) {
    let Some(spec) = row.spec() else { return };
    let limit = |limit: Option<f64>| limit.map_or_else(|| "-".into(), number);
    let (target, floor) = (limit(spec.target), limit(spec.floor));
    let line = |value: &str, control: &str, verdict: &str, remark: &str| {
        let name = spec.name;
        let unit = spec.unit;
        println!(
            "{name:<22} {value:>9} {unit:<6} {target:>7} {floor:>7} {control:>7}  {verdict:<12} {remark}"
        );
    };
    match &row.outcome {
        Ok(measured) => {
            let control = measured.control.map_or_else(|| "-".into(), number);
            let spread = measured.spread.map_or_else(String::new, |(least, most)| {
                format!("{} to {}; ", number(least), number(most))
            });
            let remark = format!("{spread}{}", measured.remark);
            line(&number(measured.value), &control, verdict(spec, measured), &remark);
        }
        Err(error) => {
            // The whole of it is printed once, not in each row that it spoilt.
            let error = format!("{error:#}");
            line("-", "-", "not measured", error.lines().next().unwrap_or_default());
        }
    }
}

/// The head of the table.
pub fn print_head() {
    println!(
        "{:<22} {:>9} {:<6} {:>7} {:>7} {:>7}  {:<12} least to most; made of",
        "name", "value", "unit", "target", "floor", "control", "verdict"
    );
}

/// Writes all rows; those that were not measured have no value.
///
/// # Errors
/// If the file cannot be written.
pub fn write(path: &Path, rows: &[Row]) -> Result<()> {
    let mut all = Map::new();
    for row in rows {
        let Some(spec) = row.spec() else { continue };
        let measured = row.outcome.as_ref().ok();
        all.insert(
            spec.name.into(),
            json!({
                "value": measured.map(|measured| measured.value),
                "unit": spec.unit,
                "target": spec.target,
                "floor": spec.floor,
                "control": measured.and_then(|measured| measured.control),
            }),
        );
    }
    if let Some(folder) = path.parent() {
        std::fs::create_dir_all(folder)?;
    }
    let text = serde_json::to_string_pretty(&Value::Object(all))?;
    std::fs::write(path, text).with_context(|| format!("writing {}", path.display()))
}

fn verdict(spec: &Spec, measured: &Measured) -> &'static str {
    let meets = |limit: f64| match spec.better {
        Better::Higher => measured.value >= limit,
        Better::Lower => measured.value <= limit,
    };
    let is_noisy = measured.control.is_some_and(|control| (control - 1.0).abs() > QUIET);
    match (spec.target, spec.floor) {
        _ if is_noisy => "noisy",
        (Some(target), _) if meets(target) => "good",
        (_, Some(floor)) if meets(floor) => "short",
        (None, None) => "printed",
        _ => "BELOW FLOOR",
    }
}

/// With as many digits as tell something.
fn number(value: f64) -> String {
    match value.abs() {
        0.0 => "0".into(),
        size if size < 10.0 => format!("{value:.3}"),
        size if size < 100.0 => format!("{value:.1}"),
        _ => format!("{value:.0}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(name: &'static str, value: f64, control: Option<f64>) -> &'static str {
        let spec = ROWS.iter().find(|spec| spec.name == name).unwrap();
        verdict(spec, &Measured { name, value, spread: None, control, remark: String::new() })
    }

    #[test]
    fn the_verdict_goes_by_target_floor_and_control() {
        assert_eq!(told("poll_idle_ratio", 0.96, Some(1.0)), "good");
        assert_eq!(told("poll_idle_ratio", 0.90, Some(0.98)), "short");
        assert_eq!(told("poll_idle_ratio", 0.80, Some(1.02)), "BELOW FLOOR");
        assert_eq!(told("poll_idle_ratio", 0.96, Some(0.9)), "noisy");
        assert_eq!(told("poll_10k", 9.0, None), "good");
        assert_eq!(told("poll_10k", 51.0, None), "BELOW FLOOR");
        assert_eq!(told("build_clean_s", 300.0, None), "printed");
    }
}

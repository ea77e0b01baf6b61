//! The program as it is started.

use std::process::Command;

/// What it prints, and whether it succeeds, with these arguments.
fn run(args: &[&str]) -> (String, bool) {
    let output = Command::new(env!("CARGO_BIN_EXE_faults"))
        .env_remove("SAMPLEIM_BIN")
        .args(args)
        .output()
        .expect("it starts");
    let printed = [output.stdout, output.stderr].concat();
    (String::from_utf8_lossy(&printed).into_owned(), output.status.success())
}

#[test]
fn help_names_the_scenarios() {
    let (help, succeeded) = run(&["--help"]);
    assert!(succeeded && help.contains("kill") && help.contains("removed-member"), "{help}");
}

#[test]
fn what_it_does_not_know_is_refused() {
    for args in [&["--scenario", "flood"][..], &["--rounds", "many"], &["--quick", "--mutants"]] {
        let (said, succeeded) = run(args);
        assert!(!succeeded && said.contains("error:"), "{args:?}: {said}");
    }
}

//! The command line: what is wrong is one sentence and a non-zero exit.

use clap::Parser;
use sampleim::config::{Cli, Command, Registration, UserCommand};
use std::{net::TcpListener, process};

fn parsed(line: &str) -> Cli {
    Cli::try_parse_from(line.split_whitespace()).expect("a right command line")
}

#[test]
fn options_stand_before_after_or_without_the_command() {
    for line in [
        "sampleim --online-ttl 9",
        "sampleim --online-ttl 9 serve",
        "sampleim serve --online-ttl 9",
    ] {
        assert_eq!(parsed(line).options.online_ttl, 9, "{line}");
    }
    let options = parsed("sampleim").options;
    assert_eq!(options.listen().to_string(), "127.0.0.1:3000");
    assert_eq!(
        (options.online_ttl, options.online_max, options.upload_limit),
        (3, 10_000, 10_000_000)
    );
    assert_eq!(options.registration, Registration::Open);
    let by_link = parsed("sampleim --registration invitation").options.registration;
    assert_eq!(by_link, Registration::Invitation);
    assert_eq!(options.database().as_deref(), Ok("sqlite://data/sampleim.db"));
    assert_eq!(
        parsed("sampleim --lan --address 127.0.0.1:81").options.listen().to_string(),
        "0.0.0.0:81"
    );
    let proxies =
        parsed("sampleim --trusted-proxy 10.0.0.1 --trusted-proxy ::1").options.trusted_proxies;
    assert_eq!(proxies.len(), 2);
    for line in ["sampleim backup a.backup --data d", "sampleim export a.backup --data d"] {
        let cli = parsed(line);
        let Some(Command::Backup { file }) = cli.command else { panic!("{line}") };
        assert_eq!((file.to_str(), cli.options.data.to_str()), (Some("a.backup"), Some("d")));
    }
    let command = parsed("sampleim user create ann --admin").command;
    assert!(matches!(command, Some(Command::User(UserCommand::Create { admin: true, .. }))));
}

#[test]
fn a_size_may_have_a_unit() {
    for (text, bytes) in
        [("2000", 2_000), ("500kB", 500_000), ("10MB", 10_000_000), ("1GiB", 0), ("1MiB", 1 << 20)]
    {
        let cli = Cli::try_parse_from(["sampleim", "--upload-limit", text]);
        assert_eq!(cli.map_or(0, |cli| cli.options.upload_limit), bytes, "{text}");
    }
}

/// Runs the program where none of the machine's own settings reach it.
fn run(arguments: &[&str], environment: &[(&str, &str)]) -> process::Output {
    let folder = tempfile::tempdir().expect("a temporary folder");
    process::Command::new(env!("CARGO_BIN_EXE_sampleim"))
        .args(arguments)
        .env_clear()
        .envs(environment.iter().copied())
        .current_dir(folder.path())
        .stdin(process::Stdio::null())
        .output()
        .expect("the program runs")
}

#[track_caller]
fn fails(output: &process::Output, code: i32, word: &str) {
    let text = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(code), "{text}");
    assert_eq!(text.trim_end().lines().count(), 1, "one sentence: {text}");
    assert!(text.contains(word) && !text.contains("panicked"), "{text}");
}

#[test]
fn a_wrong_value_is_one_sentence_and_exit_2() {
    for (arguments, word) in [
        (&["--online-ttl", "0"][..], "1..=3600"),
        (&["--online-ttl", "3601"], "1..=3600"),
        (&["--online-ttl", "soon"], "--online-ttl"),
        (&["--online-max", "0"], "--online-max"),
        (&["--upload-limit", "999"], "between 1kB and 1GB"),
        (&["--upload-limit", "10MX"], "a size is needed"),
        (&["--upload-limit", "99999999999999999999"], "a size is needed"),
        (&["--address", "localhost"], "127.0.0.1:3000"),
        (&["--registration", "maybe"], "open, invitation, closed"),
        (&["--trusted-proxy", "nginx"], "--trusted-proxy"),
        (&["--nonsense"], "--nonsense"),
        (&["fly"], "fly"),
        (&["user", "create"], "<NAME>"),
        (&["backup"], "<FILE>"),
        (&["restore"], "<FILE>"),
    ] {
        fails(&run(arguments, &[]), 2, word);
    }
    fails(&run(&[], &[("SAMPLEIM_ONLINE_TTL", "0")]), 2, "1..=3600");
}

#[test]
fn what_the_machine_refuses_is_one_sentence_and_exit_1() {
    let taken = TcpListener::bind("127.0.0.1:0").expect("a free port");
    let address = taken.local_addr().expect("an address").to_string();
    fails(&run(&["--address", &address], &[]), 1, "is taken");
    fails(&run(&["--address", "192.0.2.1:3000"], &[]), 1, "does not have the address");
    fails(&run(&["migrate", "--data", "/dev/null/data"], &[]), 1, "cannot be written to");
    fails(&run(&["migrate", "--database-url-file", "none"], &[]), 1, "cannot be read");
    fails(&run(&["migrate", "--data", "what?"], &[]), 1, "data folder's name");
    // It accepts a connection, and says nothing.
    let silent = format!("mysql://u:p@{address}/n");
    fails(&run(&["migrate", "--database-url", &silent], &[]), 1, "does not answer");
    let secret = run(&["migrate", "--database-url", "postgres://u:hidden@h/n"], &[]);
    fails(&secret, 1, "sqlite:// or mysql://");
    assert!(!String::from_utf8_lossy(&secret.stderr).contains("hidden"));
}

#[test]
fn users_are_not_made_in_a_database_that_is_not_there() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let data = folder.path().join("elsewhere");
    let data = data.to_str().expect("text");
    for command in [&["create", "ann"][..], &["password", "ann"], &["admin", "ann"]] {
        let line = [&["user"][..], command, &["--data", data]].concat();
        fails(&run(&line, &[]), 1, "there is no database /");
    }
    assert_eq!(folder.path().read_dir().expect("a folder").count(), 0, "nothing was made");
    // Nor where a server was never started.
    let empty = folder.path().join("empty.db");
    std::fs::write(&empty, "").expect("written");
    let url = format!("sqlite://{}", empty.display());
    let created = run(&["user", "create", "ann", "--database-url", &url], &[]);
    fails(&created, 1, "there is no messenger in this database");
}

#[cfg(unix)]
#[test]
fn a_database_file_is_its_owner_s_alone_wherever_it_is() {
    use std::os::unix::fs::PermissionsExt;
    let folder = tempfile::tempdir().expect("a temporary folder");
    let (data, file) = (folder.path().join("data"), folder.path().join("sub/im.db"));
    let url = format!("sqlite://{}", file.display());
    let line = ["migrate", "--database-url", &url, "--data", data.to_str().expect("text")];
    assert!(run(&line, &[]).status.success());
    for path in [&file, file.parent().expect("a folder"), &data] {
        let mode = std::fs::metadata(path).expect("there").permissions().mode();
        assert_eq!(mode & 0o077, 0, "{}", path.display());
    }
}

#[test]
fn an_empty_variable_is_none_and_an_option_wins_over_variables() {
    let names =
        ["SAMPLEIM_LAN", "SAMPLEIM_TRUSTED_PROXY", "SAMPLEIM_LOG_LEVEL", "SAMPLEIM_DATABASE_URL"];
    let empty = run(&["migrate"], &names.map(|name| (name, "")));
    assert!(empty.status.success(), "{}", String::from_utf8_lossy(&empty.stderr));
    let url = ("SAMPLEIM_DATABASE_URL", "mysql://nobody@127.0.0.1:1/none");
    let file = ("SAMPLEIM_DATABASE_URL_FILE", "none");
    fails(&run(&["migrate"], &[url, file]), 1, "not both");
    let given = run(&["migrate", "--database-url", "sqlite://one.db"], &[url, file]);
    assert!(given.status.success(), "{}", String::from_utf8_lossy(&given.stderr));
    fails(&run(&["migrate", "--database-url-file=other"], &[url]), 1, "read from other");
    let folder = tempfile::tempdir().expect("a temporary folder");
    let marked = folder.path().join("url");
    std::fs::write(&marked, "\u{feff}sqlite://two.db\r\n").expect("written");
    let marked = run(&["migrate", "--database-url-file", &marked.display().to_string()], &[]);
    assert!(marked.status.success(), "{}", String::from_utf8_lossy(&marked.stderr));
}

#[test]
fn a_data_folder_is_one_server_s() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let data = folder.path().to_str().expect("text");
    let other = std::fs::File::create(folder.path().join(".server")).expect("made");
    other.lock().expect("locked");
    let line = ["--data", data, "--address", "127.0.0.1:0"];
    fails(&run(&line, &[]), 1, "another server runs with the data folder");
    assert!(!folder.path().join("sampleim.db").exists(), "nothing was made, or brought up to date");
}

#[test]
fn an_upload_folder_that_is_none_is_one_sentence() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    std::fs::write(folder.path().join("media"), "").expect("written");
    let data = folder.path().to_str().expect("text");
    fails(&run(&["migrate", "--data", data], &[]), 1, "media cannot be written to");
}

#[test]
fn help_names_each_setting_and_shows_no_secret() {
    let help = run(&["--help"], &[("SAMPLEIM_DATABASE_URL", "mysql://u:hidden@h/n")]);
    let text = String::from_utf8_lossy(&help.stdout);
    assert!(help.status.success() && text.contains("SAMPLEIM_UPLOAD_LIMIT"), "{text}");
    assert!(!text.contains("hidden"), "{text}");
}

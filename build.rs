//! Rebuilds the server when the site that it carries has changed.

fn main() {
    // Cargo takes a path that does not exist for changed, at every build.
    let _ = std::fs::create_dir_all("target/site");
    println!("cargo::rerun-if-changed=target/site");
}

//! The page's program: compiled, cut into what is loaded first and what is loaded when it is needed,
//! and given its JS.

use crate::{command, compress::short_hash, slim, tools, workspace::Workspace};
use anyhow::{Context, Result, anyhow};
use std::{
    fs,
    path::{Path, PathBuf},
};
use wasm_bindgen_cli_support::Bindgen;

/// The script that loads the parts of the program that are needed later.
pub const LOADER: &str = "load.js";

/// For whom the site is built.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Small and compressed.
    Release,
    /// Quick to build, with names in its stack traces.
    Dev,
}

impl Kind {
    /// The cargo profile of the frontend, and the folder that cargo puts its output in.
    fn profile(self, workspace: &Workspace) -> Result<(String, String)> {
        Ok(match self {
            Self::Release => {
                let name = workspace.leptos("lib-profile-release")?;
                (name.into(), name.into())
            }
            Self::Dev => ("dev".into(), "debug".into()),
        })
    }
}

/// Builds the program; gives the folder of its files. It is named after what was compiled and who works
/// on it, so that the same is not done twice.
///
/// # Errors
/// If it does not compile.
pub fn build(workspace: &Workspace, kind: Kind) -> Result<PathBuf> {
    let wasm = compile(workspace, kind)?;
    let input = fs::read(&wasm).with_context(|| format!("reading {}", wasm.display()))?;
    let cache = workspace.target.join("xtask-bindgen");
    let worker = fs::read(std::env::current_exe()?).context("reading this program itself")?;
    let folder = cache.join(format!("{kind:?}-{}-{}", short_hash(&input), short_hash(&worker)));
    if folder.is_dir() {
        return Ok(folder);
    }
    if cache.is_dir() {
        fs::remove_dir_all(&cache)?;
    }
    let working = cache.join("working");
    let name = workspace.leptos("output-name")?;
    let first = split(&input, name, &working)?;
    bind(&first, name, kind, &working)?;
    fs::rename(&working, &folder)?;
    Ok(folder)
}

/// Compiles the frontend; gives cargo's WASM file.
fn compile(workspace: &Workspace, kind: Kind) -> Result<PathBuf> {
    tools::ensure_target(tools::WASM)?;
    let package = workspace.leptos("lib-package")?;
    let (profile, folder) = kind.profile(workspace)?;
    let args = ["build", "--package", package, "--target", tools::WASM, "--profile", &profile];
    command::run(workspace.cargo().args(args))?;
    let file = format!("{}.wasm", package.replace('-', "_"));
    Ok(workspace.target.join(tools::WASM).join(folder).join(file))
}

/// Cuts off what the functions of `app/src/later.rs` alone need, into files of their own; gives the
/// rest, which is loaded first.
fn split(input: &[u8], name: &str, folder: &Path) -> Result<Vec<u8>> {
    let rest = folder.join("first.wasm");
    let (main_module, link_name) = (format!("./{name}.js"), format!("./{LOADER}"));
    let mut options = wasm_split_cli_support::Options::new(input);
    options.output_dir = folder;
    options.main_out_path = &rest;
    options.main_module = &main_module;
    options.link_name = &link_name;
    wasm_split_cli_support::transform(options)
        .map_err(|error| anyhow!("the program could not be cut into parts: {error:#}"))?;
    let bytes = fs::read(&rest)?;
    fs::remove_file(&rest)?;
    Ok(bytes)
}

/// Makes the JS of the program, and the WASM it loads.
fn bind(input: &[u8], name: &str, kind: Kind, folder: &Path) -> Result<()> {
    let release = kind == Kind::Release;
    let mut program = slim::read(input, !release)?;
    if release {
        slim::shed(&mut program);
    }
    let mut made = Bindgen::new()
        .input_module(name, program)
        .web(true)?
        .typescript(false)
        .omit_default_module_path(true)
        // What the later parts import of the first one.
        .keep_lld_exports(true)
        .debug(!release)
        .generate_output()
        .context("wasm-bindgen could not make the program's JS")?;
    slim::drop_streams(made.wasm_mut());
    let names = slim::shorten_imports(made.wasm_mut());
    made.emit(folder).context("writing the program and its JS")?;
    slim::rewrite(&folder.join(format!("{name}.js")), &names)
}

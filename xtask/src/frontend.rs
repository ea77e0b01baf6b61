//! The page's program: compiled, cut into what is loaded first and what is loaded when it is needed,
//! and given its JS.

use crate::{command, compress::short_hash, slim, tools, workspace::Workspace};
use anyhow::{Context, Result, anyhow, ensure};
use std::{
    fs,
    path::{Path, PathBuf},
};
use wasm_bindgen_cli_support::Bindgen;

/// How the script of the parts loads one: what stands before its path, and after it.
const ONCE: [&str; 2] = [
    "() => {\n    const src = fetch(new URL(",
    ", import.meta.url));\n    src.catch(() => {});\n    \
     return async (imports) => (WebAssembly.instantiateStreaming(src, imports));\n}\n",
];
/// How ours does.
const PART: &str = include_str!("part.js");

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
    let (first, loader) = split(&input, name, &working)?;
    bind(&first, &loader, name, kind, &working)?;
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
/// rest, which is loaded first, and the script that loads the others.
fn split(input: &[u8], name: &str, folder: &Path) -> Result<(Vec<u8>, String)> {
    let (rest, module) = (folder.join("first.wasm"), format!("./{name}.js"));
    let mut options = wasm_split_cli_support::Options::new(input);
    options.output_dir = folder;
    options.main_out_path = &rest;
    // One script, which imports itself: a second one would be one more answer to wait for.
    options.main_module = &module;
    options.link_name = &module;
    wasm_split_cli_support::transform(options)
        .map_err(|error| anyhow!("the program could not be cut into parts: {error:#}"))?;
    let bytes = fs::read(&rest)?;
    fs::remove_file(&rest)?;
    let loader = fs::read_to_string(folder.join(&module)).context("reading the parts' script")?;
    let own = loader.strip_prefix(&format!("import {{ initSync }} from \"{module}\";\n"));
    let own = own.context("the parts' script does not begin as it did")?;
    Ok((bytes, patient(own)?))
}

/// The script of the parts, which gives up when one cannot be loaded, made to go on trying.
fn patient(loader: &str) -> Result<String> {
    let [before, after] = ONCE;
    let patient = loader.replace(before, "part(").replace(after, ")");
    ensure!(
        patient.contains("part(") && !patient.contains("fetch("),
        "the parts' script does not load them as it did"
    );
    Ok(PART.to_owned() + &patient)
}

/// Makes the JS of the program, which ends with the `loader` of its parts, and the WASM it loads.
fn bind(input: &[u8], loader: &str, name: &str, kind: Kind, folder: &Path) -> Result<()> {
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
    // For tools that work on programs; a browser has no use for it.
    made.wasm_mut().customs.remove_raw("target_features");
    let names = slim::shorten_names(made.wasm_mut());
    made.emit(folder).context("writing the program and its JS")?;
    slim::rewrite(&folder.join(format!("{name}.js")), loader, &names)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_part_is_asked_for_again_and_again() {
        let [before, after] = ONCE;
        let loader = format!("const a = makeLoad({before}\"./a.wasm\"{after}, []);");
        let patient = patient(&loader).unwrap();
        assert_eq!(patient.strip_prefix(PART), Some("const a = makeLoad(part(\"./a.wasm\"), []);"));
        assert!(self::patient("makeLoad(() => fetch(\"./a.wasm\"))").is_err());
    }
}

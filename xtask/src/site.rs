//! Builds the site: the page's WASM and JS, the CSS and the public files, with names that carry
//! their content's hash, and a manifest that tells the server those names.

use crate::{
    compress::{Twins, publish, short_hash, twin},
    frontend::{self, Kind},
    workspace::{Workspace, files_below},
};
use anyhow::{Context, Result, anyhow, bail};
use lightningcss::{
    bundler::{Bundler, FileProvider},
    printer::PrinterOptions,
    stylesheet::{MinifyOptions, ParserOptions},
};
use std::{
    collections::BTreeSet,
    fs,
    path::{Path, PathBuf},
};

/// The most that JS, WASM and CSS may weigh together on the wire, in bytes. The page itself is some more.
const FIRST_LOAD_LIMIT: u64 = 244_000;

/// Makes the site's folder whole; what has not changed is left as it is.
///
/// # Errors
/// If a part does not compile, or a release's first load is too heavy.
pub fn build(workspace: &Workspace, kind: Kind) -> Result<()> {
    let program = frontend::build(workspace, kind)?;
    let style = workspace.root.join(workspace.leptos("style-file")?);
    let css = bundle_css(&style)?;
    let later_css = bundle_css(&style.with_file_name("later.css"))?;
    // Linked by the pages of the administration area alone.
    let admin_css = bundle_css(&style.with_file_name("admin.css"))?;
    let (name, folder) = (workspace.leptos("output-name")?, workspace.leptos("site-pkg-dir")?);

    let mut site = Site::open(workspace, kind)?;
    // They name each other, so the folder's name carries the hash of them all.
    let files = files_below(&program)?;
    let code = format!("{folder}/{}", hash_of(&files)?);
    site.put_all(&program, &code, &files)?;
    let (wasm, js) = (format!("{code}/{name}_bg.wasm"), format!("{code}/{name}.js"));
    let mut put_css = |name: &str, css: &str| {
        let path = format!("{folder}/{name}.{}.css", short_hash(css.as_bytes()));
        site.put(&path, css.as_bytes()).map(|()| path)
    };
    let (css, later_css) = (put_css(name, &css)?, put_css("later", &later_css)?);
    let admin_css = put_css("admin", &admin_css)?;
    let public = workspace.root.join(workspace.leptos("assets-dir")?);
    site.put_all(&public, "", &files_below(&public)?)?;

    if kind == Kind::Release {
        let code: u64 = site.weigh_all(&code)? - site.weigh(&wasm)? - site.weigh(&js)?;
        let later = code + site.weigh(&later_css)?;
        println!("loaded when needed: {} kB compressed", later.div_ceil(1000));
        first_load(&[
            ("WASM", site.weigh(&wasm)?),
            ("JS", site.weigh(&js)?),
            ("CSS", site.weigh(&css)?),
        ])?;
    }
    site.close(&serde_json::json!({
        "js": format!("/{js}"), "wasm": format!("/{wasm}"), "css": format!("/{css}"),
        "later_css": format!("/{later_css}"), "admin_css": format!("/{admin_css}"),
    }))
}

/// The site's folder, made if missing: the server's build wants it to be there.
///
/// # Errors
/// If it cannot be made.
pub fn folder(workspace: &Workspace) -> Result<PathBuf> {
    let folder = workspace.root.join(workspace.leptos("site-root")?);
    fs::create_dir_all(&folder).with_context(|| format!("making {}", folder.display()))?;
    Ok(folder)
}

/// The site's folder while it is filled.
struct Site {
    root: PathBuf,
    twins: Twins,
    kept: BTreeSet<PathBuf>,
    changed: bool,
}

impl Site {
    fn open(workspace: &Workspace, kind: Kind) -> Result<Self> {
        let twins = if kind == Kind::Release { Twins::Both } else { Twins::None };
        Ok(Self { root: folder(workspace)?, twins, kept: BTreeSet::new(), changed: false })
    }

    fn put(&mut self, path: &str, bytes: &[u8]) -> Result<()> {
        let path = self.root.join(path);
        self.changed |= publish(&path, bytes, self.twins)?;
        self.kept.extend([twin(&path, "br"), twin(&path, "gz"), path]);
        Ok(())
    }

    /// Puts files at their path below `from`, under `to`.
    fn put_all(&mut self, from: &Path, to: &str, files: &[PathBuf]) -> Result<()> {
        for file in files {
            let path = Path::new(to).join(file.strip_prefix(from)?);
            self.put(&path.to_string_lossy(), &fs::read(file)?)?;
        }
        Ok(())
    }

    /// Bytes on the wire, by Brotli.
    fn weigh(&self, path: &str) -> Result<u64> {
        let path = self.root.join(path);
        let size = fs::metadata(twin(&path, "br")).or_else(|_| fs::metadata(&path))?;
        Ok(size.len())
    }

    /// Bytes on the wire of all files below this folder, by Brotli.
    fn weigh_all(&self, folder: &str) -> Result<u64> {
        let files = self.kept.iter().filter_map(|path| path.strip_prefix(&self.root).ok());
        let files = files.filter(|path| path.starts_with(folder));
        let files = files.filter(|path| path.extension().is_some_and(|e| e == "wasm" || e == "js"));
        files.map(|path| self.weigh(&path.to_string_lossy())).sum()
    }

    /// Removes what earlier builds left, and writes the manifest. That is written whenever anything
    /// changed, for it is what tells cargo to take the site into the binary anew.
    fn close(mut self, manifest: &serde_json::Value) -> Result<()> {
        let path = self.root.join("manifest.json");
        self.kept.insert(path.clone());
        for file in files_below(&self.root)?.into_iter().filter(|file| !self.kept.contains(file)) {
            fs::remove_file(&file).with_context(|| format!("removing {}", file.display()))?;
            self.changed = true;
        }
        let text = format!("{manifest:#}\n");
        if self.changed || fs::read_to_string(&path).map_or(true, |old| old != text) {
            fs::write(&path, text).with_context(|| format!("writing {}", path.display()))?;
        }
        Ok(())
    }
}

/// One stylesheet with its imports, minified; modern syntax stays as it is written.
fn bundle_css(path: &Path) -> Result<String> {
    let files = FileProvider::new();
    let mut bundler = Bundler::new(&files, None, ParserOptions::default());
    let mut sheet = bundler.bundle(path).map_err(|error| anyhow!("style: {error}"))?;
    sheet.minify(MinifyOptions::default()).map_err(|error| anyhow!("style: {error}"))?;
    let printer = PrinterOptions { minify: true, ..PrinterOptions::default() };
    Ok(sheet.to_css(printer).map_err(|error| anyhow!("style: {error}"))?.code)
}

/// A short hash of these files' contents.
fn hash_of(files: &[PathBuf]) -> Result<String> {
    let mut all = Vec::new();
    for file in files {
        all.extend(fs::read(file)?);
    }
    Ok(short_hash(&all))
}

/// Prints what a browser loads first beside the page itself, and refuses too much.
fn first_load(parts: &[(&str, u64)]) -> Result<()> {
    let kilobytes = |bytes: u64| bytes.div_ceil(1000);
    let total = parts.iter().map(|(_, bytes)| bytes).sum();
    let list: Vec<_> =
        parts.iter().map(|(name, bytes)| format!("{name} {}", kilobytes(*bytes))).collect();
    println!("first load: {} kB compressed ({})", kilobytes(total), list.join(", "));
    if total > FIRST_LOAD_LIMIT {
        bail!("The first load is over {} kB.", kilobytes(FIRST_LOAD_LIMIT));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_load_has_a_limit() {
        assert!(first_load(&[("WASM", FIRST_LOAD_LIMIT - 1), ("JS", 1)]).is_ok());
        assert!(first_load(&[("WASM", FIRST_LOAD_LIMIT), ("JS", 1)]).is_err());
    }

    #[test]
    fn css_is_bundled_and_keeps_modern_syntax() {
        let folder = tempfile::tempdir().unwrap();
        let main = folder.path().join("main.css");
        fs::write(&main, "@import 'a.css';\n.b { color: light-dark(#000, #fff); & .c { top: 0 } }")
            .unwrap();
        fs::write(folder.path().join("a.css"), ".a { left: 0px; }").unwrap();
        let css = bundle_css(&main).unwrap();
        assert_eq!(css, ".a{left:0}.b{color:light-dark(#000,#fff);& .c{top:0}}");
    }

    #[test]
    fn a_missing_import_is_an_error() {
        let folder = tempfile::tempdir().unwrap();
        let main = folder.path().join("main.css");
        fs::write(&main, "@import 'gone.css';").unwrap();
        assert!(bundle_css(&main).is_err());
    }
}

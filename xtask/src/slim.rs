//! Makes the program smaller than the compiler can: takes out what nothing reaches, and gives short
//! names to what the program and its JS call each other by.

use anyhow::{Context, Result};
use std::{collections::BTreeMap, fs, path::Path};
use walrus::{FunctionBuilder, FunctionId, FunctionKind, Module, ModuleConfig, ValType};

/// Functions with fewer instructions stay: the compiler may have let other functions share their code.
const SHORT: u64 = 60;

/// Empties the waiting halves of `hydrate_async`, to which each view has a pointer: pages come to life
/// in one go, so nobody calls them. What only they use goes with them when the JS is made.
/// `named`: the functions' names are written with the program, for its stack traces.
///
/// # Errors
/// If the program cannot be read.
pub fn without_unreached(program: &[u8], named: bool) -> Result<Module> {
    let mut config = ModuleConfig::new();
    config.strict_validate(false).generate_name_section(named).generate_producers_section(named);
    let mut module = config.parse(program).context("reading the program")?;
    let is_unreached = |id: FunctionId| {
        let name = module.funcs.get(id).name.as_deref().unwrap_or_default();
        name.contains("hydrate_async") && name.contains("closure$u7d$")
    };
    let long = module.funcs.iter_local().filter(|(_, function)| function.size() > SHORT);
    let unreached: Vec<_> = long.map(|(id, _)| id).filter(|id| is_unreached(*id)).collect();
    for id in unreached {
        let ty = module.types.get(module.funcs.get(id).ty());
        let (params, results) = (ty.params().to_vec(), ty.results().to_vec());
        let args = params.iter().map(|ty: &ValType| module.locals.add(*ty)).collect();
        let mut builder = FunctionBuilder::new(&mut module.types, &params, &results);
        builder.func_body().unreachable();
        module.funcs.get_mut(id).kind = FunctionKind::Local(builder.local_func(args));
    }
    Ok(module)
}

/// The names of functions that a program takes from its JS, each with a short one.
pub type Names = BTreeMap<String, String>;

/// Renames what the program takes from its JS: those names end in a hash, which no compression
/// makes smaller.
pub fn shorten_imports(module: &mut Module) -> Names {
    let mut names = Names::new();
    for import in module.imports.iter_mut().filter(|import| import.name.starts_with("__wb")) {
        let short = format!("_{}", names.len());
        names.insert(std::mem::replace(&mut import.name, short.clone()), short);
    }
    names
}

/// Writes the JS with the short names.
///
/// # Errors
/// If the file cannot be read or written.
pub fn rename_in(js: &Path, names: &Names) -> Result<()> {
    let text = fs::read_to_string(js).with_context(|| format!("reading {}", js.display()))?;
    fs::write(js, renamed(&text, names)).with_context(|| format!("writing {}", js.display()))
}

/// A text with whole words replaced.
fn renamed(text: &str, names: &Names) -> String {
    let is_of_word = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == '$';
    let words = text.split_inclusive(|c| !is_of_word(c));
    words
        .map(|word| {
            let name = word.trim_end_matches(|c| !is_of_word(c));
            match names.get(name) {
                Some(short) => word.replacen(name, short, 1),
                None => word.to_owned(),
            }
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whole_words_are_renamed() {
        let names = Names::from([("__wbg_a_1".to_owned(), "_0".to_owned())]);
        let text = "{__wbg_a_1: f, __wbg_a_12: g}\n__wbg_a_1";
        assert_eq!(renamed(text, &names), "{_0: f, __wbg_a_12: g}\n_0");
    }
}

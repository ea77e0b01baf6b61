//! Makes the program smaller than the compiler can: takes out what nothing reaches or reads, and gives
//! short names to what the program and its JS call each other by.

use anyhow::{Context, Result};
use std::{collections::BTreeMap, fs, path::Path};
use walrus::{
    ConstExpr, Data, DataKind, FunctionBuilder, FunctionId, FunctionKind, Module, ModuleConfig,
    ValType, ir::Value,
};

/// Functions of that name with fewer instructions stay: the compiler may have let others share their
/// code.
const SHORT: u64 = 60;
/// Parts of the (mangled) names of functions that put a message together and then end the program. A
/// browser is not told the message (it would go to standard error); ending is all they have to do.
const ENDINGS: [&str; 5] = [
    "4core9panicking9panic_fmt",
    "4core9panicking19assert_failed_inner",
    "4core3str19slice_error_fail_rt",
    "4core5slice5index16slice_index_fail",
    "4core6result13unwrap_failed",
];
/// Types whose words say what is wrong with a JSON text: to the page any such text is no answer.
const UNREAD: [&str; 4] = [
    "serde_json..error..JsonUnexpected",
    "serde_json..error..ErrorCode",
    "serde_core..de..Unexpected",
    "serde_core..de..OneOf",
];

/// Messages that no page shows, each as it stands in a library.
const MESSAGES: &str = include_str!("messages.txt");

/// What becomes of a function.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Fate {
    /// Its call ends the program.
    End,
    /// It writes nothing, and succeeds.
    Silence,
}

/// Reads a program; `named`: with the functions' names, for its stack traces.
///
/// # Errors
/// If it is none.
pub fn read(program: &[u8], named: bool) -> Result<Module> {
    let mut config = ModuleConfig::new();
    config.strict_validate(false).generate_name_section(named).generate_producers_section(named);
    config.parse(program).context("reading the program")
}

/// Empties what is never called or read, or of no use. What only those functions use goes with them when the
/// JS is made.
pub fn shed(module: &mut Module) {
    let named = |id: FunctionId| module.funcs.get(id).name.as_deref().unwrap_or_default();
    let found = module
        .funcs
        .iter_local()
        .filter_map(|(id, function)| Some((id, fate(named(id), function.size() < SHORT)?)));
    for (id, fate) in found.collect::<Vec<_>>() {
        let ty = module.types.get(module.funcs.get(id).ty());
        let (params, results) = (ty.params().to_vec(), ty.results().to_vec());
        let args = params.iter().map(|ty: &ValType| module.locals.add(*ty)).collect();
        let mut builder = FunctionBuilder::new(&mut module.types, &params, &results);
        match (fate, results.as_slice()) {
            // `Ok(())` of `core::fmt::Result`.
            (Fate::Silence, [ValType::I32]) => drop(builder.func_body().const_(Value::I32(0))),
            (Fate::Silence, _) => continue,
            (Fate::End, _) => drop(builder.func_body().unreachable()),
        }
        module.funcs.get_mut(id).kind = FunctionKind::Local(builder.local_func(args));
    }
    forget_places(module);
    forget_messages(module);
}

/// Blanks out the longest messages of libraries: [`ENDINGS`] tell none, and [`UNREAD`] are not read.
fn forget_messages(module: &mut Module) {
    for id in module.data.iter().map(Data::id).collect::<Vec<_>>() {
        let data = module.data.get_mut(id);
        for message in MESSAGES.lines().map(str::as_bytes) {
            let bytes = &data.value;
            let found = bytes.windows(message.len()).enumerate();
            let found = found.filter(|(_, part)| *part == message).map(|(at, _)| at);
            for at in found.collect::<Vec<_>>() {
                data.value[at..at + message.len()].fill(0);
            }
        }
    }
}

/// Blanks out what says where in the source a panic began (`core::panic::Location`: the address and the
/// length of a file's name, a line and a column), and those names, which are paths of the machine that
/// built this: no message tells them any more.
fn forget_places(module: &mut Module) {
    let start = |data: &Data| match data.kind {
        DataKind::Active { offset: ConstExpr::Value(Value::I32(at)), .. } => {
            usize::try_from(at).ok()
        }
        _ => None,
    };
    let segments: Vec<_> =
        module.data.iter().filter_map(|data| Some((data.id(), start(data)?))).collect();
    let (mut places, mut names) = (Vec::new(), Vec::new());
    for (id, at) in &segments {
        let bytes = &module.data.get(*id).value;
        for place in (at.wrapping_neg() % 4..bytes.len()).step_by(4) {
            let Some([name, length, line, column]) = words(bytes, place) else { break };
            let found = segments.iter().find_map(|(id, at)| {
                let from = name.checked_sub(*at)?;
                let file = module.data.get(*id).value.get(from..from.checked_add(length)?)?;
                is_source(file).then_some((*id, from, length))
            });
            if let Some(found) = found.filter(|_| (1..100_000).contains(&line) && column < 10_000) {
                places.push((*id, place, 16));
                names.push(found);
            }
        }
    }
    for (id, from, length) in places.into_iter().chain(names) {
        module.data.get_mut(id).value[from..from + length].fill(0);
    }
}

/// The four numbers that stand here.
fn words(bytes: &[u8], at: usize) -> Option<[usize; 4]> {
    let word = |n: usize| {
        let bytes = bytes.get(at + 4 * n..at + 4 * n + 4)?;
        usize::try_from(u32::from_le_bytes(bytes.try_into().ok()?)).ok()
    };
    Some([word(0)?, word(1)?, word(2)?, word(3)?])
}

/// Whether this is the name of a source file.
fn is_source(name: &[u8]) -> bool {
    let is_path = |byte: &u8| byte.is_ascii_alphanumeric() || b"/\\:._-+".contains(byte);
    (4..300).contains(&name.len()) && name.ends_with(b".rs") && name.iter().all(is_path)
}

/// What becomes of the function of this name.
fn fate(name: &str, short: bool) -> Option<Fate> {
    // Each view has a pointer to its own. Pages come to life in one go, so nobody calls them.
    let waits = name.contains("hydrate_async") && name.contains("closure$u7d$") && !short;
    let begins_to_wait = name.contains("into_any13hydrate_async17h");
    if waits || begins_to_wait || ENDINGS.iter().any(|ending| name.contains(ending)) {
        return Some(Fate::End);
    }
    let is_text = name.contains("core..fmt..Display") && name.contains("3fmt17h");
    (is_text && UNREAD.iter().any(|unread| name.contains(unread))).then_some(Fate::Silence)
}

/// Part of the names of classes by which a library lets JS read and write streams: it exports them to
/// every program, and no page of ours has one.
const STREAMS: &str = "IntoUnderlying";

/// Takes those classes' functions out.
pub fn drop_streams(module: &mut Module) {
    let streams = STREAMS.to_lowercase();
    let found = module.exports.iter().filter(|export| export.name.contains(&streams));
    for id in found.map(walrus::Export::id).collect::<Vec<_>>() {
        module.exports.delete(id);
    }
    walrus::passes::gc::run(module);
}

/// The names of functions that a program and its JS take from each other, each with a short one.
pub type Names = BTreeMap<String, String>;

/// Renames what the program and its JS take from each other: those names end in a hash, which no
/// compression makes smaller.
pub fn shorten_names(module: &mut Module) -> Names {
    let imports = module.imports.iter_mut().map(|import| &mut import.name);
    let exports = module.exports.iter_mut().map(|export| &mut export.name);
    let is_long =
        |name: &&mut String| ["__wb", "wasm_bindgen__"].iter().any(|start| name.starts_with(start));
    let mut names = Names::new();
    for name in imports.chain(exports).filter(is_long) {
        let short = format!("_{}", names.len());
        names.insert(std::mem::replace(name, short.clone()), short);
    }
    names
}

/// Writes the JS anew: with `more` at its end, the short names, and without indents, comments, the classes
/// for streams and names for what is returned at once.
///
/// # Errors
/// If the file cannot be read or written.
pub fn rewrite(js: &Path, more: &str, names: &Names) -> Result<()> {
    let text = fs::read_to_string(js).with_context(|| format!("reading {}", js.display()))?;
    let text = returned_at_once(&without_comments(&(text + "\n" + more)));
    let text = renamed(&renamed(&text, names), &own_names(&text));
    fs::write(js, text).with_context(|| format!("writing {}", js.display()))
}

/// What wasm-bindgen writes, line by line: no comment of its stands beside code, and no text of its goes
/// over two lines.
fn without_comments(text: &str) -> String {
    let mut is_in_class = false;
    let mut kept = String::new();
    for line in text.lines().map(str::trim_start) {
        is_in_class |= line.starts_with(&format!("export class {STREAMS}"));
        let is_comment = ["/*", "*", "//"].iter().any(|start| line.starts_with(start));
        let is_end = line.starts_with("if (Symbol.dispose)") && line.contains(STREAMS);
        if !(is_in_class || is_comment || line.is_empty()) {
            kept.push_str(line);
            kept.push('\n');
        }
        is_in_class &= !is_end;
    }
    kept
}

/// Without a name for what the next line returns: `const ret = a.b;` and `return ret;`.
fn returned_at_once(text: &str) -> String {
    let mut kept = String::new();
    let mut lines = text.lines().peekable();
    while let Some(line) = lines.next() {
        let value = line.strip_prefix("const ret = ");
        match value.filter(|_| lines.next_if_eq(&"return ret;").is_some()) {
            Some(value) => kept.extend(["return ", value]),
            None => kept.push_str(line),
        }
        kept.push('\n');
    }
    kept
}

/// Short names for the functions that only this JS calls.
fn own_names(text: &str) -> Names {
    let declared = text.lines().filter_map(|line| {
        let line = line.strip_prefix("async ").unwrap_or(line);
        line.strip_prefix("function ")?.split('(').next()
    });
    let long = declared.filter(|name| name.len() > "_1234".len());
    long.enumerate().map(|(number, name)| (name.to_owned(), format!("${number}"))).collect()
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
    fn what_is_of_no_use_is_known_by_its_name() {
        let waiting = "_ZN3app13hydrate_async28_$u7b$$u7b$closure$u7d$$u7d$17h0E";
        assert_eq!((fate(waiting, false), fate(waiting, true)), (Some(Fate::End), None));
        assert_eq!(fate("_RNvNtCs0_4core9panicking9panic_fmt", true), Some(Fate::End));
        let text =
            "_ZN72_$LT$serde_json..error..ErrorCode$u20$as$u20$core..fmt..Display$GT$3fmt17h0E";
        assert_eq!(fate(text, true), Some(Fate::Silence));
        assert_eq!(fate("_ZN3app4send17h0E", false), None);
    }

    #[test]
    fn indents_comments_and_classes_for_streams_go() {
        let text = "export class IntoUnderlyingSink {\n    free() {}\n}\n\
            if (Symbol.dispose) IntoUnderlyingSink.prototype.x = 1;\n\
            /**\n * Words.\n */\nexport function a() {\n    return 2 * b; // c\n}\n";
        let kept = "export function a() {\nreturn 2 * b; // c\n}\n";
        assert_eq!(without_comments(text), kept);
    }

    #[test]
    fn what_is_returned_at_once_has_no_name() {
        let text = "const ret = f(a);\nreturn ret;\n}\nconst ret = g();\nh(ret);\nreturn ret;\n";
        let kept = "return f(a);\n}\nconst ret = g();\nh(ret);\nreturn ret;\n";
        assert_eq!(returned_at_once(text), kept);
    }

    #[test]
    fn a_library_s_messages_are_blanked_wherever_they_stand() {
        let mut module = Module::default();
        let message = "RefCell already borrowed";
        let text = format!("read{message}me {message}");
        let id = module.data.add(DataKind::Passive, text.clone().into_bytes());
        forget_messages(&mut module);
        let blank = "\0".repeat(message.len());
        assert_eq!(module.data.get(id).value, text.replace(message, &blank).into_bytes());
        assert!(
            MESSAGES.lines().all(|message| message.len() > 14),
            "no word of one's own is that long"
        );
    }

    #[test]
    fn functions_of_one_s_own_have_short_names() {
        let text = "function _7(a) {\nexport function hydrate() {\nfunction isLikeNone(x) {\n\
            async function __wbg_load(m) {\n";
        let names = [("isLikeNone", "$0"), ("__wbg_load", "$1")];
        assert_eq!(own_names(text), Names::from(names.map(|(a, b)| (a.to_owned(), b.to_owned()))));
    }

    #[test]
    fn whole_words_are_renamed() {
        let names = Names::from([("__wbg_a_1".to_owned(), "_0".to_owned())]);
        let text = "{__wbg_a_1: f, __wbg_a_12: g}\n__wbg_a_1";
        assert_eq!(renamed(text, &names), "{_0: f, __wbg_a_12: g}\n_0");
    }
}

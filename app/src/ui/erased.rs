//! One shape for the closures of views. The renderer is compiled anew, some kilobytes each time,
//! for every closure that a view holds; given through these it is compiled once for each type of
//! value.

use super::browser;
use leptos::{prelude::*, tachys::reactive_graph::SharedReactiveFunction};
use std::sync::{Arc, Mutex};

/// A value that follows signals: a view, or an attribute.
pub fn live<T: 'static>(value: impl FnMut() -> T + Send + 'static) -> SharedReactiveFunction<T> {
    Arc::new(Mutex::new(value))
}

/// What is done about an event.
pub fn when<E>(act: impl FnMut(E) + 'static) -> Box<dyn FnMut(E)> {
    Box::new(act)
}

/// Does something in the browser, now and whenever what it reads changes.
pub fn effect(act: impl FnMut() + 'static) {
    let act: Box<dyn FnMut()> = Box::new(act);
    Effect::new(act);
}

/// A value that follows signals, and is computed once for all who read it.
pub fn memo<T>(value: impl Fn() -> T + Send + Sync + 'static) -> Memo<T>
where
    T: PartialEq + Send + Sync + 'static,
{
    let value: Box<dyn Fn() -> T + Send + Sync> = Box::new(value);
    Memo::new(move |_| value())
}

/// A view that is there while `shown` holds.
pub fn shown_if(
    shown: impl Fn() -> bool + Send + Sync + 'static,
    view: impl FnMut() -> AnyView + Send + 'static,
) -> SharedReactiveFunction<Option<AnyView>> {
    shown_while(memo(shown), Box::new(view))
}

fn shown_while(
    shown: Memo<bool>,
    mut view: Box<dyn FnMut() -> AnyView + Send>,
) -> SharedReactiveFunction<Option<AnyView>> {
    live(move || shown.get().then(&mut view))
}

/// What tells one line of a list from another.
pub type Key = (u8, u64, u64);

/// A line of a list.
pub struct Line {
    key: Key,
    draw: Box<dyn FnOnce() -> AnyView + Send>,
}

impl Line {
    /// A line that is drawn when its key is new in its list.
    pub fn new(key: Key, draw: impl FnOnce() -> AnyView + Send + 'static) -> Self {
        Self { key, draw: Box::new(draw) }
    }
}

/// The lines of a list. A line whose key stays is kept as it is, with the focus if it has it.
pub fn keyed_list(lines: impl Fn() -> Vec<Line> + Send + 'static) -> AnyView {
    let draw = |line: Line| (line.draw)();
    // On the server no line ever changes: the same text, without an owner of signals for each.
    if !is_browser() {
        return lines().into_iter().map(draw).collect::<Vec<_>>().into_any();
    }
    let lines: Box<dyn Fn() -> Vec<Line> + Send> = Box::new(lines);
    let each = move || {
        browser::keep_focus();
        lines()
    };
    view! { <For each key=|line| line.key children=draw/> }.into_any()
}

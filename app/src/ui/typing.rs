//! The field that one types into, beneath the views that complete words in it.

use leptos::{
    ev::KeyboardEvent,
    prelude::{document, queue_microtask},
    tachys::{
        html::event::{self, EventDescriptor, capture, on},
        renderer::RemoveEventHandler,
    },
};
use web_sys::{
    Element, Event, HtmlDocument, HtmlTextAreaElement, InputEvent,
    wasm_bindgen::{JsCast, JsValue},
};

/// A field of several lines, in the page.
pub type Field = HtmlTextAreaElement;
/// Ends what is done about an event when it is dropped.
pub type Listener = RemoveEventHandler<Element>;

/// Does something about a key before the view that the field belongs to hears of it.
pub fn before_keys(field: &Field, act: impl FnMut(KeyboardEvent) + 'static) -> Listener {
    on(capture(event::keydown), act).attach_capture(field)
}

/// Does something after each of these events, when the field's own view has heard of it.
pub fn after<E>(field: &Field, kind: E, act: impl Fn(E::EventType) + Clone + 'static) -> Listener
where
    E: EventDescriptor + Send + 'static,
    E::EventType: From<JsValue> + 'static,
{
    let act = move |event| {
        let act = act.clone();
        queue_microtask(move || act(event));
    };
    on(kind, act).attach(field)
}

/// Keeps a key from everybody else.
pub fn take(event: &KeyboardEvent) {
    event.prevent_default();
    event.stop_immediate_propagation();
}

/// Whether an input method is composing, which is what this change of the text belongs to.
#[must_use]
pub fn is_composed(event: &Event) -> bool {
    event.unchecked_ref::<InputEvent>().is_composing()
}

/// What was typed by this change of the text; nothing for one that took something back.
#[must_use]
pub fn typed(event: &Event) -> Option<String> {
    event.unchecked_ref::<InputEvent>().data()
}

/// Where the caret stands, or what is selected begins, in UTF-16 code units.
#[must_use]
pub fn caret(field: &Field) -> Option<u32> {
    field.selection_start().ok()?
}

/// Puts `text` into the place of these code units, as if it were typed, so that the browser can take
/// it back.
pub fn type_over(field: &Field, from: u32, to: u32, text: &str) {
    let page = document().dyn_into::<HtmlDocument>();
    if let (Ok(page), Ok(())) = (page, field.set_selection_range(from, to)) {
        // Fails only in a field that nothing can be typed into.
        let _ = page.exec_command_with_show_ui_and_value("insertText", false, text);
    }
}

/// Puts `text` into the place of what is selected, and the caret behind it, in a field that need not have the
/// focus. Its view hears of it as if it were typed.
pub fn insert(field: &Field, text: &str) {
    let (Ok(Some(from)), Ok(Some(to))) = (field.selection_start(), field.selection_end()) else {
        return;
    };
    let put = field.set_range_text_with_start_and_end_and_mode(text, from, to, "end");
    if let (Ok(()), Ok(event)) = (put, Event::new("input")) {
        let _ = field.dispatch_event(&event);
    }
}

/// Tells who cannot see it that the field has a list, and which of its lines Enter takes: `line` is its
/// id. Without one the field has no list.
pub fn combine(field: &Field, list: &str, line: Option<&str>) {
    let attributes = [
        ("role", "combobox"),
        ("aria-autocomplete", "list"),
        ("aria-haspopup", "listbox"),
        ("aria-expanded", "true"),
        ("aria-controls", list),
        ("aria-activedescendant", line.unwrap_or_default()),
    ];
    for (name, value) in attributes {
        // Fails only for a name that is not one.
        let _ = match line {
            Some(_) => field.set_attribute(name, value),
            None => field.remove_attribute(name),
        };
    }
    let shown = line.and_then(|line| document().get_element_by_id(line));
    if let (Some(line), Some(list)) = (shown, document().get_element_by_id(list)) {
        let (line, list_box) = (line.get_bounding_client_rect(), list.get_bounding_client_rect());
        let below = (line.bottom() - list_box.bottom()).max(0.0);
        let above = (line.top() - list_box.top()).min(0.0);
        list.set_scroll_top(list.scroll_top() + (below + above) as i32);
    }
}

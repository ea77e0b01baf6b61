//! A picture over everything else: to look at closely, to keep, and to go on from to the others of its
//! conversation.

use super::{Attachment, AttachmentKind, address, view::name_of, waiting::Lightbox};
use crate::{
    i18n::use_lang,
    ids::{MediaId, RoomId},
    sync::store::{Store, use_store},
    ui::{
        address::{Address, closed_by_back},
        erased::{effect, live, memo, shown_if, when},
        icon::{Icon, IconName, icon_button},
    },
};
use leptos::{
    ev::{KeyboardEvent, MouseEvent, PointerEvent, WheelEvent},
    html::{Dialog, Div, Img},
    prelude::*,
};
use web_sys::HtmlElement;

/// The smallest and the largest size, and a step between, per cent of what fits.
const ZOOM: (i32, i32, i32) = (100, 800, 50);
/// The size after a double click, per cent.
const CLOSE: i32 = 250;
/// A finger that goes so far to a side, in pixels, turns to the next picture.
const SWIPE: i32 = 60;

/// How a picture lies: its size, per cent of what fits, and how far it is moved, in pixels.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Lying {
    zoom: i32,
    x: i32,
    y: i32,
}

const FITTING: Lying = Lying { zoom: ZOOM.0, x: 0, y: 0 };

impl Lying {
    /// By so much larger, per cent; one that fits lies in the middle.
    fn zoomed(self, by: i32) -> Self {
        let zoom = (self.zoom + by).clamp(ZOOM.0, ZOOM.1);
        if zoom == ZOOM.0 { FITTING } else { Self { zoom, ..self } }
    }

    fn css(self) -> String {
        let Self { zoom, x, y } = self;
        format!("translate({x}px, {y}px) scale(calc({zoom} / 100))")
    }
}

/// The picture that is `by` places after this one.
fn neighbour(all: &[Attachment], from: MediaId, by: isize) -> Option<&Attachment> {
    let place = all.iter().position(|picture| picture.id == from)?;
    all.get(place.checked_add_signed(by)?)
}

/// All pictures of a conversation that are loaded, oldest first, each once.
fn pictures(store: Store, room: RoomId) -> Vec<Attachment> {
    let mut all: Vec<Attachment> = Vec::new();
    store.timeline(room).with(|timeline| {
        for picture in timeline.messages().flat_map(|message| &message.attachments) {
            if picture.kind == AttachmentKind::Picture && all.iter().all(|p| p.id != picture.id) {
                all.push(picture.clone());
            }
        }
    });
    all
}

/// Shows a picture large.
#[component]
pub fn LightboxView() -> impl IntoView {
    let lang = use_lang();
    let store = use_store();
    let Lightbox(shown) = expect_context();
    let (dialog, stage, image) =
        (NodeRef::<Dialog>::new(), NodeRef::<Div>::new(), NodeRef::<Img>::new());
    let lying = RwSignal::new(FITTING);
    // Where a finger or the mouse is, and where it went down.
    let held = StoredValue::new(None::<((i32, i32), (i32, i32))>);
    let moved = StoredValue::new(false);
    let all = memo(move || {
        let room = shown.with(|shown| shown.as_ref().map(|(room, _)| *room));
        room.map(|room| pictures(store, room)).unwrap_or_default()
    });
    let beside = move |by| {
        let (room, from) = shown.with(|shown| shown.as_ref().map(|(room, p)| (*room, p.id)))?;
        all.with(|all| neighbour(all, from, by).cloned()).map(|picture| (room, picture))
    };
    let step = move |by| {
        if let Some(picture) = untrack(move || beside(by)) {
            lying.set(FITTING);
            shown.set(Some(picture));
        }
    };
    let zoom = move |by| lying.update(|lying| *lying = lying.zoomed(by));
    effect(move || {
        if let (Some(dialog), true) = (dialog.get(), shown.with(Option::is_some)) {
            // Fails only if it is open already.
            let _ = dialog.show_modal();
        }
    });
    effect(move || {
        if let Some(image) = image.get() {
            // Fails only for a property that is not one.
            let _ = HtmlElement::style(&image).set_property("transform", &lying.get().css());
        }
    });
    let close = move || {
        if let Some(dialog) = dialog.get_untracked() {
            dialog.close();
        }
    };
    closed_by_back(close);
    let Address { path } = expect_context();
    let opened_at = path.get_untracked();
    effect(move || {
        // A note of the system leads to another conversation.
        if path.with(|path| *path != opened_at) {
            close();
        }
    });
    let on_key = when(move |event: KeyboardEvent| {
        match event.key().as_str() {
            "ArrowLeft" => step(-1),
            "ArrowRight" => step(1),
            "+" | "=" => zoom(ZOOM.2),
            "-" => zoom(-ZOOM.2),
            "0" => lying.set(FITTING),
            _ => return,
        }
        event.prevent_default();
    });
    let at = |event: &PointerEvent| (event.client_x(), event.client_y());
    let on_down = when(move |event: PointerEvent| {
        moved.set_value(false);
        held.set_value(Some((at(&event), at(&event))));
    });
    let on_move = when(move |event: PointerEvent| {
        let Some((down, before)) = held.get_value() else { return };
        let now = at(&event);
        held.set_value(Some((down, now)));
        moved.update_value(|moved| *moved |= (now.0 - down.0).abs() + (now.1 - down.1).abs() > 5);
        if lying.get_untracked().zoom > ZOOM.0 {
            lying.update(|lying| {
                lying.x += now.0 - before.0;
                lying.y += now.1 - before.1;
            });
        }
    });
    let on_up = when(move |event: PointerEvent| {
        let down = held.get_value().map(|(down, _)| down.0);
        held.set_value(None);
        let Some(way) = down.map(|down| at(&event).0 - down) else { return };
        if way.abs() > SWIPE && lying.get_untracked() == FITTING {
            step(if way < 0 { 1 } else { -1 });
        }
    });
    let on_wheel = when(move |event: WheelEvent| {
        event.prevent_default();
        zoom(if event.delta_y() < 0.0 { ZOOM.2 } else { -ZOOM.2 });
    });
    // Beside the picture.
    let on_click = when(move |event: MouseEvent| {
        let ground =
            stage.get_untracked().map(|stage| web_sys::EventTarget::from((*stage).clone()));
        if event.target() == ground && !moved.get_value() {
            close();
        }
    });
    let on_double = move |_: MouseEvent| {
        lying.update(|lying| {
            *lying = match *lying == FITTING {
                true => lying.zoomed(CLOSE - ZOOM.0),
                false => FITTING,
            };
        });
    };
    let words = live(move || {
        let (_, picture) = shown.get()?;
        let (count, place) =
            all.with(|all| (all.len(), all.iter().position(|p| p.id == picture.id)));
        let place = place.filter(|_| count > 1).map(|place| format!("{} / {count}", place + 1));
        let name = name_of(&picture, lang);
        Some(
            view! {
                <span class="grow" dir="auto">{name.clone()}</span>
                <span>{place}</span>
                <a
                    class="icon-button"
                    href=address(picture.id)
                    download=name
                    title=lang.download()
                    aria-label=lang.download()
                >
                    <Icon name=IconName::DOWNLOAD/>
                </a>
            }
            .into_any(),
        )
    });
    let picture = live(move || {
        let (_, picture) = shown.get()?;
        Some(
            view! {
                <img
                    node_ref=image
                    src=address(picture.id)
                    alt=name_of(&picture, lang)
                    width=picture.width
                    height=picture.height
                    draggable="false"
                    on:dblclick=when(on_double)
                />
            }
            .into_any(),
        )
    });
    // Both stay to the ends, where one does nothing: a button that goes would take the focus with it.
    let turn = move |by: isize, class: &'static str, label: &'static str| {
        view! {
            <button
                type="button"
                class=["icon-button turn ", class].concat()
                title=label
                aria-label=label
                aria-disabled=live(move || beside(by).is_none().to_string())
                on:click=when(move |_: MouseEvent| step(by))
            >
                <Icon name=IconName::BACK/>
            </button>
        }
        .into_any()
    };
    let turns = shown_if(
        move || all.with(|all| all.len() > 1),
        move || {
            let before = turn(-1, "previous", lang.previous_picture());
            view! { {before} {turn(1, "next", lang.next_picture())} }.into_any()
        },
    );
    view! {
        <dialog
            class="lightbox"
            node_ref=dialog
            aria-label=lang.field_picture()
            on:close=when(move |_| shown.set(None))
            on:keydown=on_key
        >
            <header>
                {words}
                {icon_button(lang.zoom_out(), IconName::MINUS, move || zoom(-ZOOM.2))}
                {icon_button(lang.zoom_in(), IconName::PLUS, move || zoom(ZOOM.2))}
                {icon_button(lang.close(), IconName::X, close)}
            </header>
            <div
                class="stage"
                node_ref=stage
                on:pointerdown=on_down
                on:pointermove=on_move
                on:pointerup=on_up
                on:pointercancel=when(move |_: PointerEvent| held.set_value(None))
                on:wheel=on_wheel
                on:click=on_click
            >
                {picture}
            </div>
            {turns}
        </dialog>
    }
    .into_any()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_picture_grows_and_shrinks_between_its_bounds() {
        let moved = Lying { zoom: 150, x: 30, y: -4 };
        assert_eq!(moved.zoomed(50), Lying { zoom: 200, ..moved });
        assert_eq!(moved.zoomed(-50), FITTING, "what fits lies in the middle");
        assert_eq!(moved.zoomed(9_999).zoom, 800);
        assert_eq!(moved.css(), "translate(30px, -4px) scale(calc(150 / 100))");
    }

    #[test]
    fn one_turns_from_picture_to_picture_up_to_both_ends() {
        let picture = |id| Attachment {
            id: MediaId(id),
            kind: AttachmentKind::Picture,
            name: String::new(),
            bytes: 1,
            width: 1,
            height: 1,
            thumb_width: 1,
            thumb_height: 1,
        };
        let all = [picture(4), picture(2), picture(9)];
        let beside = |from, by| neighbour(&all, MediaId(from), by).map(|p| p.id.0);
        assert_eq!([beside(4, 1), beside(2, 1), beside(9, 1)], [Some(2), Some(9), None]);
        assert_eq!([beside(9, -1), beside(4, -1), beside(7, 1)], [Some(2), None, None]);
    }
}

//! What a group says of itself: the fields, and the form of who manages it.

use super::{
    Room, Visibility,
    api::{describe_group, set_group_picture},
};
use crate::{
    account::gate::{FormError, TextField},
    error::{Error, Field},
    i18n::use_lang,
    media::{Purpose, chooser::PictureChooser},
    sync::{naming::group_name, store::use_store},
    ui::{
        erased::when,
        form::{Fields, Form},
    },
};
use leptos::{ev::SubmitEvent, prelude::*};

/// Changes what `room` says of itself; `done` is called when that is stored.
#[component]
pub fn DescribeGroup(room: Room, done: impl Fn() + Copy + 'static) -> impl IntoView {
    let lang = use_lang();
    let store = use_store();
    let id = room.id;
    let (form, picture) = (Form::new(""), Form::new(""));
    let error = form.error();
    let save = when(move |event: SubmitEvent| {
        let fields = Fields::of(&event);
        let (name, introduction) = (fields.text("name"), fields.text("introduction"));
        let public = fields.is_true("public");
        form.send(async move {
            describe_group(id, name, introduction, public).await?;
            done();
            Ok(())
        });
    });
    let name = group_name(&room.name, lang);
    let shown = name.clone();
    view! {
        <div class="describe">
            <PictureChooser
                purpose=Purpose::Room
                name=Signal::derive(move || shown.clone())
                picture=Signal::derive(move || {
                    store.rooms.with(|rooms| rooms.get(&id).and_then(|room| room.avatar))
                })
                set=move |media| picture.send(set_group_picture(id, media))
                error=picture.error()
            />
            <form on:submit=save>
                <FormError error/>
                <GroupFields
                    name
                    introduction=room.introduction
                    visibility=room.visibility
                    error
                />
                <button class="primary" prop:disabled=form.pending>
                    {lang.save()}
                </button>
            </form>
        </div>
    }
    .into_any()
}

/// Name, introduction, and who may find the group; that is not asked of a default group.
#[component]
pub fn GroupFields(
    #[prop(optional, into)] name: String,
    #[prop(optional, into)] introduction: String,
    #[prop(default = Visibility::Private)] visibility: Visibility,
    error: Signal<Option<Error>>,
) -> impl IntoView {
    let lang = use_lang();
    let choice =
        move |value: &'static str, is_chosen: bool, word: &'static str, words: &'static str| {
            view! {
                <label>
                    <input type="radio" name="public" value=value checked=is_chosen/>
                    <span><b>{word}</b> <small>{words}</small></span>
                </label>
            }
            .into_any()
        };
    let public = visibility == Visibility::Public;
    view! {
        <TextField field=Field::GroupName name="name" value=name error/>
        <TextField field=Field::Introduction name="introduction" value=introduction error/>
        {(visibility != Visibility::Default).then(|| view! {
            <fieldset class="choices">
                <legend>{lang.who_finds_it()}</legend>
                {choice("false", !public, lang.private_group(), lang.private_group_words())}
                {choice("true", public, lang.public_group(), lang.public_group_words())}
            </fieldset>
        })}
    }
}

//! Uploads.

use super::{
    Asked, Listed, Sum, Upload,
    frame::{cell, hidden, parts, room, table, user, when},
};
use crate::{
    i18n::{Lang, use_lang},
    ids::RoomId,
    ui::bytes,
};
use leptos::prelude::*;

const PATH: &str = "/admin/uploads";

/// The uploads, and those of people and rooms that take the most.
pub fn uploads(
    uploads: Listed<Upload>,
    people: Vec<Sum>,
    rooms: Vec<Sum>,
    asked: &Asked,
) -> AnyView {
    let lang = use_lang();
    let heads = [
        lang.file(),
        lang.size(),
        lang.owner_of_file(),
        lang.where_sent(),
        lang.when_sent(),
        lang.actions(),
    ];
    let here = asked.address(PATH, "page", &uploads.part.to_string());
    let row = |upload: &Upload| {
        view! {
            <tr>
                {cell(heads[0], view! { <bdi>{upload.name.clone()}</bdi> })}
                {cell(heads[1], size(upload.bytes))}
                {cell(heads[2], user(upload.owner_id, &upload.owner))}
                {cell(heads[3], place(lang, upload))}
                {cell(heads[4], when(lang, upload.created))}
                {cell(heads[5], remove(lang, upload, &here))}
            </tr>
        }
        .into_any()
    };
    let rows = uploads.lines.iter().map(row).collect();
    let is_by_size = asked.sort == "size";
    let order = |label: &'static str, sort: &'static str, is_now: bool| {
        let href = format!("{PATH}?sort={sort}");
        view! { <a href=href aria-current=is_now.then_some("true")>{label}</a> }
    };
    view! {
        <p class="segmented">
            {order(lang.newest_first(), "new", !is_by_size)}
            {order(lang.largest_first(), "size", is_by_size)}
        </p>
        {table(lang, lang.uploads_take(), &heads, rows)}
        {parts(lang, PATH, asked, uploads.part, uploads.is_more)}
        <div class="beside">
            {sums(lang, lang.most_by_people(), people, |sum| user(sum.id, &sum.name))}
            {sums(lang, lang.most_by_rooms(), rooms, move |sum| room(lang, RoomId(sum.id), &sum.kind, &sum.name))}
        </div>
    }
    .into_any()
}

fn size(count: i64) -> String {
    bytes(count.unsigned_abs())
}

/// Where an upload is shown.
fn place(lang: Lang, upload: &Upload) -> AnyView {
    match (upload.room_id, &upload.room_kind, &upload.room) {
        (Some(id), Some(kind), Some(name)) => room(lang, RoomId(id), kind, name),
        _ if upload.purpose == "avatar" => lang.its_picture().into_any(),
        _ => "–".into_any(),
    }
}

fn remove(lang: Lang, upload: &Upload, here: &str) -> AnyView {
    view! {
        <form method="post" action="/api/admin_remove_upload">
            {hidden(vec![("media", upload.id.to_string()), ("back", here.to_owned())])}
            <button class="text-button">
                {lang.remove_upload()} <span class="visually-hidden">" " {upload.name.clone()}</span>
            </button>
        </form>
    }
    .into_any()
}

fn sums(
    lang: Lang,
    title: &'static str,
    sums: Vec<Sum>,
    name: impl Fn(&Sum) -> AnyView,
) -> AnyView {
    let line = |sum: &Sum| {
        let more = format!("{} · {}", size(sum.bytes), lang.files(sum.uploads));
        view! { <li>{name(sum)} <span class="more">{more}</span></li> }.into_any()
    };
    let lines: Vec<_> = sums.iter().map(line).collect();
    view! { <section class="panel"><h2>{title}</h2><ol class="sums">{lines}</ol></section> }
        .into_any()
}

//! Pictures: uploading, refusing, serving.

use crate::harness::{Engine, Person, Server, client_id, on_both_engines, refusal};
use app::{
    ids::RoomId,
    media::Attachment,
    message::{Kind, Message},
    server::Settings,
};
use futures_util::stream;
use reqwest::{
    Body, Response,
    header::{ALLOW, CACHE_CONTROL, CONTENT_DISPOSITION, CONTENT_TYPE, RETRY_AFTER},
    multipart::{Form, Part},
};
use serde_json::json;
use std::{
    fs,
    io::{self, Write},
    path::Path,
    time::Duration,
};
use tokio::{
    task::JoinHandle,
    time::{sleep, timeout},
};

on_both_engines!(
    a_picture_is_seen_by_the_members_of_its_room_only,
    what_is_refused_leaves_nothing_on_disk,
    a_deleted_message_s_picture_is_gone_from_the_disk,
    an_avatar_is_seen_by_everyone_who_is_logged_in,
    a_nasty_file_name_stays_in_its_header,
    too_many_uploads_are_429,
    one_person_s_uploads_leave_places_to_others,
    an_upload_whose_sender_hung_up_is_stored_whole_or_not_at_all,
);

/// 64 by 48 pixels.
pub const PNG: &[u8] = include_bytes!("picture.png");

pub fn form(field: &'static str, name: &str, bytes: Vec<u8>) -> Form {
    Form::new().part(field, Part::bytes(bytes).file_name(name.to_owned()))
}

pub async fn upload(person: &Person, purpose: &str, form: Form) -> Response {
    let request = person.post(&format!("/api/media?purpose={purpose}")).multipart(form);
    request.send().await.expect("an answer")
}

pub async fn uploaded(person: &Person, purpose: &str, name: &str) -> Attachment {
    let response = upload(person, purpose, form("file", name, PNG.to_vec())).await;
    assert_eq!(response.status(), 200);
    response.json().await.expect("a picture")
}

pub async fn fetch(person: &Person, path: &str) -> Response {
    person.get(path).send().await.expect("an answer")
}

async fn show(person: &Person, room: RoomId, picture: &Attachment) -> Message {
    let id = client_id(u32::try_from(picture.id.0).expect("a small number"));
    let (room, media) = (room.to_string(), picture.id.to_string());
    let fields = [("room", room), ("client_id", id), ("body", String::new()), ("media[0]", media)];
    person.done("send", &fields).await
}

/// How many files there are below a folder but for the database's own.
pub fn files(folder: &Path) -> usize {
    let Ok(entries) = fs::read_dir(folder) else { return 0 };
    let paths = entries.map(|entry| entry.expect("an entry").path());
    paths.map(|path| if path.is_dir() { files(&path) } else { 1 }).sum()
}

/// A folder, and what is in it, if others than their owner may look there.
#[cfg(unix)]
fn readable_by_others(path: &Path) -> Vec<String> {
    use std::os::unix::fs::PermissionsExt;
    let mode = fs::metadata(path).expect("it is there").permissions().mode();
    let own = (mode & 0o077 != 0).then(|| path.display().to_string());
    let entries = fs::read_dir(path).into_iter().flatten().map(|entry| entry.expect("an entry"));
    own.into_iter().chain(entries.flat_map(|entry| readable_by_others(&entry.path()))).collect()
}

async fn a_picture_is_seen_by_the_members_of_its_room_only(engine: Engine) {
    let server = Server::plain(engine).await;
    let (ada, bob) = (server.person("ada").await, server.person("bob").await);
    let eve = server.person("eve").await;
    let room: RoomId = ada.done("open_direct", &[("user", bob.id.0)]).await;
    let picture = uploaded(&ada, "message", "猫.png").await;
    assert_eq!((picture.width, picture.height), (64, 48));
    assert_eq!((picture.thumb_width, picture.thumb_height), (64, 48));
    assert_eq!(picture.name, "猫.png");
    assert_eq!(files(&server.data().join("media")), 2);
    #[cfg(unix)]
    assert_eq!(readable_by_others(&server.data().join("media")), [] as [&str; 0]);
    let [whole, thumb] = [format!("/media/{}", picture.id), format!("/media/{}/thumb", picture.id)];
    assert_eq!(fetch(&ada, &whole).await.status(), 200, "its owner, before it is sent");
    assert_eq!(fetch(&bob, &whole).await.status(), 404, "not before it is sent");
    let sent = show(&ada, room, &picture).await;
    assert_eq!((sent.kind, sent.attachments), (Kind::Image, vec![picture]));
    for (path, content_type) in [(&whole, "image/png"), (&thumb, "image/jpeg")] {
        for person in [&ada, &bob] {
            let response = fetch(person, path).await;
            assert_eq!(response.status(), 200);
            let headers = response.headers().clone();
            assert_eq!(headers[CONTENT_TYPE], content_type);
            assert_eq!(headers["x-content-type-options"], "nosniff");
            assert_eq!(headers[CACHE_CONTROL], "private, no-cache");
            assert_eq!(headers["content-security-policy"], "default-src 'none'; sandbox");
            let disposition = headers[CONTENT_DISPOSITION].to_str().expect("text");
            assert!(
                disposition.starts_with("inline; filename*=UTF-8''%E7%8C%AB."),
                "{disposition}"
            );
            let bytes = response.bytes().await.expect("a body");
            let signature: &[u8] = if path == &whole { b"\x89PNG" } else { b"\xff\xd8\xff" };
            assert!(bytes.starts_with(signature));
        }
        let unknown = refusal(fetch(&eve, "/media/999999").await).await;
        assert_eq!(refusal(fetch(&eve, path).await).await, unknown, "as if there were none");
        assert_eq!(unknown.0, 404);
        assert_eq!(fetch(&server.client(), path).await.status(), 401);
    }
    // Nor can a stranger make it theirs by sending it on.
    let fields = [("room", "1"), ("client_id", &client_id(1)), ("body", ""), ("media[0]", "1")];
    assert_eq!(refusal(eve.form("send", &fields).await).await.0, 404);
    for nonsense in ["x", "-1", "0", "99999999999999999999", "1x", "%00"] {
        assert_eq!(refusal(fetch(&ada, &format!("/media/{nonsense}")).await).await.0, 404);
    }
}

async fn an_upload_whose_sender_hung_up_is_stored_whole_or_not_at_all(engine: Engine) {
    let server = Server::plain(engine).await;
    let ada = server.person("ada").await;
    let form = form("file", "a.png", black(6_000));
    let request = ada.post("/api/media?purpose=message").multipart(form);
    // Long enough to be received, and not to be decoded.
    let answer = timeout(Duration::from_millis(400), request.send()).await;
    assert!(answer.is_err(), "it was stored before its sender hung up");
    for _ in 0..600 {
        if fetch(&ada, "/media/1").await.status() == 200 {
            assert_eq!(files(&server.data().join("media")), 2, "it and its thumbnail");
            let fields =
                [("room", "1"), ("client_id", &client_id(1)), ("body", ""), ("media[0]", "1")];
            let _: Message = ada.done("send", &fields).await;
            return;
        }
        sleep(Duration::from_millis(50)).await;
    }
    panic!("it was given up with its sender");
}

async fn what_is_refused_leaves_nothing_on_disk(engine: Engine) {
    let server =
        Server::start(engine, Settings { upload_limit: 20_000, ..Settings::default() }).await;
    let ada = server.person("ada").await;
    let picture = |bytes: &[u8]| form("file", "picture.png", bytes.to_vec());
    for (what, form, expected) in [
        ("a wrong field", form("other", "picture.png", PNG.to_vec()), (400, "malformed")),
        ("no field", Form::new(), (400, "malformed")),
        ("too large", picture(&[0; 20_001]), (413, "too_large")),
        ("far too large", picture(&vec![0; 30_000]), (413, "too_large")),
        ("its head alone", picture(&PNG[..40]), (422, "broken_picture")),
        ("half of it", picture(&PNG[..PNG.len() / 2]), (422, "broken_picture")),
        ("a bomb", picture(&bomb()), (422, "picture_too_big")),
    ] {
        let (status, error) = refusal(upload(&ada, "message", form).await).await;
        assert_eq!((status, error["error"].as_str().expect("text")), expected, "{what}");
        assert!(error["message"].as_str().is_some_and(|words| !words.is_empty()), "{what}");
        assert_eq!(files(&server.data().join("media")), 0, "{what}");
    }
    for bytes in
        [&b""[..], b"<script>alert(1)</script>", b"<svg xmlns='http://www.w3.org/2000/svg'/>"]
    {
        for purpose in ["avatar", "room"] {
            let (status, error) = refusal(upload(&ada, purpose, picture(bytes)).await).await;
            assert_eq!((status, &error["error"]), (415, &json!("not_a_picture")), "{purpose}");
        }
        assert_eq!(files(&server.data().join("media")), 0, "no picture");
    }
    for (kind, body) in [
        ("multipart/form-data", &b"--x\r\n"[..]),
        ("multipart/form-data; boundary=x", b"no boundary"),
        (
            "multipart/form-data; boundary=x",
            b"--x\r\nContent-Disposition: form-data; name=\"file\"\r\n\r\ncut",
        ),
        ("application/json", b"{}"),
    ] {
        let request = ada.post("/api/media?purpose=message").header(CONTENT_TYPE, kind).body(body);
        assert_eq!(refusal(request.send().await.expect("an answer")).await.0, 400, "{kind}");
    }
    for query in ["", "?purpose=", "?purpose=other"] {
        let request = ada.post(&format!("/api/media{query}")).multipart(picture(PNG));
        assert_eq!(refusal(request.send().await.expect("an answer")).await.0, 400, "{query}");
    }
    let wrong = fetch(&ada, "/api/media").await;
    assert_eq!(wrong.headers()[ALLOW], "POST");
    assert_eq!(wrong.headers()[CONTENT_TYPE], "application/json");
    let (status, error) = refusal(wrong).await;
    assert_eq!((status, &error["error"]), (405, &json!("malformed")));
    assert!(error["message"].is_string());
    assert_eq!(upload(&server.client(), "message", picture(PNG)).await.status(), 401);
    assert_eq!(files(&server.data().join("media")), 0);
}

async fn a_deleted_message_s_picture_is_gone_from_the_disk(engine: Engine) {
    let server = Server::plain(engine).await;
    let (ada, bob) = (server.person("ada").await, server.person("bob").await);
    let picture = uploaded(&ada, "message", "a.png").await;
    let sent = show(&ada, RoomId(1), &picture).await;
    let path = format!("/media/{}", picture.id);
    assert_eq!(fetch(&bob, &path).await.status(), 200);
    let gone: Message = ada.done("delete", &[("room", 1), ("seq", sent.seq)]).await;
    assert_eq!(gone.attachments, []);
    for path in [path.clone(), format!("{path}/thumb")] {
        for person in [&ada, &bob] {
            assert_eq!(refusal(fetch(person, &path).await).await.0, 404, "{path}");
        }
    }
    assert_eq!(files(&server.data().join("media")), 0);
}

async fn an_avatar_is_seen_by_everyone_who_is_logged_in(engine: Engine) {
    let server = Server::plain(engine).await;
    let (ada, bob) = (server.person("ada").await, server.person("bob").await);
    let avatar = uploaded(&ada, "avatar", "me.png").await;
    assert_eq!((avatar.width, avatar.height), (256, 256));
    let set = [("media", avatar.id.0)];
    assert_eq!(refusal(bob.form("set_avatar", &set).await).await.0, 404, "not his upload");
    let _: () = ada.done("set_avatar", &set).await;
    let path = format!("/media/{}/thumb", avatar.id);
    let seen = fetch(&bob, &path).await;
    assert_eq!(seen.status(), 200);
    assert_eq!(seen.headers()[CACHE_CONTROL], "private, max-age=31536000, immutable");
    assert_eq!(fetch(&server.client(), &path).await.status(), 401);
    let picture = uploaded(&ada, "message", "a.png").await;
    let wrong = ada.form("set_avatar", &[("media", picture.id.0)]).await;
    assert_eq!(refusal(wrong).await.0, 404, "not an avatar");
}

async fn a_nasty_file_name_stays_in_its_header(engine: Engine) {
    let server = Server::plain(engine).await;
    let ada = server.person("ada").await;
    for (name, expected) in [
        ("\"><script>.png", "inline; filename*=UTF-8''%22%3E%3Cscript%3E.png"),
        ("../../../etc/passwd", "inline; filename*=UTF-8''passwd.png"),
        ("C:\\x\\报告.exe", "inline; filename*=UTF-8''%E6%8A%A5%E5%91%8A.png"),
    ] {
        let picture = uploaded(&ada, "message", name).await;
        let response = fetch(&ada, &format!("/media/{}", picture.id)).await;
        assert_eq!(response.headers()[CONTENT_DISPOSITION], expected, "{name}");
        assert_eq!(response.headers()[CONTENT_TYPE], "image/png");
    }
}

async fn too_many_uploads_are_429(engine: Engine) {
    let server = Server::plain(engine).await;
    let ada = server.person("ada").await;
    for number in 0..100 {
        let response = upload(&ada, "message", form("file", "a", b"no picture".to_vec())).await;
        if response.status() == 429 {
            assert!(number >= 60 && response.headers().contains_key(RETRY_AFTER));
            assert_eq!(refusal(response).await.1["error"], json!("too_many"));
            return;
        }
    }
    panic!("100 uploads in a moment were taken");
}

async fn one_person_s_uploads_leave_places_to_others(engine: Engine) {
    let server = Server::plain(engine).await;
    let (ada, bob) = (server.person("ada").await, server.person("bob").await);
    // More than are received at once, none of which ends.
    let stalled = (0..40).map(|_| {
        let form = "multipart/form-data; boundary=x";
        let body = Body::wrap_stream(stream::pending::<io::Result<Vec<u8>>>());
        let request = ada.post("/api/media?purpose=message").header(CONTENT_TYPE, form).body(body);
        tokio::spawn(request.send())
    });
    let stalled: Vec<_> = stalled.collect();
    sleep(Duration::from_millis(500)).await;
    let uploaded = timeout(Duration::from_secs(5), uploaded(&bob, "message", "a.png"));
    uploaded.await.expect("a place");
    stalled.iter().for_each(JoinHandle::abort);
}

/// A black picture, as wide as it is high.
fn black(side: u32) -> Vec<u8> {
    let chunk = |kind: &[u8], data: &[u8]| {
        let length = u32::try_from(data.len()).expect("a short chunk").to_be_bytes();
        let named = [kind, data].concat();
        [&length[..], &named, &crc32(&named).to_be_bytes()].concat()
    };
    let size = [side.to_be_bytes(), side.to_be_bytes()].concat();
    let header = [&size[..], &[8, 0, 0, 0, 0]].concat();
    let side = side as usize;
    let mut lines = flate2::write::ZlibEncoder::new(vec![], flate2::Compression::fast());
    lines.write_all(&vec![0; (side + 1) * side]).expect("memory");
    let lines = lines.finish().expect("memory");
    let signature = PNG[..8].to_vec();
    [signature, chunk(b"IHDR", &header), chunk(b"IDAT", &lines), chunk(b"IEND", b"")].concat()
}

/// A picture that says it is 50,000 pixels wide and high.
fn bomb() -> Vec<u8> {
    let mut bytes = PNG.to_vec();
    let header = 12..29;
    bytes[16..20].copy_from_slice(&50_000_u32.to_be_bytes());
    bytes[20..24].copy_from_slice(&50_000_u32.to_be_bytes());
    let sum = crc32(&bytes[header]);
    bytes[29..33].copy_from_slice(&sum.to_be_bytes());
    bytes
}

/// The sum of a PNG's chunk (PNG specification, annex D).
fn crc32(bytes: &[u8]) -> u32 {
    !bytes.iter().fold(!0, |sum, byte| {
        (0..8).fold(sum ^ u32::from(*byte), |sum, _| {
            (sum >> 1) ^ if sum & 1 == 1 { 0xEDB8_8320 } else { 0 }
        })
    })
}

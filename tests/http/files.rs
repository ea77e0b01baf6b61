//! Files, videos and sounds: as what they are served, in parts too, and what is left of them.

use crate::{
    harness::{Engine, Person, Server, client_id, on_both_engines, refusal},
    media::{PNG, fetch, files, form, upload},
};
use app::{
    ids::RoomId,
    media::{Attachment, AttachmentKind},
    message::{Kind, Message},
    server::Settings,
};
use reqwest::{
    Method, Response,
    header::{
        ACCEPT_ENCODING, ACCEPT_RANGES, CONTENT_DISPOSITION, CONTENT_LENGTH, CONTENT_RANGE,
        CONTENT_TYPE, ETAG, IF_NONE_MATCH, IF_RANGE, RANGE,
    },
};
use serde_json::json;

on_both_engines!(
    a_file_is_what_its_content_says_and_never_a_page,
    a_part_of_a_file_is_given,
    a_name_stays_in_its_header,
    what_is_too_large_leaves_nothing_on_disk,
    a_message_carries_up_to_ten,
    who_is_no_member_gets_no_part_of_a_file,
    a_download_that_has_begun_is_not_cut_by_a_deletion,
    files_that_no_row_names_are_swept,
    another_messenger_s_files_are_left_alone,
);

const LIST: &[u8] = b"eggs, milk, bread";

/// A WAV of one second of silence: 8,000 samples of 8 bits.
fn wav() -> Vec<u8> {
    let mut bytes = b"RIFF".to_vec();
    bytes.extend(8_036_u32.to_le_bytes());
    bytes.extend(b"WAVEfmt \x10\0\0\0\x01\0\x01\0");
    bytes.extend([8_000_u32.to_le_bytes(), 8_000_u32.to_le_bytes()].concat());
    bytes.extend(b"\x01\0\x08\0data");
    bytes.extend(8_000_u32.to_le_bytes());
    bytes.extend([0x80; 8_000]);
    bytes
}

async fn uploaded(person: &Person, name: &str, bytes: &[u8]) -> Attachment {
    let response = upload(person, "message", form("file", name, bytes.to_vec())).await;
    assert_eq!(response.status(), 200, "{name}");
    response.json().await.expect("an attachment")
}

async fn send(person: &Person, room: RoomId, number: u32, media: &[&Attachment]) -> Response {
    let mut fields = vec![
        ("room".to_owned(), room.to_string()),
        ("client_id".to_owned(), client_id(number)),
        ("body".to_owned(), String::new()),
    ];
    let media = media.iter().enumerate();
    fields.extend(media.map(|(place, one)| (format!("media[{place}]"), one.id.to_string())));
    person.form("send", &fields).await
}

async fn sent(person: &Person, room: RoomId, number: u32, media: &[&Attachment]) -> Message {
    let response = send(person, room, number, media).await;
    assert_eq!(response.status(), 200);
    response.json().await.expect("a message")
}

async fn a_file_is_what_its_content_says_and_never_a_page(engine: Engine) {
    let server = Server::plain(engine).await;
    let ada = server.person("ada").await;
    let pdf_and_page = b"%PDF-1.7 <script>alert(1)</script>".as_slice();
    let gif_and_script = b"GIF89a/*\x01\0*/=1;alert(1)".as_slice();
    let mp4_and_page = b"\0\0\0\x18ftypisom<html><script>alert(1)</script>".as_slice();
    for (name, bytes, kind, content_type, way) in [
        ("list.png", LIST, AttachmentKind::File, "application/octet-stream", "attachment"),
        (
            "a.png",
            b"<html><script>alert(1)</script>",
            AttachmentKind::File,
            "application/octet-stream",
            "attachment",
        ),
        (
            "a.svg",
            b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>",
            AttachmentKind::File,
            "application/octet-stream",
            "attachment",
        ),
        (
            "a.xml",
            b"<?xml version='1.0'?><x/>",
            AttachmentKind::File,
            "application/octet-stream",
            "attachment",
        ),
        ("empty", b"", AttachmentKind::File, "application/octet-stream", "attachment"),
        ("a.html", pdf_and_page, AttachmentKind::File, "application/pdf", "attachment"),
        ("a.html", mp4_and_page, AttachmentKind::Video, "video/mp4", "inline"),
        ("a.html", PNG, AttachmentKind::Picture, "image/png", "inline"),
        ("a.html", &wav(), AttachmentKind::Audio, "audio/wav", "inline"),
    ] {
        let one = uploaded(&ada, name, bytes).await;
        assert_eq!((one.kind, one.name.as_str()), (kind, name));
        let response = fetch(&ada, &format!("/media/{}", one.id)).await;
        assert_eq!(response.status(), 200);
        let headers = response.headers().clone();
        assert_eq!(headers[CONTENT_TYPE], content_type, "{name}");
        assert_eq!(headers["x-content-type-options"], "nosniff");
        assert_eq!(headers["content-security-policy"], "default-src 'none'; sandbox");
        let disposition = headers[CONTENT_DISPOSITION].to_str().expect("text");
        assert!(disposition.starts_with(way), "{name}: {disposition}");
        assert!(way == "attachment" || !disposition.ends_with(".html"), "{disposition}");
        let served = response.bytes().await.expect("a body");
        if kind == AttachmentKind::Picture {
            assert_ne!(served, bytes, "drawn anew");
        } else {
            assert_eq!((served.as_ref(), one.bytes), (bytes, bytes.len() as u64), "{name}");
            let thumb = fetch(&ada, &format!("/media/{}/thumb", one.id)).await;
            assert_eq!(refusal(thumb).await.0, 404, "{name} has no thumbnail");
        }
    }
    // What says that it is a picture, and is none, is no file either.
    let response = upload(&ada, "message", form("file", "a.gif", gif_and_script.to_vec())).await;
    assert_eq!(refusal(response).await.1["error"], json!("broken_picture"));
}

async fn a_part_of_a_file_is_given(engine: Engine) {
    let server = Server::plain(engine).await;
    let ada = server.person("ada").await;
    let bytes: Vec<u8> = (0..200_000_u32).map(|n| (n % 251) as u8).collect();
    let one = uploaded(&ada, "numbers.bin", &bytes).await;
    let path = format!("/media/{}", one.id);
    let whole = fetch(&ada, &path).await;
    assert_eq!(whole.headers()[ACCEPT_RANGES], "bytes");
    let tag = whole.headers()[ETAG].clone();
    for (range, expected) in [
        ("bytes=0-0", Some((0, 0))),
        ("bytes=70000-140000", Some((70_000, 140_000))),
        ("bytes=199000-", Some((199_000, 199_999))),
        ("bytes=-5", Some((199_995, 199_999))),
        ("bytes=199990-999999", Some((199_990, 199_999))),
        ("bytes=0-1,4-5", None),
        ("nonsense", None),
    ] {
        let request = ada.get(&path).header(RANGE, range).header(ACCEPT_ENCODING, "gzip, br");
        let response = request.send().await.expect("an answer");
        let headers = response.headers().clone();
        let (status, first, last) = match expected {
            Some((first, last)) => (206, first, last),
            None => (200, 0, 199_999),
        };
        assert_eq!(response.status(), status, "{range}");
        if status == 206 {
            assert_eq!(headers[CONTENT_RANGE], format!("bytes {first}-{last}/200000"), "{range}");
        }
        assert_eq!(headers[CONTENT_LENGTH], (last - first + 1).to_string(), "{range}");
        assert_eq!(response.bytes().await.expect("a body"), bytes[first..=last], "{range}");
    }
    let beyond = ada.get(&path).header(RANGE, "bytes=200000-").send().await.expect("an answer");
    assert_eq!(
        (beyond.status().as_u16(), &beyond.headers()[CONTENT_RANGE]),
        (416, &"bytes */200000".parse().expect("a header"))
    );
    for (condition, status) in [(tag.to_str().expect("text"), 206), ("\"other\"", 200)] {
        let request = ada.get(&path).header(RANGE, "bytes=1-2").header(IF_RANGE, condition);
        assert_eq!(request.send().await.expect("an answer").status(), status, "{condition}");
    }
    let known = ada.get(&path).header(IF_NONE_MATCH, tag).send().await.expect("an answer");
    assert_eq!(known.status(), 304);
    let head = ada.client.request(Method::HEAD, format!("{}{path}", ada.base));
    let head = head.send().await.expect("an answer");
    assert_eq!(
        (head.status().as_u16(), &head.headers()[CONTENT_LENGTH]),
        (200, &"200000".parse().expect("a header"))
    );
    assert!(head.bytes().await.expect("no body").is_empty());
}

async fn a_name_stays_in_its_header(engine: Engine) {
    let server = Server::plain(engine).await;
    let ada = server.person("ada").await;
    for (name, kept, told) in [
        ("a \"b\".txt", "a \"b\".txt", "a%20%22b%22.txt"),
        ("../../etc/passwd", "passwd", "passwd"),
        ("C:\\x\\报告.exe", "报告.exe", "%E6%8A%A5%E5%91%8A.exe"),
        ("invoice\u{202E}fdp.exe", "invoicefdp.exe", "invoicefdp.exe"),
        ("😀.txt", "😀.txt", "%F0%9F%98%80.txt"),
        ("a';filename=b.html", "a';filename=b.html", "a%27%3Bfilename%3Db.html"),
        ("..", "..", ".."),
    ] {
        let one = uploaded(&ada, name, LIST).await;
        assert_eq!(one.name, kept);
        let response = fetch(&ada, &format!("/media/{}", one.id)).await;
        let expected = format!("attachment; filename*=UTF-8''{told}");
        assert_eq!(response.headers()[CONTENT_DISPOSITION], expected, "{name}");
    }
    // What a client that means well does not send.
    let raw = async |name: &str| {
        let body = format!(
            "--x\r\nContent-Disposition: form-data; name=\"file\"; filename=\"{name}\"\r\n\r\neggs\r\n--x--\r\n"
        );
        let request = ada.post("/api/media?purpose=message");
        let request = request.header(CONTENT_TYPE, "multipart/form-data; boundary=x").body(body);
        request.send().await.expect("an answer")
    };
    let one: Attachment = raw("a\tb").await.json().await.expect("one");
    assert_eq!(one.name, "ab");
    assert_eq!(refusal(raw("a\x0bb").await).await.0, 400);
    let one: Attachment = raw("a\r\nX-Evil: 1").await.json().await.expect("one");
    let headers = fetch(&ada, &format!("/media/{}", one.id)).await.headers().clone();
    assert!(!headers.contains_key("x-evil") && !one.name.contains('\n'), "{headers:?}");
}

async fn what_is_too_large_leaves_nothing_on_disk(engine: Engine) {
    let settings = Settings { upload_limit: 100_000, ..Settings::default() };
    let server = Server::start(engine, settings).await;
    let ada = server.person("ada").await;
    uploaded(&ada, "just right", &vec![7; 100_000]).await;
    assert_eq!(files(&server.data().join("media")), 1);
    for size in [100_001, 190_000] {
        let large = form("file", "large", vec![7; size]);
        let (status, error) = refusal(upload(&ada, "message", large).await).await;
        assert_eq!((status, &error["limit"]), (413, &json!(100_000)));
        assert_eq!(files(&server.data().join("media")), 1);
    }
}

async fn a_message_carries_up_to_ten(engine: Engine) {
    let server = Server::plain(engine).await;
    let (ada, bob) = (server.person("ada").await, server.person("bob").await);
    let mut all = vec![uploaded(&ada, "a.png", PNG).await];
    for number in 0..10 {
        all.push(uploaded(&ada, &format!("{number}.txt"), LIST).await);
    }
    let all: Vec<&Attachment> = all.iter().collect();
    let refused = refusal(send(&ada, RoomId(1), 1, &all).await).await;
    assert_eq!((refused.0, &refused.1["error"]), (400, &json!("malformed")));
    let message = sent(&ada, RoomId(1), 2, &all[..10]).await;
    assert_eq!((message.kind, message.attachments.len()), (Kind::File, 10));
    let seen: app::message::Page = bob.ask("history?room=1").await;
    assert_eq!(seen.messages, [message]);
    for one in &all[..10] {
        assert_eq!(fetch(&bob, &format!("/media/{}", one.id)).await.status(), 200);
    }
    assert_eq!(fetch(&bob, &format!("/media/{}", all[10].id)).await.status(), 404, "not sent");
}

async fn who_is_no_member_gets_no_part_of_a_file(engine: Engine) {
    let server = Server::plain(engine).await;
    let (ada, bob) = (server.person("ada").await, server.person("bob").await);
    let room: RoomId = ada.done("create_group", &[("name", "Books")]).await;
    let _: () = ada.done("add_members", &[("room", room.0), ("people[0]", bob.id.0)]).await;
    let (list, picture) = (uploaded(&ada, "list", LIST).await, uploaded(&ada, "a", PNG).await);
    sent(&ada, room, 1, &[&list, &picture]).await;
    let paths = [
        format!("/media/{}", list.id),
        format!("/media/{}", picture.id),
        format!("/media/{}/thumb", picture.id),
    ];
    let asked = async |person: &Person, path: &str| {
        let part = person.get(path).header(RANGE, "bytes=0-3").send().await.expect("an answer");
        (fetch(person, path).await.status().as_u16(), part.status().as_u16())
    };
    for path in &paths {
        assert_eq!(asked(&bob, path).await, (200, 206), "{path}");
    }
    let _: () = ada.done("remove_member", &[("room", room.0), ("user", bob.id.0)]).await;
    for path in &paths {
        assert_eq!(asked(&bob, path).await, (404, 404), "{path}");
        assert_eq!(asked(&server.client(), path).await, (401, 401), "{path}");
    }
    assert_eq!(refusal(send(&bob, RoomId(1), 2, &[&list]).await).await.0, 404, "nor sends it on");
}

async fn a_download_that_has_begun_is_not_cut_by_a_deletion(engine: Engine) {
    let server = Server::plain(engine).await;
    let (ada, bob) = (server.person("ada").await, server.person("bob").await);
    // More than what lies between the two ends.
    let bytes = vec![7_u8; 9_000_000];
    let one = uploaded(&ada, "large", &bytes).await;
    let message = sent(&ada, RoomId(1), 1, &[&one]).await;
    let path = format!("/media/{}", one.id);
    let mut download = fetch(&bob, &path).await;
    let mut count = download.chunk().await.expect("bytes").expect("a beginning").len();
    let _: Message = ada.done("delete", &[("room", 1), ("seq", message.seq)]).await;
    assert_eq!(files(&server.data().join("media")), 0);
    assert_eq!(refusal(fetch(&bob, &path).await).await.0, 404);
    while let Some(chunk) = download.chunk().await.expect("bytes") {
        count += chunk.len();
    }
    assert_eq!(count, bytes.len());
}

async fn files_that_no_row_names_are_swept(engine: Engine) {
    let server = Server::plain(engine).await;
    let ada = server.person("ada").await;
    let folder = server.data().join("media");
    uploaded(&ada, "list", LIST).await;
    uploaded(&ada, "a.png", PNG).await;
    let sweep = async || {
        let app = server.app();
        let mut removed = 0;
        for step in 0..24 {
            removed += app.media.sweep(&app.db, step).await.expect("swept");
        }
        removed
    };
    let strays = ["0a/bc/0abc", "0a/bc/0abc.thumb", "ff/00/ff00"].map(|path| folder.join(path));
    for stray in &strays {
        std::fs::create_dir_all(stray.parent().expect("a folder")).expect("made");
        std::fs::write(stray, LIST).expect("written");
    }
    // With the one that says whose they are.
    assert_eq!((sweep().await, files(&folder)), (0, 7), "what is young may wait for its row");
    age(&folder);
    assert_eq!((sweep().await, files(&folder)), (3, 4), "what a row names stays");
    assert!(strays.iter().all(|stray| !stray.exists()));
    assert_eq!(sweep().await, 0);
}

async fn another_messenger_s_files_are_left_alone(engine: Engine) {
    let (server, other) = (Server::plain(engine).await, Server::plain(engine).await);
    let ada = server.person("ada").await;
    uploaded(&ada, "list", LIST).await;
    let folder = server.data().join("media");
    age(&folder);
    let sweep = async |db| {
        let mut removed = 0;
        for step in 0..24 {
            removed += server.app().media.sweep(db, step).await.expect("swept");
        }
        removed
    };
    let own = &server.app().db;
    assert_eq!((sweep(&other.app().db).await, files(&folder)), (0, 1), "nobody's yet");
    assert_eq!((sweep(own).await, files(&folder)), (0, 2));
    age(&folder);
    assert_eq!((sweep(&other.app().db).await, files(&folder)), (0, 2));
    assert_eq!(own.messenger().await, own.messenger().await);
    let mark = folder.join(".messenger");
    std::fs::remove_file(&mark).expect("removed");
    std::fs::create_dir(&mark).expect("made");
    assert!(server.app().media.sweep(own, 0).await.is_err(), "nobody knows whose they are");
}

/// Makes all files below a folder two days old.
fn age(folder: &std::path::Path) {
    let old = std::time::SystemTime::now() - std::time::Duration::from_secs(2 * 86_400);
    for entry in std::fs::read_dir(folder).expect("a folder") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            age(&path);
        } else {
            let file = std::fs::File::options().write(true).open(path).expect("a file");
            file.set_modified(old).expect("set");
        }
    }
}

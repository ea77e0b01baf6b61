//! `POST /api/media`, `GET /media/{id}` and `GET /media/{id}/thumb`: plain handlers, for uploads
//! have progress and pictures are fetched by `<img>`.

use crate::{
    error::Error,
    ids::MediaId,
    media::{Picture, Purpose},
    server::{
        App,
        answer::refusal,
        db::media::{NewMedia, Stored},
        now,
        session::caller_of,
    },
};
use axum::{
    Json,
    body::{Body, Bytes},
    extract::{
        DefaultBodyLimit, FromRequest, Multipart, Path, Query, Request, State,
        multipart::{Field, MultipartError},
        rejection::PathRejection,
    },
    http::{StatusCode, header, request::Parts},
    response::{IntoResponse, Response},
};
use futures::stream;
use serde::Deserialize;
use std::{io, time::Duration};
use tokio::{fs::File, io::AsyncReadExt, sync::Semaphore, time::timeout};

/// Uploads that are received at once: each is in memory until it is whole. Who comes then waits a
/// while for a place.
static RECEIVING: Semaphore = Semaphore::const_new(32);
const PLACE_WITHIN: Duration = Duration::from_secs(10);

/// The longest file name that is kept, in characters.
const NAME_MAX: usize = 200;

/// Stores a picture from the multipart field `file`; `?purpose=message`, `avatar` or `room`. The answer is
/// the [`Picture`] as JSON, or the error.
pub async fn upload(State(app): State<App>, request: Request) -> Response {
    match receive(&app, request).await {
        Ok(picture) => Json(picture).into_response(),
        Err(error) => refusal(&error),
    }
}

/// The picture, if the caller may see it.
pub async fn serve(State(app): State<App>, id: PathOf, parts: Parts) -> Response {
    let found = find(&app, id, &parts).await;
    answer(&app, &parts, found).await
}

/// Its thumbnail, if the caller may see it.
pub async fn thumb(State(app): State<App>, id: PathOf, parts: Parts) -> Response {
    let thumb = |file: Stored| Stored {
        path: file.thumb_path.clone(),
        content_type: file.thumb_type.clone(),
        ..file
    };
    let found = find(&app, id, &parts).await.map(thumb);
    answer(&app, &parts, found).await
}

/// The id in the path, if it is a number.
type PathOf = Result<Path<MediaId>, PathRejection>;

#[derive(Deserialize)]
struct Asked {
    purpose: Purpose,
}

async fn receive(app: &App, mut request: Request) -> Result<Picture, Error> {
    let limit = app.rules().upload_limit;
    // What is over the limit is read and thrown away up to twice its size, for a browser that is
    // still sending does not read the answer; beyond that the connection is cut.
    let most = usize::try_from(limit.saturating_mul(2)).unwrap_or(usize::MAX);
    DefaultBodyLimit::max(most.saturating_add(1 << 20)).apply(&mut request);
    let (parts, body) = request.into_parts();
    let caller = caller_of(app, &parts).await?;
    app.limits.check_upload(caller.id)?;
    let Query(Asked { purpose }) = Query::try_from_uri(&parts.uri).map_err(|_| Error::Malformed)?;
    let place = timeout(PLACE_WITHIN, RECEIVING.acquire()).await;
    let place = place.map_err(|_| Error::Unavailable)?.map_err(|_| Error::Internal)?;
    let request = Request::from_parts(parts, body);
    let multipart = Multipart::from_request(request, &()).await.map_err(|_| Error::Malformed)?;
    let (name, bytes) = file_of(multipart, limit).await?;
    drop(place);
    let written = app.media.store(bytes, purpose).await?;
    let row = NewMedia {
        owner: caller.id,
        purpose,
        content_type: written.content_type.to_owned(),
        thumb_type: written.thumb_type.to_owned(),
        name,
        bytes: written.bytes,
        width: written.size.0,
        height: written.size.1,
        thumb_width: written.thumb_size.0,
        thumb_height: written.thumb_size.1,
        path: written.path.clone(),
        thumb_path: written.thumb_path.clone(),
        now: now(),
    };
    let picture = app.db.create_media(&row).await?;
    written.keep();
    Ok(picture)
}

/// Name and bytes of the field `file`.
async fn file_of(mut multipart: Multipart, limit: u64) -> Result<(String, Vec<u8>), Error> {
    let failed = |error| refused(&error, limit);
    while let Some(field) = multipart.next_field().await.map_err(failed)? {
        if field.name() == Some("file") {
            let name = base_name(field.file_name().unwrap_or_default());
            return Ok((name, bytes_of(field, limit).await?));
        }
    }
    Err(Error::Malformed)
}

async fn bytes_of(mut field: Field<'_>, limit: u64) -> Result<Vec<u8>, Error> {
    let (mut bytes, mut count) = (Vec::new(), 0_u64);
    while let Some(chunk) = field.chunk().await.map_err(|error| refused(&error, limit))? {
        count += chunk.len() as u64;
        if count > limit {
            bytes = Vec::new();
        } else {
            bytes.extend_from_slice(&chunk);
        }
    }
    if count > limit { Err(Error::TooLarge { limit }) } else { Ok(bytes) }
}

fn refused(error: &MultipartError, limit: u64) -> Error {
    match error.status().as_u16() {
        413 => Error::TooLarge { limit },
        _ => Error::Malformed,
    }
}

/// The last part of a path, without control characters.
fn base_name(path: &str) -> String {
    let name = path.rsplit(['/', '\\']).next().unwrap_or_default();
    name.trim().chars().filter(|c| !c.is_control()).take(NAME_MAX).collect()
}

/// The row of this id; what is not a number is not found either.
async fn find(app: &App, id: PathOf, parts: &Parts) -> Result<Stored, Error> {
    let caller = caller_of(app, parts).await?;
    let Path(id) = id.map_err(|_| Error::NotFound)?;
    app.db.media(caller.id, id).await
}

/// The file at `path`, or the error. An avatar, which everyone may see, is kept by browsers for a
/// year; any other picture is asked for again each time, for who saw it may not be a member any more.
async fn answer(app: &App, parts: &Parts, found: Result<Stored, Error>) -> Response {
    let file = match found {
        Ok(file) => file,
        Err(error) => return refusal(&error),
    };
    // A file's random name stands for its content, which never changes.
    let tag = format!("\"{}\"", file.path);
    let cache = match file.purpose == Purpose::Avatar.as_str() {
        true => "private, max-age=31536000, immutable",
        false => "private, no-cache",
    };
    let caching = [(header::CACHE_CONTROL, cache.to_owned()), (header::ETAG, tag.clone())];
    let known = parts.headers.get_all(header::IF_NONE_MATCH).iter();
    if known.filter_map(|known| known.to_str().ok()).any(|known| known.contains(&tag)) {
        return (StatusCode::NOT_MODIFIED, caching).into_response();
    }
    match open(app, file).await {
        Ok(response) => (caching, response).into_response(),
        Err(error) => refusal(&error),
    }
}

async fn open(
    app: &App,
    Stored { path, content_type, name, .. }: Stored,
) -> Result<Response, Error> {
    let failed = |error: io::Error| match error.kind() {
        io::ErrorKind::NotFound => Error::NotFound,
        _ => {
            tracing::error!("{path} cannot be read: {error}");
            Error::Internal
        }
    };
    let file = File::open(app.media.file(&path)).await.map_err(failed)?;
    let length = file.metadata().await.map_err(failed)?.len();
    let disposition = disposition(&name, &content_type);
    let headers = [
        (header::CONTENT_TYPE, content_type),
        (header::CONTENT_LENGTH, length.to_string()),
        (header::CONTENT_DISPOSITION, disposition),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff".to_owned()),
        (header::CONTENT_SECURITY_POLICY, "default-src 'none'; sandbox".to_owned()),
    ];
    Ok((headers, Body::from_stream(stream::unfold(file, next_chunk))).into_response())
}

async fn next_chunk(mut file: File) -> Option<(io::Result<Bytes>, File)> {
    let mut chunk = Vec::with_capacity(64 * 1024);
    match file.read_buf(&mut chunk).await {
        Ok(0) => None,
        Ok(_) => Some((Ok(chunk.into()), file)),
        Err(error) => Some((Err(error), file)),
    }
}

/// Shown in the page; saved under the name that it came with, ending as what it is now (RFC 6266;
/// the name in RFC 8187's encoding, where everything but letters and digits is a percent sign and
/// two of them).
fn disposition(name: &str, content_type: &str) -> String {
    let stem = name.rsplit_once('.').map_or(name, |(stem, _)| stem);
    let stem = if stem.is_empty() { "picture" } else { stem };
    let ending = content_type.strip_prefix("image/").unwrap_or("bin").replace("jpeg", "jpg");
    let encoded: String = stem.bytes().fold(String::new(), |text, byte| match byte {
        b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'_' | b'.' => {
            text + &char::from(byte).to_string()
        }
        _ => format!("{text}%{byte:02X}"),
    });
    format!("inline; filename*=UTF-8''{encoded}.{ending}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_name_cannot_break_out_of_its_header() {
        let disposition = |name| disposition(name, "image/jpeg");
        assert_eq!(disposition("cat.webp"), "inline; filename*=UTF-8''cat.jpg");
        assert_eq!(disposition("猫.jpg"), "inline; filename*=UTF-8''%E7%8C%AB.jpg");
        assert_eq!(
            disposition("a\";\r\nX: y'.png"),
            "inline; filename*=UTF-8''a%22%3B%0D%0AX%3A%20y%27.jpg"
        );
        assert_eq!(disposition(""), "inline; filename*=UTF-8''picture.jpg");
    }

    #[test]
    fn a_file_name_has_no_folder() {
        assert_eq!(base_name("../../etc/passwd"), "passwd");
        assert_eq!(base_name("C:\\Pictures\\a\u{7}b.png"), "ab.png");
        assert_eq!(base_name("x/").len(), 0);
        assert_eq!(base_name(&"é".repeat(300)).chars().count(), NAME_MAX);
    }

    async fn parsed(file: &[u8], field: &str) -> Result<(String, Vec<u8>), Error> {
        let mut body = format!("--x\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\n1\r\n--x\r\nContent-Disposition: form-data; name=\"{field}\"; filename=\"a.png\"\r\n\r\n").into_bytes();
        body.extend(file);
        body.extend(b"\r\n--x--\r\n");
        let kind = "multipart/form-data; boundary=x";
        let request = Request::builder().header("content-type", kind).body(body.into()).unwrap();
        file_of(Multipart::from_request(request, &()).await.unwrap(), 10).await
    }

    #[tokio::test]
    async fn the_limit_is_kept_while_reading() {
        assert_eq!(
            parsed(b"0123456789", "file").await,
            Ok(("a.png".into(), b"0123456789".to_vec()))
        );
        assert_eq!(parsed(b"0123456789a", "file").await, Err(Error::TooLarge { limit: 10 }));
        assert_eq!(parsed(b"1", "other").await, Err(Error::Malformed));
    }
}

//! `POST /api/media`, `GET /media/{id}` and `GET /media/{id}/thumb`: plain handlers, for uploads
//! have progress, and files are fetched by `<img>`, `<video>` and `<a>`, in parts too.

use crate::{
    error::Error,
    ids::{MediaId, UserId},
    media::{Attachment, AttachmentKind, Purpose},
    server::{
        App, Peer,
        answer::refusal,
        db::media::{NewMedia, Stored},
        media::{
            incoming::Incoming,
            name::{base_name, disposition},
            places::Place,
            range::{Wanted, wanted},
        },
        now,
        session::caller_of,
        to_its_end,
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
use std::io::{self, SeekFrom};
use tokio::{
    fs::File,
    io::{AsyncReadExt, AsyncSeekExt, Take},
};

/// What is read of a file at once, in bytes.
const CHUNK: usize = 64 * 1024;

/// Stores the multipart field `file`; `?purpose=message`, or `avatar` or `room` for a picture. The answer
/// is the [`Attachment`] as JSON, or the error.
pub async fn upload(State(app): State<App>, request: Request) -> Response {
    match receive(&app, request).await {
        Ok(attachment) => Json(attachment).into_response(),
        Err(error) => refusal(&error),
    }
}

/// The file, if the caller may see it.
pub async fn serve(State(app): State<App>, id: PathOf, parts: Parts) -> Response {
    let found = find(&app, id, &parts).await;
    answer(&app, &parts, found).await
}

/// A picture's thumbnail, if the caller may see it.
pub async fn thumb(State(app): State<App>, id: PathOf, parts: Parts) -> Response {
    let found = find(&app, id, &parts).await.and_then(thumb_of);
    answer(&app, &parts, found).await
}

/// Where a file's thumbnail is, if it has one.
fn thumb_of(file: Stored) -> Result<Stored, Error> {
    if file.thumb_path.is_empty() {
        return Err(Error::NotFound);
    }
    Ok(Stored { path: file.thumb_path.clone(), content_type: file.thumb_type.clone(), ..file })
}

/// The picture of the group that a link opens, small, for whoever has the link.
pub async fn invited(
    State(app): State<App>,
    token: Result<Path<String>, PathRejection>,
    parts: Parts,
) -> Response {
    let found = async {
        app.limits.check_invitation(Peer::of(&parts).address)?;
        let Path(token) = token.map_err(|_| Error::NotFound)?;
        app.db.invited_picture(&token, now()).await.and_then(thumb_of)
    };
    let found = found.await;
    answer(&app, &parts, found).await
}

/// The id in the path, if it is a number.
type PathOf = Result<Path<MediaId>, PathRejection>;

#[derive(Deserialize)]
struct Asked {
    purpose: Purpose,
}

async fn receive(app: &App, mut request: Request) -> Result<Attachment, Error> {
    let limit = app.rules().upload_limit;
    // What is over the limit is read and thrown away up to twice its size, for a browser that is
    // still sending does not read the answer; beyond that the connection is cut.
    let most = usize::try_from(limit.saturating_mul(2)).unwrap_or(usize::MAX);
    DefaultBodyLimit::max(most.saturating_add(1 << 20)).apply(&mut request);
    let (parts, body) = request.into_parts();
    let caller = caller_of(app, &parts).await?;
    app.limits.check_upload(caller.id)?;
    let Query(Asked { purpose }) = Query::try_from_uri(&parts.uri).map_err(|_| Error::Malformed)?;
    let place = app.media.places.take(caller.id).await?;
    let request = Request::from_parts(parts, body);
    let multipart = Multipart::from_request(request, &()).await.map_err(|_| Error::Malformed)?;
    let incoming = app.media.incoming().await?;
    let (name, incoming) = file_of(multipart, limit, incoming).await?;
    to_its_end(store(app.clone(), caller.id, place, purpose, name, incoming)).await?
}

/// Makes what was received safe, and stores it.
async fn store(
    app: App,
    owner: UserId,
    place: Place,
    purpose: Purpose,
    name: String,
    incoming: Incoming,
) -> Result<Attachment, Error> {
    let written = app.media.store(&place, incoming, purpose).await?;
    let row = NewMedia {
        owner,
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
    let attachment = app.db.create_media(&row).await?;
    written.keep();
    Ok(attachment)
}

/// The name of the field `file`, and what it holds.
async fn file_of(
    mut multipart: Multipart,
    limit: u64,
    incoming: Incoming,
) -> Result<(String, Incoming), Error> {
    let failed = |error| refused(&error, limit);
    while let Some(field) = multipart.next_field().await.map_err(failed)? {
        if field.name() == Some("file") {
            // Browsers write a quotation mark so (HTML, 4.10.21.8).
            let name = field.file_name().unwrap_or_default().replace("%22", "\"");
            let name = base_name(&name);
            return Ok((name, take_in(field, limit, incoming).await?));
        }
    }
    Err(Error::Malformed)
}

/// Writes a field down as it comes; what is beyond the limit is not.
async fn take_in(
    mut field: Field<'_>,
    limit: u64,
    mut incoming: Incoming,
) -> Result<Incoming, Error> {
    let mut count = 0_u64;
    while let Some(chunk) = field.chunk().await.map_err(|error| refused(&error, limit))? {
        count += chunk.len() as u64;
        if count <= limit {
            incoming.write(&chunk).await?;
        }
    }
    if count > limit { Err(Error::TooLarge { limit }) } else { Ok(incoming) }
}

fn refused(error: &MultipartError, limit: u64) -> Error {
    match error.status().as_u16() {
        413 => Error::TooLarge { limit },
        _ => Error::Malformed,
    }
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
    match open(app, parts, file, &tag).await {
        Ok(response) => (caching, response).into_response(),
        Err(error) => refusal(&error),
    }
}

async fn open(app: &App, parts: &Parts, file: Stored, tag: &str) -> Result<Response, Error> {
    let Stored { path, content_type, name, .. } = file;
    let failed = |error: io::Error| match error.kind() {
        io::ErrorKind::NotFound => Error::NotFound,
        _ => {
            tracing::error!("{path} cannot be read: {error}");
            Error::Internal
        }
    };
    let mut file = File::open(app.media.file(&path)).await.map_err(failed)?;
    let length = file.metadata().await.map_err(failed)?.len();
    let (status, first, count) = match wanted(&parts.headers, tag, length) {
        Wanted::Whole => (StatusCode::OK, 0, length),
        Wanted::Part(first, last) => (StatusCode::PARTIAL_CONTENT, first, last - first + 1),
        Wanted::Nothing => (StatusCode::RANGE_NOT_SATISFIABLE, 0, 0),
    };
    file.seek(SeekFrom::Start(first)).await.map_err(failed)?;
    let of_what = match status {
        StatusCode::PARTIAL_CONTENT => {
            Some(format!("bytes {first}-{}/{length}", first + count - 1))
        }
        StatusCode::RANGE_NOT_SATISFIABLE => Some(format!("bytes */{length}")),
        _ => None,
    };
    let disposition = disposition(&name, AttachmentKind::of(&content_type), &content_type);
    let headers = [
        (header::CONTENT_TYPE, content_type),
        (header::CONTENT_LENGTH, count.to_string()),
        (header::ACCEPT_RANGES, "bytes".to_owned()),
        (header::CONTENT_DISPOSITION, disposition),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff".to_owned()),
        (header::CONTENT_SECURITY_POLICY, "default-src 'none'; sandbox".to_owned()),
    ];
    let body = Body::from_stream(stream::unfold(file.take(count), next_chunk));
    let of_what = of_what.map(|of_what| [(header::CONTENT_RANGE, of_what)]);
    Ok((status, headers, of_what, body).into_response())
}

async fn next_chunk(mut file: Take<File>) -> Option<(io::Result<Bytes>, Take<File>)> {
    let mut chunk = Vec::with_capacity(CHUNK);
    match file.read_buf(&mut chunk).await {
        Ok(0) => None,
        Ok(_) => Some((Ok(chunk.into()), file)),
        Err(error) => Some((Err(error), file)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::server::media::Media;

    async fn parsed(file: &[u8], field: &str) -> Result<(String, u64), Error> {
        let mut body = format!("--x\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\n1\r\n--x\r\nContent-Disposition: form-data; name=\"{field}\"; filename=\"a.png\"\r\n\r\n").into_bytes();
        body.extend(file);
        body.extend(b"\r\n--x--\r\n");
        let kind = "multipart/form-data; boundary=x";
        let request = Request::builder().header("content-type", kind).body(body.into()).unwrap();
        let multipart = Multipart::from_request(request, &()).await.unwrap();
        let data = tempfile::tempdir().unwrap();
        let incoming = Media::new(data.path()).incoming().await.unwrap();
        let taken = file_of(multipart, 10, incoming).await;
        taken.map(|(name, incoming)| (name, incoming.bytes()))
    }

    #[tokio::test]
    async fn the_limit_is_kept_while_reading() {
        assert_eq!(parsed(b"0123456789", "file").await, Ok(("a.png".into(), 10)));
        assert_eq!(parsed(b"0123456789a", "file").await, Err(Error::TooLarge { limit: 10 }));
        assert_eq!(parsed(b"1", "other").await, Err(Error::Malformed));
    }
}

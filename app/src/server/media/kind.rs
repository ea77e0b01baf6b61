//! What an upload is, by its first bytes and whatever it is called. Pure.

/// So many first bytes tell what a file is.
pub const HEAD: usize = 4_096;

/// The type of what is not known, or would do something where it is shown.
const UNKNOWN: &str = "application/octet-stream";

/// The media type of a file that begins so.
#[must_use]
pub fn type_of(head: &[u8]) -> &'static str {
    match infer::get(head).map(|kind| kind.mime_type()) {
        Some("video/x-m4v") => "video/mp4",
        Some("video/webm") if !holds_video(head) => "audio/webm",
        Some("audio/m4a") => "audio/mp4",
        Some("audio/opus") => "audio/ogg",
        Some("audio/x-wav") => "audio/wav",
        // A page, XML such as SVG, a script: a file, whatever reads it.
        Some(text) if text.starts_with("text/") => UNKNOWN,
        Some(known) => known,
        None => UNKNOWN,
    }
}

/// Whether a WebM has moving pictures: names of codecs begin with what they are for (Matroska, codec
/// mappings), and those of its tracks stand at its beginning.
fn holds_video(head: &[u8]) -> bool {
    let names = |codec: &[u8]| head.windows(codec.len()).any(|part| part == codec);
    names(b"V_VP") || names(b"V_AV1") || !names(b"A_")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::media::AttachmentKind::{self, Audio, File, Picture, Video};

    #[test]
    fn a_file_is_shown_as_what_it_holds() {
        let webm = |codec: &str| {
            let mut bytes = b"\x1a\x45\xdf\xa3\x9f\x42\x86\x81\x01\x42\x82\x84webm".to_vec();
            bytes.resize(300, 0);
            bytes.extend(codec.as_bytes());
            bytes
        };
        let long = |head: &[u8]| [head, &[0; 300]].concat();
        for (bytes, kind, content_type) in [
            (long(b"\x89PNG\r\n\x1a\n"), Picture, "image/png"),
            (long(b"\xff\xd8\xff\xe0"), Picture, "image/jpeg"),
            (long(b"\0\0\0\x18ftypisom"), Video, "video/mp4"),
            (long(b"\0\0\0\x18ftypM4V "), Video, "video/mp4"),
            (webm("V_VP9 A_OPUS"), Video, "video/webm"),
            (webm("A_OPUS"), Audio, "audio/webm"),
            (long(b"\0\0\0\x18ftypM4A "), Audio, "audio/mp4"),
            (long(b"ID3\x04"), Audio, "audio/mpeg"),
            (long(b"OggS\0\x02"), Audio, "audio/ogg"),
            (long(b"RIFF\0\0\0\0WAVEfmt "), Audio, "audio/wav"),
            (long(b"%PDF-1.7"), File, "application/pdf"),
            (long(b"PK\x03\x04"), File, "application/zip"),
            (long(b"BM\0\0"), File, "image/bmp"),
            (b"<!DOCTYPE html><script>alert(1)</script>".to_vec(), File, UNKNOWN),
            (b"<?xml version=\"1.0\"?><svg onload=\"alert(1)\"/>".to_vec(), File, UNKNOWN),
            (b"<svg xmlns='http://www.w3.org/2000/svg'/>".to_vec(), File, UNKNOWN),
            (b"#!/bin/sh\nrm -r /".to_vec(), File, UNKNOWN),
            (b"eggs, milk, bread".to_vec(), File, UNKNOWN),
            (vec![], File, UNKNOWN),
        ] {
            let found = type_of(&bytes);
            assert_eq!((found, AttachmentKind::of(found)), (content_type, kind));
        }
    }
}

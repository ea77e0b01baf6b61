//! Names of files: as they are kept, and as they are told to browsers. Pure.

use crate::{media::AttachmentKind, ui::percent_encoded};

/// The longest name that is kept, in characters; its ending stays.
const NAME_MAX: usize = 200;
/// The longest ending.
const ENDING_MAX: usize = 20;

/// The last part of a path, without what is not seen: control characters, and those that turn the
/// direction of writing, with which `exe.txt` is written for `txt.exe` (Unicode, UAX 9).
#[must_use]
pub fn base_name(path: &str) -> String {
    let name = path.rsplit(['/', '\\']).next().unwrap_or_default();
    let is_seen = |c: &char| {
        !c.is_control()
            && !matches!(c, '\u{61C}' | '\u{200E}' | '\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}')
    };
    let name: String = name.chars().filter(is_seen).collect();
    let name = name.trim();
    let length = name.chars().count();
    if length <= NAME_MAX {
        return name.to_owned();
    }
    let ending = name.rfind('.').map(|dot| &name[dot..]).unwrap_or_default();
    let kept = ending.chars().count();
    let (ending, kept) = if kept > ENDING_MAX { ("", 0) } else { (ending, kept) };
    name.chars().take(NAME_MAX - kept).chain(ending.chars()).collect()
}

/// A `Content-Disposition` (RFC 6266; the name in RFC 8187's encoding, where everything but letters
/// and digits is a percent sign and two of them). A file is downloaded under its name. Anything else
/// is shown in the page, and saved under the name that it came with, ending as what it is now.
#[must_use]
pub fn disposition(name: &str, kind: AttachmentKind, content_type: &str) -> String {
    let stem = name.rsplit_once('.').map_or(name, |(stem, _)| stem);
    let ending = content_type.split_once('/').map_or("bin", |(_, ending)| ending);
    let (way, name) = match kind {
        AttachmentKind::File if name.is_empty() => ("attachment", "file".to_owned()),
        AttachmentKind::File => ("attachment", name.to_owned()),
        kind => {
            let stem = match (stem, kind) {
                ("", AttachmentKind::Picture) => "picture",
                ("", AttachmentKind::Video) => "video",
                ("", _) => "audio",
                (stem, _) => stem,
            };
            let ending = match content_type {
                "image/jpeg" => "jpg",
                "audio/mpeg" => "mp3",
                "audio/mp4" => "m4a",
                _ => ending,
            };
            ("inline", format!("{stem}.{ending}"))
        }
    };
    format!("{way}; filename*=UTF-8''{}", percent_encoded(&name))
}

#[cfg(test)]
mod tests {
    use super::*;
    use AttachmentKind::{Audio, File, Picture};

    #[test]
    fn a_file_name_cannot_break_out_of_its_header() {
        let picture = |name| disposition(name, Picture, "image/jpeg");
        assert_eq!(picture("cat.webp"), "inline; filename*=UTF-8''cat.jpg");
        assert_eq!(picture("猫.jpg"), "inline; filename*=UTF-8''%E7%8C%AB.jpg");
        assert_eq!(
            picture("a\";\r\nX: y'.png"),
            "inline; filename*=UTF-8''a%22%3B%0D%0AX%3A%20y%27.jpg"
        );
        assert_eq!(picture(""), "inline; filename*=UTF-8''picture.jpg");
        let file = |name| disposition(name, File, "application/pdf");
        assert_eq!(file("a b.html"), "attachment; filename*=UTF-8''a%20b.html");
        assert_eq!(file(""), "attachment; filename*=UTF-8''file");
        let song = disposition("song", Audio, "audio/mpeg");
        assert_eq!(song, "inline; filename*=UTF-8''song.mp3");
    }

    #[test]
    fn a_file_name_has_no_folder_and_hides_nothing() {
        assert_eq!(base_name("../../etc/passwd"), "passwd");
        assert_eq!(base_name("C:\\Pictures\\a\u{7}b.png"), "ab.png");
        assert_eq!(base_name("x/").len(), 0);
        assert_eq!(base_name("invoice\u{202E}txt.exe"), "invoicetxt.exe");
        assert_eq!(base_name("a\r\nSet-Cookie: x"), "aSet-Cookie: x");
        assert_eq!(base_name("👨‍👩‍👧.png"), "👨‍👩‍👧.png", "what joins an emoji stays");
        let long = base_name(&format!("{}.pdf", "é".repeat(300)));
        assert_eq!((long.chars().count(), long.ends_with("é.pdf")), (NAME_MAX, true));
        assert_eq!(base_name(&format!("a.{}", "é".repeat(300))).chars().count(), NAME_MAX);
    }
}

//! From an upload's bytes to a picture that is safe to serve: known type, bounded size, upright,
//! without metadata (a phone's photo holds where it was taken), with a thumbnail. Pure.

use crate::{error::Error, media::Purpose};
use gif::{ColorOutput, DecodeOptions, DecodingError, Encoder, EncodingError, Frame};
use image::{
    DynamicImage, ImageDecoder, ImageError, ImageFormat, ImageReader, Limits,
    codecs::{jpeg::JpegEncoder, webp::WebPEncoder},
    imageops::FilterType,
};
use std::io::Cursor;

/// The most pixels of a picture: a phone's largest photo has about so many.
const PIXELS_MAX: u64 = 40_000_000;
/// The most pixels of all frames of an animation together.
const ANIMATION_PIXELS_MAX: u64 = 100_000_000;
/// The most frames of an animation.
const FRAMES_MAX: u32 = 200;
/// The most memory that a decoder may take, in bytes: `PIXELS_MAX` at 16 bits in four channels,
/// and as much again beside it.
const ALLOCATION_MAX: u64 = 640_000_000;
/// An animation may take so many times its bytes when it is written anew, if that is more than [`STORED_MAX`]:
/// others' encoders do better than ours.
const GROWTH: usize = 4;
/// The most bytes of a stored picture that does not move: what an upload may have by default.
const STORED_MAX: usize = 10_000_000;
/// A message's thumbnail fits into this width and height.
const THUMB: (u32, u32) = (640, 480);
/// Side of an avatar, and of its thumbnail, in pixels.
const AVATAR: (u32, u32) = (256, 96);

/// A picture and its thumbnail, ready to be stored.
#[derive(Debug)]
pub struct Processed {
    pub picture: Encoded,
    pub thumb: Encoded,
}

/// An encoded picture.
#[derive(Debug)]
pub struct Encoded {
    pub bytes: Vec<u8>,
    /// Media type, such as `image/jpeg`.
    pub content_type: &'static str,
    pub width: u32,
    pub height: u32,
}

/// Makes an upload safe. Takes up to some seconds of a processor: not on the runtime's threads.
///
/// # Errors
/// [`Error::NotAPicture`], [`Error::BrokenPicture`] or [`Error::PictureTooBig`].
pub fn process(bytes: &[u8], purpose: Purpose) -> Result<Processed, Error> {
    let format = format_of(bytes)?;
    let plain;
    let bytes = match format {
        ImageFormat::Png => {
            plain = without_extras(bytes).ok_or(Error::BrokenPicture)?;
            &plain
        }
        _ => bytes,
    };
    if format == ImageFormat::Jpeg && !is_whole_jpeg(bytes) {
        return Err(Error::BrokenPicture);
    }
    let still = decode(bytes, format)?;
    match purpose {
        Purpose::Avatar | Purpose::Room => {
            let square = middle(&still);
            let sized = |side| square.resize_exact(side, side, FilterType::CatmullRom);
            Ok(Processed {
                picture: encode(&sized(AVATAR.0), ImageFormat::Jpeg)?,
                thumb: encode(&sized(AVATAR.1), ImageFormat::Jpeg)?,
            })
        }
        Purpose::Message => Ok(Processed {
            thumb: encode(&thumbnail(&still), ImageFormat::Jpeg)?,
            picture: match format {
                ImageFormat::Gif => animation(bytes)?,
                format => fitted(still, format)?,
            },
        }),
    }
}

/// The type by the first bytes, whatever the file is called.
fn format_of(bytes: &[u8]) -> Result<ImageFormat, Error> {
    match infer::get(bytes).map(|kind| kind.mime_type()) {
        Some("image/jpeg") => Ok(ImageFormat::Jpeg),
        Some("image/png") => Ok(ImageFormat::Png),
        Some("image/gif") => Ok(ImageFormat::Gif),
        Some("image/webp") => Ok(ImageFormat::WebP),
        _ => Err(Error::NotAPicture),
    }
}

/// A PNG without what is not shown: a compressed colour profile or text unpacks to a thousand times
/// its size, which no limit of the decoder counts. Nothing if its chunks (PNG, third edition, 5.3) do
/// not follow each other to the end.
fn without_extras(png: &[u8]) -> Option<Vec<u8>> {
    const SIGNATURE: usize = 8;
    const SHOWN: [&[u8]; 7] = [b"IHDR", b"PLTE", b"tRNS", b"gAMA", b"sRGB", b"IDAT", b"eXIf"];
    let mut plain = png.get(..SIGNATURE)?.to_vec();
    let mut rest = &png[SIGNATURE..];
    loop {
        let length = usize::try_from(u32::from_be_bytes(*rest.first_chunk()?)).ok()?;
        let kind = rest.get(4..8)?;
        let chunk = rest.get(..length.checked_add(12)?)?;
        if kind == b"IEND" {
            plain.extend_from_slice(chunk);
            return Some(plain);
        }
        if SHOWN.contains(&kind) {
            plain.extend_from_slice(chunk);
        }
        rest = &rest[chunk.len()..];
    }
}

/// Whether a JPEG goes on to its end: the decoder fills with grey what is missing. Walks from
/// marker to marker (ITU-T T.81, annex B) to the end-of-image; other data may follow that.
fn is_whole_jpeg(bytes: &[u8]) -> bool {
    let mut at = 2;
    loop {
        match (bytes.get(at), bytes.get(at + 1)) {
            (Some(0xFF), Some(0xD9)) => return true,
            // Fill bytes, stuffed bytes and restart markers: no length follows.
            (Some(0xFF), Some(0xFF)) => at += 1,
            (Some(0xFF), Some(0x00 | 0x01 | 0xD0..=0xD7)) => at += 2,
            (Some(0xFF), Some(_)) => match (bytes.get(at + 2), bytes.get(at + 3)) {
                (Some(&high), Some(&low)) => at += 2 + usize::from(u16::from_be_bytes([high, low])),
                _ => return false,
            },
            // Within the scan's data.
            (Some(_), Some(_)) => at += 1,
            _ => return false,
        }
    }
}

fn limits() -> Limits {
    let mut limits = Limits::default();
    limits.max_alloc = Some(ALLOCATION_MAX);
    limits
}

/// The picture, or an animation's first frame, turned upright, in 8 bits a channel.
fn decode(bytes: &[u8], format: ImageFormat) -> Result<DynamicImage, Error> {
    let mut reader = ImageReader::with_format(Cursor::new(bytes), format);
    reader.limits(limits());
    let mut decoder = reader.into_decoder().map_err(broken)?;
    let (width, height) = decoder.dimensions();
    if u64::from(width) * u64::from(height) > PIXELS_MAX {
        return Err(too_big(PIXELS_MAX));
    }
    let orientation = decoder.orientation().map_err(broken)?;
    let mut image = DynamicImage::from_decoder(decoder).map_err(broken)?;
    image.apply_orientation(orientation);
    Ok(match image {
        gray @ DynamicImage::ImageLuma8(_) => gray,
        DynamicImage::ImageLuma16(_) => image.into_luma8().into(),
        _ if is_transparent(&image) => image.into_rgba8().into(),
        _ => image.into_rgb8().into(),
    })
}

fn is_transparent(image: &DynamicImage) -> bool {
    match image {
        DynamicImage::ImageRgba8(image) => image.pixels().any(|pixel| pixel.0[3] < u8::MAX),
        other => other.color().has_alpha(),
    }
}

/// The largest square in the middle. It is cut out before it is sized: a line of a million pixels, sized
/// first, would be taken for a picture of 256 million by 256.
fn middle(image: &DynamicImage) -> DynamicImage {
    let side = image.width().min(image.height());
    image.crop_imm((image.width() - side) / 2, (image.height() - side) / 2, side, side)
}

/// Fits into [`THUMB`]; a smaller picture stays as it is.
fn thumbnail(image: &DynamicImage) -> DynamicImage {
    if image.width() <= THUMB.0 && image.height() <= THUMB.1 {
        return image.clone();
    }
    image.thumbnail(THUMB.0, THUMB.1)
}

/// Encodes so that it fits into [`STORED_MAX`]: halves the sides as often as it takes. Noise, or
/// many small colours, can take a hundred times the bytes that were uploaded.
fn fitted(mut image: DynamicImage, format: ImageFormat) -> Result<Encoded, Error> {
    loop {
        let encoded = encode(&image, format)?;
        if encoded.bytes.len() <= STORED_MAX || image.width().max(image.height()) < 2 {
            return Ok(encoded);
        }
        image = image.thumbnail(image.width().div_ceil(2), image.height().div_ceil(2));
    }
}

/// Encodes in `format` if that suits: a transparent picture is never a JPEG, an opaque one never a
/// WebP (which this encoder writes without loss only: a photo would grow to many times its size).
fn encode(image: &DynamicImage, format: ImageFormat) -> Result<Encoded, Error> {
    let mut bytes = Cursor::new(Vec::new());
    let transparent = image.color().has_alpha();
    let (written, content_type) = match format {
        ImageFormat::WebP if transparent => {
            (image.write_with_encoder(WebPEncoder::new_lossless(&mut bytes)), "image/webp")
        }
        ImageFormat::Jpeg | ImageFormat::WebP if !transparent => {
            (image.write_with_encoder(JpegEncoder::new_with_quality(&mut bytes, 85)), "image/jpeg")
        }
        _ => (image.write_to(&mut bytes, ImageFormat::Png), "image/png"),
    };
    written.map_err(broken)?;
    let (width, height) = (image.width(), image.height());
    Ok(Encoded { bytes: bytes.into_inner(), content_type, width, height })
}

/// Writes a GIF anew, frame by frame, so that only one is in memory. Each stays the part of the picture that
/// it is: drawn out to the whole, a frame of one pixel would take as many bytes as the largest.
fn animation(bytes: &[u8]) -> Result<Encoded, Error> {
    let mut options = DecodeOptions::new();
    options.set_color_output(ColorOutput::Indexed);
    let mut decoder = options.read_info(bytes).map_err(unread)?;
    let (width, height) = (decoder.width(), decoder.height());
    let palette = decoder.global_palette().unwrap_or_default().to_vec();
    let most = STORED_MAX.max(GROWTH * bytes.len());
    let mut encoder = Encoder::new(Vec::new(), width, height, &palette).map_err(unwritten)?;
    let area = |width: u16, height: u16| u64::from(width) * u64::from(height);
    let (mut number, mut pixels) = (0, 0);
    while let Some(info) = decoder.next_frame_info().map_err(unread)? {
        let mut frame = Frame { needs_user_input: false, interlaced: false, ..info.clone() };
        number += 1;
        // It may be larger than its picture.
        pixels += area(width, height).max(area(frame.width, frame.height));
        if number > FRAMES_MAX || pixels > ANIMATION_PIXELS_MAX || encoder.get_ref().len() > most {
            return Err(too_big(ANIMATION_PIXELS_MAX));
        }
        if number == 1 {
            encoder.set_repeat(decoder.repeat()).map_err(unwritten)?;
        }
        let mut buffer = vec![0; decoder.buffer_size()];
        decoder.read_into_buffer(&mut buffer).map_err(unread)?;
        frame.buffer = buffer.into();
        encoder.write_frame(&frame).map_err(unwritten)?;
    }
    let written = encoder.into_inner().map_err(unwritten)?;
    let (width, height) = (width.into(), height.into());
    Ok(Encoded { bytes: written, content_type: "image/gif", width, height })
}

fn unread(_: DecodingError) -> Error {
    Error::BrokenPicture
}

/// What was read cannot be written: without a palette, say.
fn unwritten(_: EncodingError) -> Error {
    Error::BrokenPicture
}

fn too_big(pixels: u64) -> Error {
    Error::PictureTooBig { pixels, frames: FRAMES_MAX }
}

fn broken(error: ImageError) -> Error {
    match error {
        ImageError::Limits(_) => too_big(PIXELS_MAX),
        _ => Error::BrokenPicture,
    }
}

#[cfg(test)]
#[path = "picture_tests.rs"]
mod tests;

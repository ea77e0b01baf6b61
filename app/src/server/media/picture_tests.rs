use super::*;
use image::{
    AnimationDecoder, Delay, Rgb, RgbImage, Rgba, RgbaImage,
    codecs::gif::{GifDecoder, GifEncoder, Repeat},
    metadata::LoopCount,
};

/// Red on the left, blue on the right.
fn halves(width: u32, height: u32) -> DynamicImage {
    let colour = |x, _| if x < width / 2 { Rgb([255, 0, 0]) } else { Rgb([0, 0, 255]) };
    RgbImage::from_fn(width, height, colour).into()
}

fn written(image: &DynamicImage, format: ImageFormat) -> Vec<u8> {
    let mut bytes = Cursor::new(Vec::new());
    image.write_to(&mut bytes, format).unwrap();
    bytes.into_inner()
}

fn message(bytes: &[u8]) -> Result<Processed, Error> {
    process(bytes, Purpose::Message)
}

fn size(encoded: &Encoded) -> (u32, u32) {
    let image = image::load_from_memory(&encoded.bytes).unwrap();
    assert_eq!((image.width(), image.height()), (encoded.width, encoded.height));
    (encoded.width, encoded.height)
}

/// The JPEG with an EXIF segment put in: orientation 6 (turn right to see it), and a place.
fn with_exif(jpeg: &[u8]) -> Vec<u8> {
    let mut exif = b"Exif\0\0MM\0\x2A\0\0\0\x08".to_vec();
    exif.extend(2_u16.to_be_bytes());
    exif.extend(b"\x01\x12\0\x03\0\0\0\x01\0\x06\0\0"); // Orientation, SHORT, 1, value 6.
    exif.extend(b"\x88\x25\0\x04\0\0\0\x01\0\0\0\x26"); // GPS directory at 38.
    exif.extend(0_u32.to_be_bytes());
    exif.extend(b"\0\x01\0\x1D\0\x02\0\0\0\x0B\0\0\0\x38\0\0\0\0GPS-secret\0");
    let mut bytes = jpeg[..2].to_vec();
    bytes.extend([0xFF, 0xE1]);
    bytes.extend(u16::try_from(exif.len() + 2).unwrap().to_be_bytes());
    bytes.extend(exif);
    bytes.extend(&jpeg[2..]);
    bytes
}

fn gif(frames: u32, width: u32) -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut encoder = GifEncoder::new(&mut bytes);
    encoder.set_repeat(Repeat::Infinite).unwrap();
    for number in 0..frames {
        let shade = u8::try_from(number % 256).unwrap();
        let image = RgbaImage::from_pixel(width, 3, Rgba([shade, 0, 0, 255]));
        let delay = Delay::from_numer_denom_ms(70, 1);
        encoder.encode_frame(image::Frame::from_parts(image, 0, 0, delay)).unwrap();
    }
    drop(encoder);
    bytes
}

#[test]
fn a_photo_is_turned_upright_and_tells_no_place() {
    let bytes = with_exif(&written(&halves(64, 32), ImageFormat::Jpeg));
    assert!(bytes.windows(10).any(|window| window == b"GPS-secret"));
    let done = message(&bytes).unwrap();
    assert_eq!((size(&done.picture), size(&done.thumb)), ((32, 64), (32, 64)));
    let upright = image::load_from_memory(&done.picture.bytes).unwrap().into_rgb8();
    let (top, bottom) = (upright.get_pixel(16, 8), upright.get_pixel(16, 56));
    assert!(top[0] > 200 && bottom[2] > 200, "red above blue: {top:?} {bottom:?}");
    for encoded in [&done.picture, &done.thumb] {
        for trace in [b"Exif".as_slice(), b"GPS-secret"] {
            assert!(!encoded.bytes.windows(trace.len()).any(|window| window == trace));
        }
    }
}

#[test]
fn the_content_says_what_a_picture_is() {
    for wrong in [b"".as_slice(), b"hello, I am a text.png", b"<svg xmlns='x'/>", b"%PDF-1.7"] {
        assert_eq!(message(wrong).unwrap_err(), Error::NotAPicture, "{wrong:?}");
    }
}

#[test]
fn each_format_is_written_anew_in_one_that_suits() {
    let opaque = halves(20, 10);
    let clear = DynamicImage::from(RgbaImage::from_pixel(20, 10, Rgba([9, 9, 9, 99])));
    let types = |image: &DynamicImage, format| {
        let done = message(&written(image, format)).unwrap();
        assert_eq!((size(&done.picture), size(&done.thumb)), ((20, 10), (20, 10)));
        (done.picture.content_type, done.thumb.content_type)
    };
    assert_eq!(types(&opaque, ImageFormat::Jpeg), ("image/jpeg", "image/jpeg"));
    assert_eq!(types(&opaque, ImageFormat::Png), ("image/png", "image/jpeg"));
    assert_eq!(types(&opaque, ImageFormat::WebP), ("image/jpeg", "image/jpeg"));
    assert_eq!(types(&clear, ImageFormat::Png), ("image/png", "image/png"));
    assert_eq!(types(&clear, ImageFormat::WebP), ("image/webp", "image/png"));
    let deep = opaque.to_rgba16().into();
    assert_eq!(types(&deep, ImageFormat::Png).0, "image/png");
}

#[test]
fn a_thumbnail_fits_and_is_never_enlarged() {
    for (from, thumb) in [
        ((1280, 480), (640, 240)),
        ((600, 960), (300, 480)),
        ((640, 480), (640, 480)),
        ((5, 7), (5, 7)),
        ((3000, 1), (640, 1)),
    ] {
        let done = message(&written(&halves(from.0, from.1), ImageFormat::Png)).unwrap();
        assert_eq!((size(&done.picture), size(&done.thumb)), (from, thumb));
    }
}

#[test]
fn an_avatar_is_a_square() {
    let bytes = written(&halves(300, 100), ImageFormat::Png);
    let done = process(&bytes, Purpose::Avatar).unwrap();
    assert_eq!((size(&done.picture), size(&done.thumb)), ((256, 256), (96, 96)));
    let moving = process(&gif(3, 4), Purpose::Avatar).unwrap();
    assert_eq!(moving.picture.content_type, "image/jpeg");
}

#[test]
fn a_line_of_pixels_becomes_a_square_of_the_same_size_as_any() {
    for (width, height) in [(1_000_000, 1), (1, 1_000_000), (1, 1)] {
        let line = written(&DynamicImage::new_luma8(width, height), ImageFormat::Png);
        let done = process(&line, Purpose::Avatar).unwrap();
        assert_eq!((size(&done.picture), size(&done.thumb)), ((256, 256), (96, 96)));
    }
}

#[test]
fn a_frame_that_is_larger_than_its_picture_takes_no_memory() {
    let mut bytes = gif(2, 4);
    // An image descriptor (GIF89a, 20) of 65,535 by 65,535 in place of the second one.
    let descriptor = [0x2C, 0, 0, 0, 0, 4, 0, 3, 0];
    let at = bytes.windows(9).rposition(|window| window == descriptor).unwrap();
    bytes[at + 5..at + 9].fill(0xFF);
    assert_eq!(message(&bytes).unwrap_err(), too_big(ANIMATION_PIXELS_MAX));
}

#[test]
fn a_bomb_is_refused_by_its_header() {
    let mut bytes = written(&halves(2, 2), ImageFormat::Png);
    let too_big = || Error::PictureTooBig { pixels: PIXELS_MAX, frames: FRAMES_MAX };
    bytes[16..20].copy_from_slice(&30_000_u32.to_be_bytes());
    bytes[20..24].copy_from_slice(&30_000_u32.to_be_bytes());
    let crc = crc32(&bytes[12..29]);
    bytes[29..33].copy_from_slice(&crc.to_be_bytes());
    let begun = std::time::Instant::now();
    assert_eq!(message(&bytes).unwrap_err(), too_big());
    assert!(begun.elapsed() < std::time::Duration::from_millis(500), "{:?}", begun.elapsed());

    let mut moving = gif(1, 4);
    moving[6..10].copy_from_slice(&[0xFF; 4]);
    assert_eq!(message(&moving).unwrap_err(), too_big());
}

fn crc32(bytes: &[u8]) -> u32 {
    !bytes.iter().fold(u32::MAX, |sum, byte| {
        (0..8).fold(sum ^ u32::from(*byte), |sum, _| (sum >> 1) ^ (0xEDB8_8320 * (sum & 1)))
    })
}

#[test]
fn an_animation_keeps_its_frames_and_their_times() {
    let done = message(&gif(5, 4)).unwrap();
    assert_eq!(done.picture.content_type, "image/gif");
    let decoder = GifDecoder::new(Cursor::new(&done.picture.bytes)).unwrap();
    assert!(matches!(decoder.loop_count(), LoopCount::Infinite));
    let frames = decoder.into_frames().collect_frames().unwrap();
    assert_eq!(frames.len(), 5);
    for (number, frame) in frames.iter().enumerate() {
        assert_eq!(frame.delay().numer_denom_ms(), (70, 1));
        assert_eq!(usize::from(frame.buffer().get_pixel(1, 1)[0]), number);
    }
}

#[test]
fn a_frame_that_is_a_small_part_of_its_picture_stays_small() {
    const SIDE: u16 = 300;
    let palette: Vec<u8> = (0..=255).flat_map(|shade| [shade, 0, 255 - shade]).collect();
    let mut noisy = Frame { width: SIDE, height: SIDE, delay: 7, ..Frame::default() };
    let noise = |n: u32| (n.wrapping_mul(2_654_435_761) >> 15) as u8;
    noisy.buffer = (0..u32::from(SIDE) * u32::from(SIDE)).map(noise).collect();
    let mut bytes = Vec::new();
    let mut encoder = Encoder::new(&mut bytes, SIDE, SIDE, &palette).unwrap();
    encoder.write_frame(&noisy).unwrap();
    for number in 1..FRAMES_MAX as u16 {
        let pixel =
            Frame { width: 1, height: 1, left: number, top: 2, delay: 7, ..Frame::default() };
        encoder.write_frame(&Frame { buffer: vec![number as u8].into(), ..pixel }).unwrap();
    }
    drop(encoder);
    let picture = message(&bytes).unwrap().picture;
    assert!(picture.bytes.len() <= bytes.len(), "{} of {}", picture.bytes.len(), bytes.len());
    let shown = |gif: &[u8]| {
        let frames = GifDecoder::new(Cursor::new(gif)).unwrap().into_frames().collect_frames();
        frames.unwrap().into_iter().map(image::Frame::into_buffer).collect::<Vec<_>>()
    };
    assert!(shown(&picture.bytes) == shown(&bytes), "the same is seen");
}

#[test]
fn frames_that_are_larger_than_their_picture_count_as_they_are() {
    const SIDE: u16 = 5_000;
    let mut bytes = Vec::new();
    let mut encoder = Encoder::new(&mut bytes, 1, 1, &[0; 6]).unwrap();
    let blank = |side: u16| Frame {
        width: side,
        height: side,
        buffer: vec![0; usize::from(side) * usize::from(side)].into(),
        ..Frame::default()
    };
    encoder.write_frame(&blank(1)).unwrap();
    for _ in 0..5 {
        encoder.write_frame(&blank(SIDE)).unwrap();
    }
    drop(encoder);
    assert_eq!(message(&bytes).unwrap_err(), too_big(ANIMATION_PIXELS_MAX));
}

#[test]
fn an_endless_animation_is_refused() {
    assert!(message(&gif(200, 4)).is_ok());
    assert!(matches!(message(&gif(300, 4)), Err(Error::PictureTooBig { frames: 200, .. })));
}

#[test]
fn half_a_picture_is_a_broken_one() {
    // Noise, so that most of each file is the picture's data and not its headers.
    let noise =
        |x: u32, y: u32| Rgb([x, y, x ^ y].map(|n| (n.wrapping_mul(2_654_435_761) >> 9) as u8));
    let noise = RgbImage::from_fn(200, 200, noise).into();
    for format in [ImageFormat::Jpeg, ImageFormat::Png, ImageFormat::WebP] {
        let whole = written(&noise, format);
        let half = &whole[..whole.len() * 3 / 4];
        assert_eq!(message(half).unwrap_err(), Error::BrokenPicture, "{format:?}");
    }
    let moving = gif(5, 64);
    assert_eq!(message(&moving[..moving.len() / 2]).unwrap_err(), Error::BrokenPicture);
    let mut longer = written(&halves(64, 64), ImageFormat::Jpeg);
    longer.extend(b"\xFF\xDA and a film, as phones append");
    assert!(message(&longer).is_ok());
}

#[test]
fn what_is_not_shown_of_a_png_is_not_unpacked() {
    let picture = written(&halves(3, 2), ImageFormat::Png);
    let extra = |kind: &[u8; 4]| {
        let mut chunk = 4_u32.to_be_bytes().to_vec();
        chunk.extend_from_slice(kind);
        chunk.extend_from_slice(b"bomb\0\0\0\0");
        chunk
    };
    // After the signature and the header of 13 bytes.
    let (head, rest) = picture.split_at(8 + 25);
    let with = [head, &extra(b"iCCP"), &extra(b"zTXt"), rest].concat();
    assert_eq!(without_extras(&with).as_deref(), Some(&picture[..]));
    assert!(process(&with, Purpose::Message).is_ok());
    assert_eq!(without_extras(&picture[..picture.len() - 1]), None);
}

#[test]
fn a_picture_that_grows_when_it_is_written_anew_is_made_smaller() {
    // Without loss, noise takes all of its bytes.
    let noise = RgbImage::from_fn(2_600, 1_500, |x, y| {
        let mixed = x.wrapping_mul(2_654_435_761) ^ y.wrapping_mul(2_246_822_519);
        let mixed = (mixed ^ (mixed >> 15)).wrapping_mul(2_654_435_761).to_be_bytes();
        Rgb([mixed[0], mixed[1], mixed[2]])
    });
    assert!(written(&noise.clone().into(), ImageFormat::Png).len() > STORED_MAX);
    let fitted = fitted(noise.into(), ImageFormat::Png).unwrap();
    assert!(fitted.bytes.len() <= STORED_MAX);
    assert_eq!((fitted.width, fitted.height), (1_300, 750));
}

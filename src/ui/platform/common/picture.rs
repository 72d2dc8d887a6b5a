//! Pictures between the bridge's straight RGBA and what the systems want.

use std::io::Cursor;

use image::{ImageFormat, RgbaImage};

use crate::bridge::{Picture, Rect};

/// The picture as PNG; `None` when its numbers do not fit together.
pub(crate) fn encode_png(picture: &Picture) -> Option<Vec<u8>> {
  let image =
    RgbaImage::from_raw(picture.width, picture.height, picture.rgba.clone()).filter(|image| image.width() > 0 && image.height() > 0)?;
  let mut bytes = Vec::new();
  image.write_to(&mut Cursor::new(&mut bytes), ImageFormat::Png).ok()?;
  Some(bytes)
}

pub(crate) fn decode_png(bytes: &[u8]) -> Result<Picture, String> {
  let image = image::load_from_memory_with_format(bytes, ImageFormat::Png).map_err(|error| error.to_string())?.into_rgba8();
  Ok(Picture { width: image.width(), height: image.height(), rgba: image.into_raw() })
}

/// The part of a picture that `rect` names, in units of which `scale` pixels make one. It is cut to what the picture holds.
#[cfg_attr(target_os = "macos", expect(dead_code, reason = "WKWebView draws parts itself"))]
pub(crate) fn crop(picture: Picture, rect: Option<Rect>, scale: f64) -> Picture {
  let Some(rect) = rect else { return picture };
  let within = |value: i32, most: u32| (f64::from(value) * scale).clamp(0.0, f64::from(most)) as u32;
  let (x, y) = (within(rect.x, picture.width), within(rect.y, picture.height));
  let (width, height) = (within(rect.width, picture.width - x), within(rect.height, picture.height - y));
  let Some(image) = RgbaImage::from_raw(picture.width, picture.height, picture.rgba) else {
    return Picture { width: 0, height: 0, rgba: Vec::new() };
  };
  let part = image::imageops::crop_imm(&image, x, y, width, height).to_image();
  Picture { width: part.width(), height: part.height(), rgba: part.into_raw() }
}

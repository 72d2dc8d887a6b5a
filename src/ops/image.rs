//! Decoding, encoding and scaling of pictures for `nativeImage`. Pixels are straight RGBA, rows from the top.

use std::io::Cursor;

use deno_core::convert::Uint8Array;
use deno_core::{JsBuffer, op2};
use image::codecs::jpeg::JpegEncoder;
use image::codecs::png::PngEncoder;
use image::imageops::{self, FilterType};
use image::{ExtendedColorType, ImageEncoder, ImageFormat, ImageReader, Limits, RgbaImage};

/// More pixels than any screen shows, and few enough (400 MB) that a lying header cannot exhaust the memory.
const MAX_PIXELS: u64 = 100_000_000;
const MAX_SIDE: u32 = 65_535;

/// Why a picture could not be made.
#[derive(Debug, thiserror::Error, deno_error::JsError)]
pub enum ImageError {
  #[class(range)]
  #[error("An image of {width} x {height} pixels is too large: at most {MAX_PIXELS} pixels are supported")]
  TooLarge { width: u32, height: u32 },
  #[class(type)]
  #[error("{given} bytes do not hold {width} x {height} pixels of 4 bytes")]
  WrongLength { width: u32, height: u32, given: usize },
  #[class(generic)]
  #[error("The image could not be encoded: {0}")]
  Encode(image::ImageError),
}

fn checked(width: u32, height: u32) -> Result<(), ImageError> {
  if width > MAX_SIDE || height > MAX_SIDE || u64::from(width) * u64::from(height) > MAX_PIXELS {
    return Err(ImageError::TooLarge { width, height });
  }
  Ok(())
}

fn picture(pixels: &[u8], width: u32, height: u32) -> Result<RgbaImage, ImageError> {
  checked(width, height)?;
  let wrong = ImageError::WrongLength { width, height, given: pixels.len() };
  if pixels.len() as u64 != u64::from(width) * u64::from(height) * 4 {
    return Err(wrong);
  }
  RgbaImage::from_raw(width, height, pixels.to_vec()).ok_or(wrong)
}

/// Width, height and pixels of a PNG or JPEG file, `None` for anything else: Electron makes an empty image of it.
pub fn decode(bytes: &[u8]) -> Option<(u32, u32, Vec<u8>)> {
  let mut reader = ImageReader::new(Cursor::new(bytes)).with_guessed_format().ok()?;
  if !matches!(reader.format(), Some(ImageFormat::Png | ImageFormat::Jpeg)) {
    return None;
  }
  let mut limits = Limits::default();
  limits.max_image_width = Some(MAX_SIDE);
  limits.max_image_height = Some(MAX_SIDE);
  limits.max_alloc = Some(MAX_PIXELS * 8);
  reader.limits(limits);
  let decoded = reader.decode().ok()?;
  checked(decoded.width(), decoded.height()).ok()?;
  let (width, height) = (decoded.width(), decoded.height());
  Some((width, height, decoded.into_rgba8().into_raw()))
}

/// Answers `[width, height]` as little-endian u32 followed by the pixels, or nothing for a file that is no picture.
#[op2]
pub fn op_image_decode(#[buffer] bytes: &[u8]) -> Uint8Array {
  let Some((width, height, pixels)) = decode(bytes) else {
    return Vec::new().into();
  };
  let mut out = Vec::with_capacity(pixels.len() + 8);
  out.extend_from_slice(&width.to_le_bytes());
  out.extend_from_slice(&height.to_le_bytes());
  out.extend_from_slice(&pixels);
  out.into()
}

/// The pixels as a PNG file.
#[op2]
pub fn op_image_encode_png(#[buffer] pixels: &[u8], width: u32, height: u32) -> Result<Uint8Array, ImageError> {
  let picture = picture(pixels, width, height)?;
  let mut out = Vec::new();
  PngEncoder::new(&mut out).write_image(picture.as_raw(), width, height, ExtendedColorType::Rgba8).map_err(ImageError::Encode)?;
  Ok(out.into())
}

/// The pixels as a JPEG file of `quality` 0 to 100; JPEG has no alpha, so transparent pixels are laid on black as Chromium does.
#[op2]
pub fn op_image_encode_jpeg(#[buffer] pixels: &[u8], width: u32, height: u32, quality: u32) -> Result<Uint8Array, ImageError> {
  let picture = picture(pixels, width, height)?;
  let mut opaque = Vec::with_capacity(picture.len() / 4 * 3);
  for pixel in picture.pixels() {
    let alpha = u16::from(pixel.0[3]);
    opaque.extend(pixel.0[..3].iter().map(|channel| (u16::from(*channel) * alpha / 255) as u8));
  }
  let mut out = Vec::new();
  let quality = quality.clamp(1, 100) as u8;
  JpegEncoder::new_with_quality(&mut out, quality)
    .write_image(&opaque, width, height, ExtendedColorType::Rgb8)
    .map_err(ImageError::Encode)?;
  Ok(out.into())
}

/// Scales to a new size. `quality` is Electron's `good`, `better` or `best`.
#[op2]
pub fn op_image_resize(
  #[buffer] pixels: &[u8],
  width: u32,
  height: u32,
  new_width: u32,
  new_height: u32,
  #[string] quality: &str,
) -> Result<Uint8Array, ImageError> {
  checked(new_width, new_height)?;
  let picture = picture(pixels, width, height)?;
  let filter = match quality {
    "good" => FilterType::Triangle,
    "better" => FilterType::CatmullRom,
    _ => FilterType::Lanczos3,
  };
  Ok(imageops::resize(&picture, new_width, new_height, filter).into_raw().into())
}

/// The part of the picture inside a rectangle that must lie within it.
#[op2]
pub fn op_image_crop(
  #[buffer] pixels: JsBuffer,
  width: u32,
  height: u32,
  x: u32,
  y: u32,
  crop_width: u32,
  crop_height: u32,
) -> Result<Uint8Array, ImageError> {
  let picture = picture(&pixels, width, height)?;
  let (x, y) = (x.min(width), y.min(height));
  let (crop_width, crop_height) = (crop_width.min(width - x), crop_height.min(height - y));
  Ok(imageops::crop_imm(&picture, x, y, crop_width, crop_height).to_image().into_raw().into())
}

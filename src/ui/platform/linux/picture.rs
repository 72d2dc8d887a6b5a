//! Pictures between the bridge's straight RGBA, GDK's pixbufs and cairo's premultiplied surfaces.

use gtk::gdk_pixbuf::{Colorspace, Pixbuf};
use gtk::{cairo, glib};

use crate::bridge::Picture;

/// A pixbuf of the picture; `None` when its numbers do not fit together.
pub(crate) fn to_pixbuf(picture: &Picture) -> Option<Pixbuf> {
  let width = i32::try_from(picture.width).ok()?;
  let height = i32::try_from(picture.height).ok()?;
  let stride = width.checked_mul(4)?;
  let length = usize::try_from(stride).ok()?.checked_mul(usize::try_from(height).ok()?)?;
  if width == 0 || height == 0 || picture.rgba.len() != length {
    return None;
  }
  Some(Pixbuf::from_bytes(&glib::Bytes::from(&picture.rgba), Colorspace::Rgb, true, 8, width, height, stride))
}

/// The pixels of a pixbuf of any layout.
pub(crate) fn from_pixbuf(pixbuf: &Pixbuf) -> Option<Picture> {
  let with_alpha = if pixbuf.has_alpha() { pixbuf.clone() } else { pixbuf.add_alpha(false, 0, 0, 0).ok()? };
  let width = usize::try_from(with_alpha.width()).ok()?;
  let height = usize::try_from(with_alpha.height()).ok()?;
  let stride = usize::try_from(with_alpha.rowstride()).ok()?;
  let bytes = with_alpha.read_pixel_bytes();
  let mut rgba = Vec::with_capacity(width * height * 4);
  for row in 0..height {
    rgba.extend_from_slice(bytes.get(row * stride..row * stride + width * 4)?);
  }
  Some(Picture { width: u32::try_from(width).ok()?, height: u32::try_from(height).ok()?, rgba })
}

/// The pixels of a part of a surface, as straight RGBA. The part is cut to what the surface holds.
pub(crate) fn from_surface(surface: &cairo::Surface, x: f64, y: f64, width: i32, height: i32) -> Result<Picture, String> {
  let mut image = cairo::ImageSurface::create(cairo::Format::ARgb32, width.max(0), height.max(0)).map_err(|error| error.to_string())?;
  {
    let context = cairo::Context::new(&image).map_err(|error| error.to_string())?;
    context.set_source_surface(surface, -x, -y).map_err(|error| error.to_string())?;
    context.set_operator(cairo::Operator::Source);
    context.paint().map_err(|error| error.to_string())?;
  }
  let stride = usize::try_from(image.stride()).unwrap_or(0);
  let (width, height) = (width.max(0) as usize, height.max(0) as usize);
  let data = image.data().map_err(|error| error.to_string())?;
  let mut rgba = Vec::with_capacity(width * height * 4);
  for row in data.chunks_exact(stride.max(1)).take(height) {
    for pixel in row[..width * 4].chunks_exact(4) {
      // A pixel is one native-endian word of alpha, red, green and blue, with the colours multiplied by alpha.
      let word = u32::from_ne_bytes([pixel[0], pixel[1], pixel[2], pixel[3]]);
      let [alpha, red, green, blue] = word.to_be_bytes();
      let straight = |channel: u8| match alpha {
        0 => 0,
        255 => channel,
        _ => ((u32::from(channel) * 255 + u32::from(alpha) / 2) / u32::from(alpha)).min(255) as u8,
      };
      rgba.extend_from_slice(&[straight(red), straight(green), straight(blue), alpha]);
    }
  }
  Ok(Picture { width: width as u32, height: height as u32, rgba })
}

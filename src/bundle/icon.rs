//! One picture in every size that a desktop asks for.

use std::fs;
use std::io::Cursor;
use std::path::{Path, PathBuf};

use image::imageops::FilterType;
use image::{DynamicImage, ImageFormat, ImageReader, Limits, RgbaImage};
use resvg::{tiny_skia, usvg};

use super::error::{Error, Result};

/// The sizes of the hicolor theme that desktops look for.
const SIZES: &[u32] = &[16, 24, 32, 48, 64, 128, 256, 512];
/// What a picture of points must have at least: AppStream and the larger menus ask for it.
const LEAST: u32 = 256;
/// No icon needs more; a file that claims more would take the memory for it.
const MOST: u32 = 8192;
/// Where an icon is looked for when none is named, below the folder of build resources.
const NAMES: &[&str] = &["icon.svg", "icon.png", "icons/512x512.png", "icons/1024x1024.png", "icons/256x256.png"];

/// An app's icon.
#[derive(Debug)]
pub(super) struct Icons {
  /// PNG files, by the length of their sides, the largest last.
  pub(super) png: Vec<(u32, Vec<u8>)>,
  /// The drawing that they were made from, if they were.
  pub(super) svg: Option<Vec<u8>>,
}

/// The app's icon: the one that is named, or one in the usual places, or the shell's own. The second answer tells whether it is the
/// shell's.
///
/// # Errors
/// The icon that is named is not there, or a picture is unreadable or too small.
pub(super) fn load(folder: &Path, named: Option<&str>, resources: &str) -> Result<(Icons, bool)> {
  if let Some(name) = named {
    return from_file(&find_named(folder, name, resources)?).map(|icons| (icons, false));
  }
  let places = NAMES.iter().map(|name| folder.join(resources).join(name)).chain(["icon.svg", "icon.png"].map(|name| folder.join(name)));
  match places.into_iter().find(|path| path.is_file()) {
    Some(path) => from_file(&path).map(|icons| (icons, false)),
    None => Ok((from_svg(include_bytes!("../../icons/icon.svg"), Path::new("icon.svg"))?, true)),
  }
}

/// electron-builder names an icon from either folder, may leave the extension out, and may name a folder of sizes.
fn find_named(folder: &Path, name: &str, resources: &str) -> Result<PathBuf> {
  let bases = [folder.join(name), folder.join(resources).join(name)];
  let candidates = bases.iter().flat_map(|base| {
    let with = |extension: &str| base.with_extension(extension);
    let sizes = [512, 1024, 256].map(|size| base.join(format!("{size}x{size}.png")));
    // An icon of another system usually has one for this beside it.
    [base.clone(), with("svg"), with("png")].into_iter().chain(sizes)
  });
  let usable = |path: &PathBuf| {
    path.is_file() && path.extension().is_some_and(|end| end.eq_ignore_ascii_case("png") || end.eq_ignore_ascii_case("svg"))
  };
  candidates.into_iter().find(usable).ok_or_else(|| {
    let reason = match &bases[0] {
      path if path.is_file() => format!("the icon {} is neither PNG nor SVG", path.display()),
      path => format!("the icon {} does not exist", path.display()),
    };
    Error::refused(reason, format!("name one PNG of at least {LEAST} x {LEAST} points, or one SVG, as \"icon\""))
  })
}

fn from_file(path: &Path) -> Result<Icons> {
  let bytes = fs::read(path).map_err(Error::reading(path))?;
  if path.extension().is_some_and(|end| end.eq_ignore_ascii_case("svg")) { from_svg(&bytes, path) } else { from_png(&bytes, path) }
}

fn bad(path: &Path, reason: impl std::fmt::Display) -> Error {
  Error::refused(
    format!("the icon {} cannot be used: {reason}", path.display()),
    format!("give one PNG of at least {LEAST} x {LEAST} points, or one SVG"),
  )
}

fn from_png(bytes: &[u8], path: &Path) -> Result<Icons> {
  let mut reader = ImageReader::with_format(Cursor::new(bytes), ImageFormat::Png);
  let mut limits = Limits::default();
  limits.max_image_width = Some(MOST);
  limits.max_image_height = Some(MOST);
  reader.limits(limits);
  let picture = reader.decode().map_err(|error| bad(path, error))?;
  let (width, height) = (picture.width(), picture.height());
  if width.max(height) < LEAST {
    return Err(bad(path, format!("it has {width} x {height} points")));
  }
  let picture = squared(picture);
  let side = picture.width();
  // Nothing is enlarged: a blurred icon is worse than one that the desktop scales.
  let sizes = SIZES.iter().filter(|size| **size <= side);
  let png = sizes
    .map(|size| {
      let scaled = if *size == side { picture.clone() } else { image::imageops::resize(&picture, *size, *size, FilterType::Lanczos3) };
      encode(&scaled, path).map(|bytes| (*size, bytes))
    })
    .collect::<Result<_>>()?;
  Ok(Icons { png, svg: None })
}

/// The picture in the middle of a square.
fn squared(picture: DynamicImage) -> RgbaImage {
  let (width, height) = (picture.width(), picture.height());
  let side = width.max(height);
  if width == height {
    return picture.into_rgba8();
  }
  let mut square = RgbaImage::new(side, side);
  image::imageops::overlay(&mut square, &picture.into_rgba8(), i64::from((side - width) / 2), i64::from((side - height) / 2));
  square
}

fn from_svg(bytes: &[u8], path: &Path) -> Result<Icons> {
  // Nothing is loaded from elsewhere: the drawing has to stand alone.
  let mut options = usvg::Options::default();
  options.image_href_resolver.resolve_string = Box::new(|_, _| None);
  let drawing = usvg::Tree::from_data(bytes, &options).map_err(|error| bad(path, error))?;
  let size = drawing.size();
  let side = size.width().max(size.height());
  let png = SIZES
    .iter()
    .map(|length| {
      let scale = *length as f32 / side;
      let shift = |part: f32| (side - part) / 2.0 * scale;
      let transform = tiny_skia::Transform::from_scale(scale, scale).post_translate(shift(size.width()), shift(size.height()));
      let mut canvas = tiny_skia::Pixmap::new(*length, *length).ok_or_else(|| bad(path, "there is no memory for it"))?;
      resvg::render(&drawing, transform, &mut canvas.as_mut());
      let points = canvas.pixels().iter().flat_map(|pixel| {
        let color = pixel.demultiply();
        [color.red(), color.green(), color.blue(), color.alpha()]
      });
      let picture = RgbaImage::from_raw(*length, *length, points.collect()).ok_or_else(|| bad(path, "it has no points"))?;
      encode(&picture, path).map(|bytes| (*length, bytes))
    })
    .collect::<Result<_>>()?;
  Ok(Icons { png, svg: Some(bytes.to_vec()) })
}

fn encode(picture: &RgbaImage, path: &Path) -> Result<Vec<u8>> {
  let mut bytes = Vec::new();
  picture.write_to(&mut Cursor::new(&mut bytes), ImageFormat::Png).map_err(|error| bad(path, error))?;
  Ok(bytes)
}

#[cfg(test)]
mod tests {
  use super::*;

  fn picture(width: u32, height: u32) -> Vec<u8> {
    encode(&RgbaImage::from_pixel(width, height, image::Rgba([9, 8, 7, 255])), Path::new("x")).unwrap()
  }

  fn sizes(icons: &Icons) -> Vec<(u32, u32)> {
    icons.png.iter().map(|(size, bytes)| (*size, image::load_from_memory(bytes).unwrap().width())).collect()
  }

  #[test]
  fn a_png_is_made_smaller_never_larger() {
    let icons = from_png(&picture(256, 200), Path::new("x.png")).unwrap();
    assert_eq!(sizes(&icons), [16, 24, 32, 48, 64, 128, 256].map(|size| (size, size)));
    let largest = image::load_from_memory(&icons.png[6].1).unwrap().into_rgba8();
    assert_eq!((largest.get_pixel(0, 0)[3], largest.get_pixel(128, 128).0), (0, [9, 8, 7, 255]));
  }

  #[test]
  fn an_svg_comes_in_every_size() {
    let drawing = br#"<svg xmlns="http://www.w3.org/2000/svg" width="20" height="10"><rect width="20" height="10" fill="red"/></svg>"#;
    let icons = from_svg(drawing, Path::new("x.svg")).unwrap();
    assert_eq!(sizes(&icons).len(), SIZES.len());
    let large = image::load_from_memory(&icons.png[5].1).unwrap().into_rgba8();
    assert_eq!((large.get_pixel(64, 64).0, large.get_pixel(64, 10)[3]), ([255, 0, 0, 255], 0));
  }

  /// R36: a picture that was cut or changed at any place is refused or drawn, and nothing panics.
  #[test]
  fn r36_a_damaged_picture_is_refused() {
    let png = picture(256, 256);
    for length in 0..png.len() {
      assert!(from_png(&png[..length], Path::new("x.png")).is_err() || length > png.len() - 16, "{length}");
    }
    let svg = br##"<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9"><path d="M0 0h9v9z" fill="#123"/></svg>"##;
    for length in 0..svg.len() {
      assert!(from_svg(&svg[..length], Path::new("x.svg")).is_err(), "{length}");
    }
  }

  #[test]
  fn what_is_no_icon_is_refused() {
    let text = |result: Result<Icons>| result.unwrap_err().to_string();
    assert!(text(from_png(&picture(32, 32), Path::new("x.png"))).contains("it has 32 x 32 points"));
    assert!(text(from_png(b"no", Path::new("x.png"))).contains("x.png cannot be used"));
    assert!(text(from_svg(b"<svg", Path::new("x.svg"))).contains("x.svg cannot be used"));
    let missing = load(Path::new("."), Some("gone.png"), "build").unwrap_err().to_string();
    assert!(missing.starts_with("the icon ./gone.png does not exist"), "{missing}");
  }
}

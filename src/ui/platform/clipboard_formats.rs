//! The forms in which Windows has HTML and pictures on its clipboard. They come from other programs, so nothing in them is taken for granted; and they
//! are nobody's but plain bytes, so they are tested on every system.

use crate::bridge::Picture;

/// Text up to its end mark.
pub(crate) fn until_zero(bytes: &[u8]) -> String {
  let end = bytes.iter().position(|byte| *byte == 0).unwrap_or(bytes.len());
  String::from_utf8_lossy(&bytes[..end]).into_owned()
}

const START: &str = "<html><body>\r\n<!--StartFragment-->";
const END: &str = "<!--EndFragment-->\r\n</body></html>";

/// HTML as Windows wants it: a header that says where the fragment is, in bytes.
pub(crate) fn with_html_header(html: &str) -> Vec<u8> {
  let header = |start: usize, end: usize, from: usize, to: usize| {
    format!("Version:0.9\r\nStartHTML:{start:010}\r\nEndHTML:{end:010}\r\nStartFragment:{from:010}\r\nEndFragment:{to:010}\r\n")
  };
  let start = header(0, 0, 0, 0).len();
  let from = start + START.len();
  let to = from + html.len();
  format!("{}{START}{html}{END}\0", header(start, to + END.len(), from, to)).into_bytes()
}

/// The fragment of such HTML, or all of it when the header makes no sense.
pub(crate) fn fragment(bytes: &[u8]) -> String {
  let text = until_zero(bytes);
  let number = |name: &str| -> Option<usize> {
    let at = text.find(name)? + name.len();
    text.get(at..)?.split(|character: char| !character.is_ascii_digit()).next()?.parse().ok()
  };
  match (number("StartFragment:"), number("EndFragment:")) {
    (Some(from), Some(to)) if from <= to => text.get(from..to).map_or_else(|| text.clone(), str::to_owned),
    _ => text,
  }
}

/// Size of the fifth version of a bitmap's header.
const V5_HEADER: u32 = 124;
/// `BI_BITFIELDS`: masks say which bits are which colour.
const BIT_FIELDS: u32 = 3;
/// `LCS_sRGB`.
const SRGB: u32 = 0x7352_4742;

/// A bitmap with alpha, rows from the bottom.
pub(crate) fn dib(picture: &Picture) -> Option<Vec<u8>> {
  let (width, height) = (i32::try_from(picture.width).ok()?, i32::try_from(picture.height).ok()?);
  let row = usize::try_from(width).ok()?.checked_mul(4).filter(|row| *row > 0)?;
  let mut bytes = vec![0; V5_HEADER as usize];
  let mut put = |at: usize, value: u32| bytes[at..at + 4].copy_from_slice(&value.to_le_bytes());
  put(0, V5_HEADER);
  put(4, width as u32);
  put(8, height as u32);
  // One plane, 32 bits.
  put(12, 1 | 32 << 16);
  put(16, BIT_FIELDS);
  put(20, u32::try_from(picture.rgba.len()).ok()?);
  put(40, 0x00ff_0000);
  put(44, 0x0000_ff00);
  put(48, 0x0000_00ff);
  put(52, 0xff00_0000);
  put(56, SRGB);
  for line in picture.rgba.chunks_exact(row).rev() {
    for pixel in line.as_chunks::<4>().0 {
      let [red, green, blue, alpha] = *pixel;
      bytes.extend_from_slice(&[blue, green, red, alpha]);
    }
  }
  Some(bytes)
}

/// The pixels of a bitmap of 24 or 32 bits. The lengths come from another program, so nothing is taken for granted.
pub(crate) fn from_dib(bytes: &[u8]) -> Option<Picture> {
  let word = |at: usize| bytes.get(at..at + 4).map(|word| u32::from_le_bytes([word[0], word[1], word[2], word[3]]));
  let header = word(0)? as usize;
  let width = usize::try_from(word(4)? as i32).ok()?;
  let rows = word(8)? as i32;
  let height = rows.unsigned_abs() as usize;
  let depth = (word(12)? >> 16) as usize;
  let masks = if header == 40 && word(16)? == BIT_FIELDS { 12 } else { 0 };
  if !matches!(depth, 24 | 32) || width == 0 || height == 0 {
    return None;
  }
  let stride = width.checked_mul(depth / 8)?.checked_add(3)? & !3;
  let pixels = bytes.get(header.checked_add(masks)?..)?;
  if pixels.len() < stride.checked_mul(height)? {
    return None;
  }
  let mut rgba = Vec::with_capacity(width.checked_mul(height)?.checked_mul(4)?);
  for line in 0..height {
    let from = if rows > 0 { height - 1 - line } else { line } * stride;
    for pixel in pixels[from..].chunks_exact(depth / 8).take(width) {
      rgba.extend_from_slice(&[pixel[2], pixel[1], pixel[0], pixel.get(3).copied().unwrap_or(255)]);
    }
  }
  // Many programs leave the fourth byte empty.
  if rgba.as_chunks::<4>().0.iter().all(|pixel| pixel[3] == 0) {
    rgba.iter_mut().skip(3).step_by(4).for_each(|alpha| *alpha = 255);
  }
  Some(Picture { width: width as u32, height: height as u32, rgba })
}

#[cfg(test)]
mod tests {
  use super::*;

  fn picture() -> Picture {
    // Three by two pixels, so that rows and columns cannot be mixed up.
    Picture { width: 3, height: 2, rgba: (0..24).collect() }
  }

  #[test]
  fn html_comes_back_from_its_header() {
    for html in ["", "<b>x</b>", "a\u{e4}\u{1f600}<i>", "EndFragment:0000000001"] {
      let bytes = with_html_header(html);
      assert_eq!(fragment(&bytes), html);
      let text = String::from_utf8(bytes).unwrap();
      let at = |name: &str| text[text.find(name).unwrap() + name.len()..][..10].parse::<usize>().unwrap();
      assert!(text[at("StartHTML:")..].starts_with("<html>"));
      assert!(text[..at("EndHTML:")].ends_with("</html>"));
    }
  }

  #[test]
  fn a_header_that_lies_gives_the_whole_text() {
    for text in
      ["", "plain", "StartFragment:9EndFragment:4 x", "StartFragment:1EndFragment:99999999999999999999", "StartFragment:0EndFragment:500"]
    {
      assert_eq!(fragment(text.as_bytes()), text);
    }
    // In the middle of a character.
    assert_eq!(fragment("\u{e4}StartFragment:1EndFragment:8".as_bytes()), "\u{e4}StartFragment:1EndFragment:8");
  }

  #[test]
  fn bitmaps_keep_their_pixels() {
    let found = from_dib(&dib(&picture()).unwrap()).unwrap();
    assert_eq!((found.width, found.height, found.rgba), (3, 2, picture().rgba));
  }

  #[test]
  fn bitmaps_of_24_bits_and_from_the_top_are_read() {
    // One column of two pixels; each row is filled up to four bytes.
    let mut bytes = vec![0; 40];
    for (at, value) in [(0, 40_u32), (4, 1), (8, (-2_i32) as u32), (12, 1 | 24 << 16)] {
      bytes[at..at + 4].copy_from_slice(&value.to_le_bytes());
    }
    bytes.extend_from_slice(&[1, 2, 3, 0, 4, 5, 6, 0]);
    assert_eq!(from_dib(&bytes).unwrap().rgba, [3, 2, 1, 255, 6, 5, 4, 255]);
  }

  #[test]
  fn a_bitmap_without_alpha_is_opaque() {
    let clear = Picture { rgba: vec![7, 7, 7, 0, 9, 9, 9, 0], width: 2, height: 1 };
    assert_eq!(from_dib(&dib(&clear).unwrap()).unwrap().rgba, [7, 7, 7, 255, 9, 9, 9, 255]);
  }

  #[test]
  fn damaged_bitmaps_are_refused() {
    let whole = dib(&picture()).unwrap();
    for end in 0..whole.len() {
      assert!(from_dib(&whole[..end]).is_none(), "cut at {end}");
    }
    for at in 0..16 {
      for value in [0, 1, 0x7f, 0x80, 0xff] {
        let mut changed = whole.clone();
        changed[at] = value;
        // Whatever comes out has as many bytes as its size says.
        if let Some(found) = from_dib(&changed) {
          assert_eq!(found.rgba.len(), found.width as usize * found.height as usize * 4);
        }
      }
    }
  }

  #[test]
  fn a_picture_without_pixels_is_no_bitmap() {
    assert!(dib(&Picture { width: 0, height: 0, rgba: Vec::new() }).is_none());
    assert!(from_dib(&[]).is_none());
  }
}

//! A header of rpm's: numbered values of a few types, first an index, then the values.

/// The magic number of a header, and its version.
const MAGIC: [u8; 8] = [0x8e, 0xad, 0xe8, 0x01, 0, 0, 0, 0];
/// The length of an entry of the index.
const ENTRY: usize = 16;
/// The type of bytes, which marks of regions have too.
const BYTES: u32 = 7;

/// A value of a header.
pub(super) enum Value {
  Int16(Vec<u16>),
  Int32(Vec<u32>),
  Text(String),
  Texts(Vec<String>),
  /// A text that could be there in several languages.
  Translated(String),
}

impl Value {
  fn kind(&self) -> u32 {
    match self {
      Self::Int16(_) => 3,
      Self::Int32(_) => 4,
      Self::Text(_) => 6,
      Self::Texts(_) => 8,
      Self::Translated(_) => 9,
    }
  }

  fn count(&self) -> usize {
    match self {
      Self::Int16(list) => list.len(),
      Self::Int32(list) => list.len(),
      Self::Texts(list) => list.len(),
      Self::Text(_) | Self::Translated(_) => 1,
    }
  }

  fn alignment(&self) -> usize {
    match self {
      Self::Int16(_) => 2,
      Self::Int32(_) => 4,
      _ => 1,
    }
  }

  fn write(&self, store: &mut Vec<u8>) {
    let text = |store: &mut Vec<u8>, text: &str| {
      // A zero would end the text.
      store.extend(text.bytes().filter(|byte| *byte != 0));
      store.push(0);
    };
    match self {
      Self::Int16(list) => list.iter().for_each(|number| store.extend(number.to_be_bytes())),
      Self::Int32(list) => list.iter().for_each(|number| store.extend(number.to_be_bytes())),
      Self::Text(one) | Self::Translated(one) => text(store, one),
      Self::Texts(list) => list.iter().for_each(|one| text(store, one)),
    }
  }
}

/// The bytes of a header. `region` is the number under which all of it stands as what is signed.
pub(super) fn bytes(region: u32, mut values: Vec<(u32, Value)>) -> Vec<u8> {
  values.retain(|(_, value)| value.count() > 0);
  values.sort_by_key(|(tag, _)| *tag);
  let (mut index, mut store) = (Vec::new(), Vec::new());
  for (tag, value) in &values {
    store.resize(store.len().next_multiple_of(value.alignment()), 0);
    entry(&mut index, *tag, value.kind(), store.len() as i32, value.count());
    value.write(&mut store);
  }
  // The region's mark is the first of the index; at the end of the values stands how far back the index begins.
  let mut first = Vec::new();
  entry(&mut first, region, BYTES, store.len() as i32, ENTRY);
  let length = (values.len() + 1) * ENTRY;
  entry(&mut store, region, BYTES, -(length as i32), ENTRY);
  let mut header = MAGIC.to_vec();
  header.extend((values.len() as u32 + 1).to_be_bytes());
  header.extend((store.len() as u32).to_be_bytes());
  header.extend(first);
  header.extend(index);
  header.extend(store);
  header
}

fn entry(output: &mut Vec<u8>, tag: u32, kind: u32, offset: i32, count: usize) {
  output.extend(tag.to_be_bytes());
  output.extend(kind.to_be_bytes());
  output.extend(offset.to_be_bytes());
  output.extend((count as u32).to_be_bytes());
}

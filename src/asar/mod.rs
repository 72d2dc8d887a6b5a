//! The asar archive, Electron's container of an app's files: one header that names every file, then their contents one after the other.
//!
//! ```text
//! u32 4 | u32 header size | u32 payload size | u32 text length | JSON text, padded to 4 | contents
//! ```
//!
//! An entry of the header may say that its contents lie beside the archive, in the folder `<archive>.unpacked`: what the system itself must
//! open, such as native modules. Archives come from outside, so [`Archive::open`] checks everything that the header claims before anyone
//! acts on it, and contents are compared with their checksums before anyone sees them.

mod archive;
mod builder;
mod disk;
mod error;
mod extract;
mod header;
mod integrity;
mod mount;
mod pack;
mod pattern;
mod raw;

pub use archive::Archive;
pub use builder::{Builder, Summary};
pub(crate) use disk::is_executable;
pub use disk::relative_target;
pub use error::{Error, Result};
pub use extract::{ExtractOptions, extract};
pub use header::{Directory, Entry, FileEntry, Link, Place};
pub use integrity::{BLOCK_SIZE, Digest, Integrity};
pub use mount::{mount, mounted};
pub use pack::{PackOptions, pack_folder};
pub use pattern::Pattern;

/// The longest header that is read or written. Real apps stay far below; each file takes about 300 bytes of it.
pub const MAX_HEADER: u64 = 16 << 20;
/// The most entries of an archive, folders included.
pub const MAX_ENTRIES: usize = 250_000;
/// The deepest nesting of folders. The parser of JSON would stop soon after.
pub const MAX_DEPTH: usize = 60;

//! The build script: compiles the web-process extension.

#[path = "src/lane/extension/build.rs"]
mod lane_extension;

fn main() {
  lane_extension::compile_lane_extension();
}

#!/usr/bin/env bash
# Type-checks the whole crate for other platforms on Linux. Nothing is linked and nothing is run.
#
#   scripts/check-cross.sh                    all that have code
#   scripts/check-cross.sh windows            one of "windows macos"
#   scripts/check-cross.sh --is-warm          says by its exit code whether they were checked here before, so that a check is short
#
# The standard libraries of other platforms cannot be had from the package registries, so they are checked from source (-Zbuild-std), with
# Debian's rustc and its sources, which belong together. C code of dependencies: for Windows Debian's mingw compiles it; for macOS a stand-in
# writes empty objects, which is enough where nothing is linked. Without the feature `executable` no snapshot is made, for which the runtime
# would have to be compiled for this machine too.
#
# SHELL_CROSS_DIR  where checked code goes, by default shell-build/cross in the user's cache; apart from the builds, which use another rustc.
set -euo pipefail
cd "$(dirname "$0")/.."

platforms=(windows macos)
folder=${SHELL_CROSS_DIR:-${XDG_CACHE_HOME:-$HOME/.cache}/shell-build/cross}
packages=(rustc-web rust-web-src gcc-mingw-w64-x86-64-posix g++-mingw-w64-x86-64-posix nasm)

# The mark of a platform that was checked with these tools.
mark() { echo "$folder/.checked-$1"; }
state() { dpkg-query -W "${packages[@]}" 2>/dev/null || true; }

if [ "${1:-}" = --is-warm ]; then
  for platform in "${platforms[@]}"; do
    # Without the tools the state is empty, as the mark is that was never made.
    [ -s "$(mark "$platform")" ] && [ "$(cat "$(mark "$platform")")" = "$(state)" ] || exit 1
  done
  exit 0
fi

# shellcheck source=scripts/packages.sh
. scripts/packages.sh
command -v dpkg-query >/dev/null || stop "checking for other platforms needs Debian's rustc-web and rust-web-src"
install_packages "${packages[@]}"

mkdir -p "$folder/tools"
# A C and C++ compiler that compiles nothing. Build scripts find out what it is, by preprocessing and by a flag that only Microsoft's takes, and
# want the file that they name.
cat >"$folder/tools/empty-cc" <<'END'
#!/bin/sh
output=
for argument; do
  case $argument in
    -E) echo '#pragma message "clang"'; exit 0 ;;
    '-?') exit 1 ;;
    --version|-v) echo "clang version 17.0.0"; exit 0 ;;
  esac
  [ "$output" != next ] || output=$argument
  [ "$argument" != -o ] || output=next
done
[ -z "$output" ] || [ "$output" = next ] || : >"$output"
END
# Apple's way to ask where its headers are.
cat >"$folder/tools/xcrun" <<END
#!/bin/sh
echo "$folder/tools"
END
chmod +x "$folder/tools/empty-cc" "$folder/tools/xcrun"
# V8 itself is not needed, but its build script wants to see an archive.
echo '!<arch>' >"$folder/tools/empty.a"
# A header of the compiler's own that mingw's headers include and libclang does not bring along.
mkdir -p "$folder/tools/include"
: >"$folder/tools/include/mm_malloc.h"

v8=$(cargo metadata --format-version 1 --locked |
  node -e 'const { packages } = JSON.parse(require("fs").readFileSync(0)); console.log(packages.find((p) => p.name === "v8").manifest_path)')
bindings=$(dirname "$v8")/gen

# Bindings to C: with Apple's headers out of reach those of this machine serve, whose basic types have the same sizes.
export BINDGEN_EXTRA_CLANG_ARGS_x86_64_pc_windows_gnu=-I$folder/tools/include
export BINDGEN_EXTRA_CLANG_ARGS_aarch64_apple_darwin=--target=x86_64-unknown-linux-gnu
export RUSTC=/usr/bin/rustc RUSTC_BOOTSTRAP=1 CARGO_TARGET_DIR=$folder RUSTY_V8_ARCHIVE=$folder/tools/empty.a
unset RUSTC_WRAPPER RUSTC_WORKSPACE_WRAPPER RUSTFLAGS

# Checks one platform: its name, the target, the target of the bindings that the v8 crate carries.
check() {
  echo "check-cross: $1 ($2)" >&2
  RUSTY_V8_SRC_BINDING_PATH=$bindings/src_binding_simdutf_release_$3.rs \
    cargo check --locked --keep-going --bin shell --lib --no-default-features -Zbuild-std=std,panic_abort --target "$2" || return 1
  state >"$(mark "$1")"
}

[ $# -gt 0 ] || set -- "${platforms[@]}"
for platform; do
  case $platform in
    windows) check windows x86_64-pc-windows-gnu x86_64-pc-windows-msvc ;;
    macos)
      # The last one has libffi taken for a library of the system: its own build wants a compiler that compiles.
      CC_aarch64_apple_darwin=$folder/tools/empty-cc CXX_aarch64_apple_darwin=$folder/tools/empty-cc PATH=$folder/tools:$PATH \
        CARGO_FEATURE_SYSTEM=1 check macos aarch64-apple-darwin aarch64-apple-darwin
      ;;
    *) stop "'$platform' is no platform: windows or macos" ;;
  esac
done

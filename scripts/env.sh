#!/usr/bin/env bash
# The build's environment, for everything that calls cargo: where V8 is and where compiled code goes.
#
#   . scripts/env.sh                 sets the variables in this shell
#   scripts/env.sh cargo build       runs one command with them
#
# RUSTY_V8_ARCHIVE  what the caller set; else the library of vendor/v8, unpacked once into the cache; else, on platforms for which
#                   vendor/v8 has none, unset: the v8 crate then downloads upstream's.
# CARGO_TARGET_DIR  what the caller set; else one folder in the cache, so that every clone of the project shares compiled dependencies.
# SHELL_CHECKOUT    this clone: the build script runs anew for another one, because a debug build reads its JavaScript from the clone's folder.

_shell_root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
_shell_cache=${XDG_CACHE_HOME:-$HOME/.cache}/shell-build

_shell_v8_failed() {
  cat >&2 <<EOF
error: $1
hint: one of these helps:
  - restore vendor/v8 from version control (git checkout -- vendor/v8)
  - name a librusty_v8.a of the version that Cargo.toml pins: export RUSTY_V8_ARCHIVE=/path/to/librusty_v8.a
  - let the v8 crate download it, where its release page can be reached: export RUSTY_V8_MIRROR=https://github.com/denoland/rusty_v8/releases/download
EOF
  return 1
}

# Prints the path of the unpacked library.
_shell_v8_archive() {
  local folder=$_shell_root/vendor/v8 name sum target part
  read -r sum name <"$folder/SHA256SUMS" || { _shell_v8_failed "vendor/v8/SHA256SUMS cannot be read"; return 1; }
  target=$_shell_cache/v8/librusty_v8-${sum:0:16}.a
  if [ ! -s "$target" ]; then
    [ -f "$folder/$name" ] || { _shell_v8_failed "vendor/v8/$name is missing"; return 1; }
    (cd "$folder" && sha256sum --quiet --check SHA256SUMS >&2) || { _shell_v8_failed "vendor/v8/$name does not match its checksum"; return 1; }
    mkdir -p "$_shell_cache/v8"
    # Unpacked under another name first: an interrupted or a second run at the same time never leaves half a library.
    part=$(mktemp "$_shell_cache/v8/unpack.XXXXXX") || return 1
    echo "Unpacking V8 into $_shell_cache/v8" >&2
    if ! xz --decompress --stdout "$folder/$name" >"$part"; then
      rm -f "$part"
      _shell_v8_failed "vendor/v8/$name cannot be unpacked (is xz-utils installed?)"
      return 1
    fi
    chmod 644 "$part"
    mv "$part" "$target"
  fi
  echo "$target"
}

_shell_env() {
  export CARGO_TARGET_DIR=${CARGO_TARGET_DIR:-$_shell_cache/target} SHELL_CHECKOUT=$_shell_root
  # A caller who chose another source for the crate's download wants that one.
  [ -z "${RUSTY_V8_ARCHIVE:-}${RUSTY_V8_MIRROR:-}${V8_FROM_SOURCE:-}" ] || return 0
  [ "$(uname -s)-$(uname -m)" = Linux-x86_64 ] || return 0
  RUSTY_V8_ARCHIVE=$(_shell_v8_archive) || return 1
  export RUSTY_V8_ARCHIVE
}

if [ "${BASH_SOURCE[0]}" = "$0" ]; then
  set -eu
  _shell_env
  [ $# -gt 0 ] || { echo "RUSTY_V8_ARCHIVE=${RUSTY_V8_ARCHIVE:-}"; echo "CARGO_TARGET_DIR=$CARGO_TARGET_DIR"; exit 0; }
  exec "$@"
fi
_shell_env

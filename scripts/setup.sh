#!/usr/bin/env bash
# Makes this machine ready to build, run and test: system packages, V8, the npm packages of tests and linters.
# Every step looks first and does nothing when nothing is missing, so that each make target can call it.
#
#   scripts/setup.sh          asks before it installs system packages with sudo
#   SHELL_SETUP_YES=1 ...     does not ask
set -euo pipefail
cd "$(dirname "$0")/.."

# shellcheck source=scripts/packages.sh
. scripts/packages.sh

# What the build links and generates bindings with.
build_packages=(build-essential pkg-config lld libclang-dev xz-utils ca-certificates git glib-networking libgtk-3-dev libwebkit2gtk-4.1-dev)
# What running without a display and the tests need: a server, a window manager, a session bus, input and screenshots, one font, a decoder of sounds.
test_packages=(xvfb openbox dbus dbus-x11 xdotool wmctrl x11-utils imagemagick fonts-dejavu-core gstreamer1.0-plugins-good procps)
# What reads bundles, and says what is wrong with them.
bundle_packages=(lintian rpm rpmlint libarchive-tools squashfs-tools desktop-file-utils appstream shared-mime-info flatpak-builder python3-yaml zstd)

# Runs `npm ci` in a folder when its lock file changed since the last time.
install_npm() {
  local folder=$1 stamp=$1/node_modules/.lock-checksum sum
  sum=$(sha256sum <"$folder/package-lock.json")
  [ "$(cat "$stamp" 2>/dev/null || true)" != "$sum" ] || return 0
  say "npm ci in $folder"
  (cd "$folder" && npm ci --no-audit --no-fund --loglevel=error >&2)
  mkdir -p "$folder/node_modules"
  echo "$sum" >"$stamp"
}

command -v cargo >/dev/null || stop "cargo is missing: install Rust from https://rustup.rs"
for tool in node npm; do
  command -v $tool >/dev/null || stop "$tool is missing: install Node 20.19 or later"
done

if [ "$(uname -s)" = Linux ]; then
  if command -v dpkg-query >/dev/null; then
    install_packages "${build_packages[@]}" "${test_packages[@]}" "${bundle_packages[@]}"
  else
    pkg-config --exists webkit2gtk-4.1 || stop "this is not Debian: install WebKitGTK 4.1 with headers, GTK 3, pkg-config, lld, libclang, Xvfb, openbox, xdotool and ImageMagick"
  fi
fi

# shellcheck source=scripts/env.sh
. scripts/env.sh

# Not the hundred packages of tests/node, which no test needs.
while IFS= read -r lock; do
  install_npm "$(dirname "$lock")"
done < <(find . -name node_modules -prune -o -name target -prune -o -path ./tests/node -prune -o -name package-lock.json -print)

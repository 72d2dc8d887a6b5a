#!/usr/bin/env bash
# Builds the shell and opens an app, the sample app unless another folder is named.
# Without a display the app runs for a moment under Xvfb and its picture is kept.
set -euo pipefail
cd "$(dirname "$0")/.."

app=${1:-templates/vanilla}
scripts/setup.sh
# shellcheck source=scripts/env.sh
. scripts/env.sh
cargo build --bin shell
binary=$CARGO_TARGET_DIR/debug/shell

if [ -n "${DISPLAY:-}${WAYLAND_DISPLAY:-}" ]; then
  exec "$binary" "$app"
fi

picture=${SHELL_SCREENSHOT:-$CARGO_TARGET_DIR/shell-run.png}
echo "No display: running $app under Xvfb." >&2
exec scripts/display.sh scripts/screenshot.sh "$picture" "$binary" "$app"

#!/usr/bin/env bash
# Builds the release shell and the bare host, and prints one beside the other. BENCH_SHELL names another binary, ROUNDS another number of starts.
set -euo pipefail
cd "$(dirname "$0")/.."

scripts/setup.sh
# shellcheck source=scripts/env.sh
. scripts/env.sh

if [ -z "${BENCH_SHELL:-}" ]; then
  cargo build --release --bin shell
  BENCH_SHELL=$CARGO_TARGET_DIR/release/shell
fi

out=$CARGO_TARGET_DIR/bench-host
mkdir -p "$out/extensions"
# shellcheck disable=SC2046 # the flags are words
cc -O2 -Wall -Wextra benches/host/host.c -o "$out/host" $(pkg-config --cflags --libs gtk+-3.0 webkit2gtk-4.1) -pthread
# shellcheck disable=SC2046
cc -O2 -Wall -Wextra -shared -fPIC benches/host/echo.c -o "$out/extensions/echo.so" $(pkg-config --cflags --libs webkit2gtk-web-extension-4.1)

SHELL_PRIVATE_DISPLAY=1 exec scripts/display.sh node benches/run.js "$BENCH_SHELL" "$out/host" "$out/extensions" "${ROUNDS:-10}"

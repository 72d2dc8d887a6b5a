#!/usr/bin/env bash
# Messages at a steady rate for a quarter of an hour: no process may grow, nothing may be lost. SOAK_SCALE shortens the runs (0.1 is a tenth),
# BENCH_SHELL names another binary.
set -euo pipefail
cd "$(dirname "$0")/.."

scripts/setup.sh
# shellcheck source=scripts/env.sh
. scripts/env.sh

if [ -z "${BENCH_SHELL:-}" ]; then
  cargo build --release --bin shell
  BENCH_SHELL=$CARGO_TARGET_DIR/release/shell
fi

seconds() { awk "BEGIN { print int($1 * ${SOAK_SCALE:-1}) }"; }

export SHELL_PRIVATE_DISPLAY=1
scripts/display.sh "$BENCH_SHELL" benches/soak --bytes=64 --rate=5000 --seconds="$(seconds 240)"
scripts/display.sh "$BENCH_SHELL" benches/soak --bytes=1048576 --rate=100 --seconds="$(seconds 600)"

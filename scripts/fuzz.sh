#!/usr/bin/env bash
# Runs the fuzz targets of Rust and the generator of the JavaScript codec, SECONDS_EACH long each (60 if nothing is said).
#
#   scripts/fuzz.sh [seconds] [target...]     targets: frame portable single_instance manifest codec
#
# Needs no nightly compiler: coverage is a pass that the stable one has. What is found lies in fuzz/artifacts, with the command that repeats it.
set -euo pipefail
cd "$(dirname "$0")/.."

seconds=${1:-60}
shift || true
targets=("$@")
[ ${#targets[@]} -gt 0 ] || targets=(frame portable single_instance manifest codec)
# shellcheck source=scripts/env.sh
. scripts/env.sh

host=$(rustc -vV | sed -n 's/^host: //p')
folder=$CARGO_TARGET_DIR/fuzz
# With --target, so that build scripts are compiled without the pass.
RUSTFLAGS="-Cpasses=sancov-module -Cllvm-args=-sanitizer-coverage-level=4 -Cllvm-args=-sanitizer-coverage-inline-8bit-counters \
  -Cllvm-args=-sanitizer-coverage-pc-table -Cllvm-args=-sanitizer-coverage-trace-compares --cfg fuzzing" \
  cargo build --manifest-path fuzz/Cargo.toml --release --target "$host" --target-dir "$folder"

for target in "${targets[@]}"; do
  echo "== $target, $seconds s"
  if [ "$target" = codec ]; then
    shell=${SHELL_BINARY:-$CARGO_TARGET_DIR/debug/shell}
    SHELL_PRIVATE_DISPLAY=1 SHELL_FUZZ_SECONDS=$seconds scripts/display.sh "$shell" tests/js codec-fuzz
    continue
  fi
  mkdir -p "fuzz/corpus/$target" "fuzz/artifacts/$target"
  # A leak check needs a sanitizer; the memory limit takes its place. Time is the clock's: on a machine with much other work a short one is no hang.
  "$folder/$host/release/$target" "fuzz/corpus/$target" -artifact_prefix="fuzz/artifacts/$target/" -max_total_time="$seconds" \
    -rss_limit_mb=1024 -timeout=60 -max_len=4096 -verbosity="${VERBOSITY:-0}" -print_final_stats=1
done

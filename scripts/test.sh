#!/usr/bin/env bash
# Sets up, builds and runs every test, or the parts that are named: rust, js, portable (the specs of what pages and main say to each other, on the
# portable lane), apps.
# The last line counts all tests; the exit code tells whether all passed.
set -euo pipefail
cd "$(dirname "$0")/.."

parts=("$@")
[ ${#parts[@]} -gt 0 ] || parts=(rust js portable apps)
scripts/setup.sh
# shellcheck source=scripts/env.sh
. scripts/env.sh

logs=$(mktemp -d)
trap 'rm -rf "$logs"' EXIT
passed=0 failed=0

# The program and the test binaries in one cargo run: nothing is compiled in two flavours.
cargo test --no-run
export SHELL_BINARY=$CARGO_TARGET_DIR/debug/shell
export SHELL_PRIVATE_DISPLAY=1

# Runs one part and adds its counts: cargo's "test result" lines and the runner's "N passed, N failed".
part() {
  local name=$1 log=$logs/$1 code counts
  shift
  echo "== $name"
  "$@" 2>&1 | tee "$log" && code=0 || code=$?
  counts=$(sed -nE 's/.* ([0-9]+) passed; ([0-9]+) failed;.*/\1 \2/p; s/^([0-9]+) passed, ([0-9]+) failed.*/\1 \2/p' "$log" |
    awk '{ p += $1; f += $2 } END { print p + 0, f + 0 }')
  passed=$((passed + ${counts% *}))
  failed=$((failed + ${counts#* }))
  # A part that broke without a failed test counts as one failure: a crash must not look like success.
  [ "$code" = 0 ] || [ "${counts#* }" -gt 0 ] || failed=$((failed + 1))
  [ "$code" != 0 ] || [ "${counts% *}" -gt 0 ] || { echo "error: $name ran no test" >&2; failed=$((failed + 1)); }
}

for name in "${parts[@]}"; do
  case $name in
    rust) part rust scripts/display.sh cargo test --no-fail-fast -- --skip apps:: ;;
    js) part js timeout --kill-after=10 900 scripts/display.sh "$SHELL_BINARY" tests/js ;;
    portable)
      part portable env SHELL_RENDERER_LANE=portable timeout --kill-after=10 900 scripts/display.sh "$SHELL_BINARY" tests/js \
        ipc context-bridge isolated-worlds preload frame lane message window-open back-pressure reentrancy page- console structured-clone
      ;;
    apps) part apps scripts/display.sh cargo test --test it -- --test-threads=2 apps:: ;;
    *) echo "error: unknown part '$name': rust, js, portable or apps" >&2; exit 2 ;;
  esac
done

echo "$passed passed, $failed failed"
[ "$failed" = 0 ]

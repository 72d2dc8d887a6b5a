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

# Prints the names and messages of the tests that failed, as cargo and the runner of the specs tell them at their end.
failures_of() {
  awk '
    /^failures:$/ || /^[0-9]+\) / { telling = 1 }
    /^test result: / || /^[0-9]+ skipped, / { telling = 0; lines = 0 }
    /^---- .* ----$/ || /^[0-9]+\) / { lines = 0 }
    telling && NF && $0 !~ /^failures:$/ && lines++ < 30
  ' "$1"
}

# Runs one part and adds its counts: cargo's "test result" lines and the runner's "N passed, N failed".
part() {
  local name=$1 log=$logs/$1 code counts told
  shift
  echo "== $name"
  "$@" 2>&1 | tee "$log" && code=0 || code=$?
  counts=$(sed -nE 's/.* ([0-9]+) passed; ([0-9]+) failed;.*/\1 \2/p; s/^([0-9]+) passed, ([0-9]+) failed.*/\1 \2/p' "$log" |
    awk '{ p += $1; f += $2 } END { print p + 0, f + 0 }')
  passed=$((passed + ${counts% *}))
  failed=$((failed + ${counts#* }))
  if [ "$code" != 0 ]; then
    told=$(failures_of "$log")
    # A part that broke without a failed test counts as one failure: a crash must not look like success.
    [ "${counts#* }" -gt 0 ] || { failed=$((failed + 1)); told="ended with code $code"$'\n'$(tail -n 30 "$log"); }
    printf '\n== failed in %s\n%s\n' "$name" "$told" >>"$logs/failures"
  elif [ "${counts% *}" = 0 ]; then
    failed=$((failed + 1))
    printf '\n== failed in %s\nno test ran\n' "$name" >>"$logs/failures"
  fi
}

for name in "${parts[@]}"; do
  case $name in
    rust) part rust scripts/display.sh cargo test --no-fail-fast -- --skip apps:: ;;
    js) part js timeout --kill-after=10 900 scripts/display.sh "$SHELL_BINARY" tests/js ;;
    portable)
      part portable env SHELL_RENDERER_LANE=portable timeout --kill-after=10 900 scripts/display.sh "$SHELL_BINARY" tests/js \
        ipc context-bridge isolated-worlds preload web-frame-spec lane message window-open back-pressure reentrancy
      ;;
    apps) part apps scripts/display.sh cargo test --test it -- --test-threads=2 apps:: ;;
    *) echo "error: unknown part '$name': rust, js, portable or apps" >&2; exit 2 ;;
  esac
done

# Once more, where it is found: whoever keeps a record may keep the last lines only.
if [ "$failed" != 0 ]; then
  cat "$logs/failures"
  echo
fi
echo "$passed passed, $failed failed"
[ "$failed" = 0 ]

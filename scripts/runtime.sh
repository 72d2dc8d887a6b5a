#!/usr/bin/env bash
# The runtime that is laid out and tried, for scripts that source this: `find_runtime` sets SHELL_DIST_BINARY to the release runtime, which it builds,
# unless it names a program already. `stop <what is wrong> <remedy>` ends the script.

stop() { echo "error: $1" >&2; echo "hint: $2" >&2; exit 1; }

find_runtime() {
  if [ -z "${SHELL_DIST_BINARY:-}" ]; then
    scripts/setup.sh
    # shellcheck source=scripts/env.sh
    . scripts/env.sh
    cargo build --release --locked --bin shell
    SHELL_DIST_BINARY=$CARGO_TARGET_DIR/release/shell
  fi
  [ -x "$SHELL_DIST_BINARY" ] || stop "$SHELL_DIST_BINARY is no program" "name one in SHELL_DIST_BINARY, or unset it to build one"
}

#!/usr/bin/env bash
# All linters. Each runs even when one before it failed, so that one run shows everything.
set -euo pipefail
cd "$(dirname "$0")/.."

scripts/setup.sh
# shellcheck source=scripts/env.sh
. scripts/env.sh

failed=()
check() {
  echo "== $1"
  "${@:2}" || failed+=("$1")
}

check "cargo fmt" cargo fmt --check
check "cargo clippy" cargo clippy --all-targets --quiet -- -D warnings
check "tsc" npx --no-install tsc --project tsconfig.json
check "eslint" npx --no-install eslint .
if command -v shellcheck >/dev/null; then
  check "shellcheck" shellcheck --external-sources .ci/run scripts/*.sh
fi

if [ ${#failed[@]} -gt 0 ]; then
  echo "error: failed: ${failed[*]}" >&2
  exit 1
fi
echo "lint: all clean"

#!/usr/bin/env bash
# Lays out what is published and uses it as people would: from the folder, from the archive, from npm's packages. Takes the variables of
# scripts/dist.sh; without SHELL_DIST_BINARY the release runtime is built.
set -euo pipefail
cd "$(dirname "$0")/.."

scripts/setup.sh
place=$(mktemp -d)
trap 'rm -rf "$place"' EXIT
scripts/dist.sh "$place/dist"
export SHELL_DIST_FOLDER=$place/dist SHELL_PRIVATE_DISPLAY=1
scripts/display.sh node --test tests/dist/*.test.mjs

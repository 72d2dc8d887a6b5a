#!/usr/bin/env bash
# Starts a program, waits for its window and for the page to paint, takes a picture of the whole screen and ends the program.
#
#   scripts/screenshot.sh picture.png command [argument...]
set -euo pipefail

picture=$1
shift
"$@" &
program=$!
trap 'kill $program 2>/dev/null || true' EXIT

for _ in $(seq 200); do
  kill -0 $program 2>/dev/null || { wait $program && code=0 || code=$?; echo "error: the program ended with code $code before it showed a window" >&2; exit 1; }
  xdotool search --onlyvisible --name '.+' >/dev/null 2>&1 && shown=1 && break
  sleep 0.1
done
[ "${shown:-}" = 1 ] || { echo "error: no window after 20 seconds" >&2; exit 1; }

# Painted means: two pictures half a second apart are the same.
mkdir -p "$(dirname "$picture")"
sleep 1
import -window root "$picture"
for _ in $(seq 10); do
  sleep 0.5
  before=$(identify -format '%#' "$picture")
  import -window root "$picture"
  [ "$before" != "$(identify -format '%#' "$picture")" ] || break
done
kill -TERM $program
wait $program && code=0 || code=$?
trap - EXIT
echo "Screenshot: $picture"
exit "$code"

#!/usr/bin/env bash
# Runs a command with a display: the one there is, or a private Xvfb with a window manager and a session bus.
#
#   scripts/display.sh command [argument...]
#   SHELL_PRIVATE_DISPLAY=1 ...   a private one even when there is a display; tests use it, so that they never take the user's focus
#
# A window manager is needed because without one nothing answers "maximise" or "focus".
set -euo pipefail

if [ "${1:-}" = --inside ]; then
  shift
  openbox >/dev/null 2>&1 &
  manager=$!
  trap 'kill $manager 2>/dev/null || true' EXIT
  # Windows that are mapped before the manager is there are not managed: wait until it says so.
  for _ in $(seq 50); do
    xprop -root _NET_SUPPORTING_WM_CHECK 2>/dev/null | grep -q 'window id' && break
    sleep 0.1
  done
  "$@" && code=0 || code=$?
  exit "$code"
fi

if [ -n "${DISPLAY:-}${WAYLAND_DISPLAY:-}" ] && [ "${SHELL_PRIVATE_DISPLAY:-}" != 1 ]; then
  exec "$@"
fi
unset WAYLAND_DISPLAY
# GTK would otherwise start the accessibility bus, which private sessions do not have, and wait for it.
export NO_AT_BRIDGE=1 GDK_BACKEND=x11
exec xvfb-run --auto-servernum --server-args='-screen 0 1280x800x24 -nolisten tcp' \
  dbus-run-session -- "${BASH_SOURCE[0]}" --inside "$@"

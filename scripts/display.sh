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
  # Not dbus-run-session: what the bus and its services have to say would stand between the lines of the tests.
  exec 9< <(exec dbus-daemon --session --nofork --print-address=1 --print-pid=1 2>/dev/null)
  read -r DBUS_SESSION_BUS_ADDRESS <&9
  read -r bus <&9
  export DBUS_SESSION_BUS_ADDRESS
  openbox >/dev/null 2>&1 9<&- &
  manager=$!
  trap 'kill $manager $bus 2>/dev/null || true' EXIT
  # Windows that are mapped before the manager is there are not managed: wait until it says so.
  for _ in $(seq 50); do
    xprop -root _NET_SUPPORTING_WM_CHECK 2>/dev/null | grep -q 'window id' && break
    sleep 0.1
  done
  "$@" 9<&- && code=0 || code=$?
  exit "$code"
fi

if [ -n "${DISPLAY:-}${WAYLAND_DISPLAY:-}" ] && [ "${SHELL_PRIVATE_DISPLAY:-}" != 1 ]; then
  exec "$@"
fi
unset WAYLAND_DISPLAY
# GTK would otherwise start the accessibility bus, which private sessions do not have, and wait for it.
export NO_AT_BRIDGE=1 GDK_BACKEND=x11
exec xvfb-run --auto-servernum --server-args='-screen 0 1280x800x24 -nolisten tcp' \
  "${BASH_SOURCE[0]}" --inside "$@"

#!/usr/bin/env bash
# Runs a command with a display: the one there is, or a private Xvfb with a window manager and a session bus.
#
#   scripts/display.sh command [argument...]
#   SHELL_PRIVATE_DISPLAY=1 ...   a private one even when there is a display; tests use it, so that they never take the user's focus
set -euo pipefail

if [ -n "${DISPLAY:-}${WAYLAND_DISPLAY:-}" ] && [ "${SHELL_PRIVATE_DISPLAY:-}" != 1 ]; then
  exec "$@"
fi
unset WAYLAND_DISPLAY XAUTHORITY
# GTK would otherwise start the accessibility bus, which private sessions do not have, and wait for it.
export NO_AT_BRIDGE=1 GDK_BACKEND=x11

started=()
trap '[ ${#started[@]} = 0 ] || kill "${started[@]}" 2>/dev/null || true' EXIT

# The server picks a free number itself: xvfb-run guesses one, and two that start at once guess the same.
exec 8< <(exec Xvfb -displayfd 1 -screen 0 1280x800x24 -nolisten tcp -noreset 2>/dev/null)
started+=($!)
read -r number <&8 || { echo "error: Xvfb does not start; hint: scripts/setup.sh installs it" >&2; exit 1; }
export DISPLAY=:$number

# Not dbus-run-session: what the bus and its services have to say would stand between the lines of the tests.
exec 9< <(exec dbus-daemon --session --nofork --print-address=1 2>/dev/null)
started+=($!)
read -r DBUS_SESSION_BUS_ADDRESS <&9
export DBUS_SESSION_BUS_ADDRESS

# Without a window manager nothing answers "maximise" or "focus".
openbox >/dev/null 2>&1 8<&- 9<&- &
started+=($!)
# Windows that are mapped before the manager is there are not managed: wait until it says so.
for _ in $(seq 50); do
  xprop -root _NET_SUPPORTING_WM_CHECK 2>/dev/null | grep -q 'window id' && break
  sleep 0.1
done

"$@" 8<&- 9<&- && code=0 || code=$?
exit "$code"

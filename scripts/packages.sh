#!/usr/bin/env bash
# Installing Debian's packages, for scripts that source this: `install_packages <name>...` looks first and does nothing when nothing is missing.
# As root it installs, with sudo it asks (SHELL_SETUP_YES=1: it does not), else it prints the command and fails.

say() { echo "setup: $*" >&2; }
stop() { say "$*"; exit 1; }

install_packages() {
  local missing=() package
  for package in "$@"; do
    [ "$(dpkg-query -W -f '${db:Status-Status}' "$package" 2>/dev/null || true)" = installed ] || missing+=("$package")
  done
  [ ${#missing[@]} -gt 0 ] || return 0
  local install="apt-get install -y --no-install-recommends ${missing[*]}"
  if [ "$(id -u)" = 0 ]; then
    say "installing ${missing[*]}"
    apt-get update -q >&2
    # shellcheck disable=SC2086 # the words of the command are wanted
    DEBIAN_FRONTEND=noninteractive $install >&2
  elif command -v sudo >/dev/null && { [ "${SHELL_SETUP_YES:-}" = 1 ] || ask "sudo $install"; }; then
    sudo apt-get update -q >&2
    # shellcheck disable=SC2086
    sudo DEBIAN_FRONTEND=noninteractive $install >&2
  else
    say "system packages are missing; this command installs them:"
    echo "  sudo apt-get update && sudo $install" >&2
    exit 1
  fi
}

# Asks only a person: in a script nobody answers, and the command is printed instead.
ask() {
  [ -t 0 ] && [ -t 2 ] || return 1
  local answer
  read -r -p "setup: run '$1'? [y/N] " answer
  [ "$answer" = y ] || [ "$answer" = Y ]
}

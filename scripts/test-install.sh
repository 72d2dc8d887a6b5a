#!/usr/bin/env bash
# Bundles an app in every format, asks the tools of each what they think of it, installs it in a Debian of its own below a temporary folder, starts it
# there, brings it an address by its link and removes it. Prints a table, and fails when one of its lines did. It needs root, because it makes that
# Debian, and a mirror of Debian's archive.
#
#   sudo scripts/test-install.sh
#
# SHELL_DIST_BINARY     the runtime, instead of the release runtime, which is built
# SHELL_TEST_BUNDLES    a folder: what an earlier run left there is tried, else this one leaves its bundles there
# SHELL_DEBIAN_MIRROR   where Debian's packages are fetched; the first run takes about 150 MB, which stay in the cache
set -euo pipefail
cd "$(dirname "$0")/.."

suite=bookworm
mirror=${SHELL_DEBIAN_MIRROR:-http://deb.debian.org/debian}
name=app-packaged
id=com.example.PackagedApp
address=packaged-app://open/me

# shellcheck source=scripts/packages.sh
. scripts/packages.sh
# After it, for its `stop`, which tells a remedy.
# shellcheck source=scripts/runtime.sh
. scripts/runtime.sh

# What is outside: the runtime, the tools, the empty Debian, and an end for everything that was started and mounted.
prepare() {
  [ "$(id -u)" = 0 ] || stop "a Debian is made by root only" "sudo --preserve-env=SHELL_DIST_BINARY,SHELL_TEST_BUNDLES scripts/test-install.sh"
  install_packages debootstrap lintian rpm rpmlint libarchive-tools mtree-netbsd squashfs-tools desktop-file-utils appstream flatpak-builder python3-yaml \
    binutils xvfb openbox dbus x11-utils
  find_runtime
  export SHELL_DIST_BINARY
  cache=${XDG_CACHE_HOME:-$HOME/.cache}/shell-build/test-install
  mkdir -p "$cache/archives/partial"
  if [ ! -d "$cache/$suite" ]; then
    echo "test-install: debootstrap $suite" >&2
    rm -rf "$cache/$suite.part"
    debootstrap --variant=minbase "$suite" "$cache/$suite.part" "$mirror" >"$cache/debootstrap.log" 2>&1 ||
      stop "debootstrap failed; its words are in $cache/debootstrap.log" "is $mirror reachable? SHELL_DEBIAN_MIRROR names another"
    mv "$cache/$suite.part" "$cache/$suite"
  fi
  work=$(mktemp -d)
  trap 'rm -rf --one-file-system "$work"' EXIT
  # Whatever is started or mounted inside ends with it.
  SHELL_PRIVATE_DISPLAY=1 scripts/display.sh unshare --mount --pid --fork --kill-child --propagation private bash "$0" --inside "$work" "$cache"
}

# One line of the table: what was looked at, what was asked, whether it went well.
failures=0
check() {
  local format=$1 what=$2 result=ok
  shift 2
  "$@" >"$work/log" 2>&1 || { result=FAILED failures=$((failures + 1)); }
  printf '%-10s %-62s %s\n' "$format" "$what" "$result" | tee -a "$work/table"
  [ $result = ok ] || { echo "  $*"; tail -n 40 "$work/log" | sed 's/^/  /'; } >&2
}

# The Debian: the empty one below, what is installed above it.
make_root() {
  root=$work/root
  mkdir "$root" "$work/above"
  mount -t tmpfs -o mode=755 none "$work/above"
  mkdir "$work/above/upper" "$work/above/work"
  mount -t overlay overlay -o "lowerdir=$cache/$suite,upperdir=$work/above/upper,workdir=$work/above/work" "$root"
  mount -t proc proc "$root/proc"
  mount -t tmpfs -o mode=755 none "$root/dev"
  mkdir -m 1777 "$root/dev/shm"
  local device
  for device in "null 1 3" "zero 1 5" "full 1 7" "random 1 8" "urandom 1 9" "tty 5 0" "fuse 10 229"; do
    # shellcheck disable=SC2086 # three words
    set -- $device
    mknod -m 666 "$root/dev/$1" c "$2" "$3"
  done
  ln -s /proc/self/fd "$root/dev/fd"
  mount --bind "$cache/archives" "$root/var/cache/apt/archives"
  # A debug build reads its JavaScript from the clone.
  if grep -qF "$PWD/shell-js" "$SHELL_DIST_BINARY"; then
    mkdir -p "$root$PWD"
    mount --bind -o ro "$PWD" "$root$PWD"
  fi
  printf '#!/bin/sh\nexit 101\n' >"$root/usr/sbin/policy-rc.d"
  chmod 755 "$root/usr/sbin/policy-rc.d"
  cp /etc/resolv.conf "$root/etc/resolv.conf"
  chroot "$root" useradd --create-home tester
  as_root apt-get update -q
}

# Runs a command inside, as the administrator or as somebody.
as_root() { chroot "$root" /usr/bin/env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME=/root LC_ALL=C.UTF-8 DEBIAN_FRONTEND=noninteractive "$@"; }
as_user() {
  chroot --userspec=tester:tester "$root" /usr/bin/env -i PATH=/usr/bin:/bin HOME=/home/tester USER=tester LC_ALL=C.UTF-8 NO_AT_BRIDGE=1 GDK_BACKEND=x11 \
    DISPLAY="$DISPLAY" APP_USER_DATA="/home/tester/data-$start" "$@"
}

# Waits until a file has a text; a program that has ended says no more.
await() {
  local text=$1 file=$2 pid=$3
  for _ in $(seq 600); do
    ! grep -qF "$text" "$file" || return 0
    kill -0 "$pid" 2>/dev/null || break
    sleep 0.1
  done
  grep -qF "$text" "$file" || { echo "no $text in:"; cat "$file"; return 1; }
}

# Starts the app: its page must get the answer of an IPC call, and an address that `opener` is given must reach it, which ends it.
start=0
answers() {
  local opener=$1 said=$work/said pid
  shift
  start=$((start + 1))
  : >"$said"
  as_user "$@" >>"$said" 2>&1 &
  pid=$!
  # shellcheck disable=SC2086 # the words of the command
  await '"event":"page","doubled":42' "$said" $pid && as_user $opener "$address" &&
    await '"event":"second-instance","addresses":["'"$address"'"]' "$said" $pid && wait $pid
}

# Every file of the system but those that any use of it changes.
listing() {
  find "$root" -xdev \( -path "$root/var/log" -o -path "$root/var/cache" -o -path "$root/var/lib/apt" -o -path "$root/var/lib/dpkg" -o -path "$root/var/lib/rpm" \
    -o -path "$root/tmp" -o -path "$root/home/tester" -o -path "$root/root" -o -path "$root$PWD" \) -prune -o -printf '%P %y %m %U %G %l\n' | sort
}

# What the removed package may have left: nothing but folders' dates may differ from before, and no cache names it.
no_trace() {
  listing >"$work/after"
  diff "$work/before" "$work/after" || return 1
  ! grep -rlF -e "$id" -e "x-scheme-handler/packaged-app" -e application/x-packaged "$root/usr/share/applications" "$root/usr/share/mime" "$root/etc"
}

# No line of what a tool says has this text.
none() {
  local text=$1
  shift
  "$@" >"$work/told" 2>&1 || [ $? -lt 126 ] || return 1
  cat "$work/told"
  ! grep -E "$text" "$work/told" | grep -v 'E: no-signature'
}

# The desktop's files of an installation.
desktop_files() {
  local share=$2/usr/share
  check "$1" "desktop-file-validate" desktop-file-validate --no-hints "$share/applications/$id.desktop"
  check "$1" "appstreamcli validate --no-net" appstreamcli validate --no-net "$share/metainfo/$id.metainfo.xml"
}

bundle() {
  cp -R tests/apps/packaged "$work/app"
  # As a publisher's settings would be; and a single file has nothing beside it.
  python3 - "$work/app/package.json" <<'PYTHON'
import json, sys
path = sys.argv[1]
package = json.load(open(path))
shell = package["shell"]
del shell["compression"], shell["extraResources"]
package["license"] = "MIT"
package["homepage"] = "https://example.com/packaged"
shell["fileAssociations"] = [{"ext": "packaged", "name": "Packaged document", "mimeType": "application/x-packaged"}]
shell["linux"] = {"description": "An app that tells what it finds, so that its bundles can be tried."}
json.dump(package, open(path, "w"))
PYTHON
  strip --strip-all -o "$work/runtime" "$SHELL_DIST_BINARY"
  "$SHELL_DIST_BINARY" bundle "$work/app" --runtime "$work/runtime" --output "$bundles" --target tar.gz,deb,rpm,appimage,pacman,exe,flatpak,snap
}

test_deb() {
  local deb
  deb=$(echo "$bundles"/*.deb)
  check deb "lintian, no errors" none '^E:' lintian --profile debian --allow-root "$deb"
  cp "$deb" "$root/tmp/app.deb"
  check deb "apt install in a debootstrap chroot" as_root apt-get install -y -q /tmp/app.deb
  check deb "dpkg --verify, dpkg --audit" none . as_root sh -c "dpkg --verify $name; dpkg --audit"
  desktop_files deb "$root"
  check deb "starts, answers IPC; its link (xdg-open) reaches it" answers xdg-open $name
  check deb "a file's type is known (xdg-mime)" as_user sh -c 'echo x >/tmp/a.packaged && [ "$(xdg-mime query filetype /tmp/a.packaged)" = application/x-packaged ]'
  # What an installation brings along stays; it is what the first removal leaves.
  as_root dpkg --purge $name >/dev/null
  listing >"$work/before"
  check deb "installed once more" as_root dpkg --install /tmp/app.deb
  check deb "dpkg --purge" as_root dpkg --purge $name
  check deb "no trace is left" no_trace
}

test_rpm() {
  local rpm tool=(rpm --root "$root" --dbpath /var/lib/rpm)
  rpm=$(echo "$bundles"/*.rpm)
  # Debian's refuses to install without this.
  ! rpm --help 2>&1 | grep -q -- --force-debian || tool+=(--force-debian)
  check rpm "rpm -K" rpm -K --nosignature "$rpm"
  check rpm "rpmlint, no errors but the signature" none ': E: ' rpmlint "$rpm"
  check rpm "rpm --root --install" "${tool[@]}" --install --nodeps "$rpm"
  check rpm "rpm --verify" "${tool[@]}" --verify --nodeps $name
  desktop_files rpm "$root"
  check rpm "starts, answers IPC; its link (xdg-open) reaches it" answers xdg-open $name
  check rpm "rpm --erase" "${tool[@]}" --erase $name
  check rpm "no trace is left" no_trace
}

test_pacman() {
  local package unpacked=$work/pacman
  package=$(echo "$bundles"/*.pkg.tar.zst)
  mkdir "$unpacked"
  check pacman "unpacked by bsdtar" bsdtar -xpf "$package" -C "$unpacked"
  # What is listed lies in a folder, which this reader wants to be told.
  gzip -dc "$unpacked/.MTREE" | sed '1a . type=dir' >"$work/list"
  mv "$unpacked/.MTREE" "$work/mtree"
  check pacman "every file is as .MTREE says (mtree)" none . mtree -f "$work/list" -p "$unpacked"
  check pacman ".MTREE read by bsdtar" bsdtar -tf "$work/mtree"
  desktop_files pacman "$unpacked"
  cp -a "$unpacked/usr" "$root/"
  cp "$unpacked/.INSTALL" "$root/tmp/scripts"
  check pacman "post_install" as_root sh -c '. /tmp/scripts && post_install'
  check pacman "starts, answers IPC; its link (xdg-open) reaches it" answers xdg-open $name
  (cd "$unpacked" && find usr ! -type d) | sed "s,^,$root/," | xargs -d '\n' rm
  rmdir -p "$root/usr/lib/$name/resources" 2>/dev/null || true
  check pacman "post_remove" as_root sh -c '. /tmp/scripts && post_remove'
  check pacman "no trace is left" no_trace
}

# The image's own file system goes away a moment after the app.
nothing_mounted() {
  for _ in $(seq 50); do
    grep fuse "$root/proc/mounts" || return 0
    sleep 0.2
  done
  return 1
}

test_app_image() {
  local image=/opt/app.AppImage file=$root/opt/app.AppImage
  cp "$bundles"/*.AppImage "$file"
  check AppImage "magic bytes" [ "$(od -An -tx1 -N3 -j8 "$file" | tr -d ' ')" = 414902 ]
  check AppImage "--appimage-extract" as_user sh -c "cd && $image --appimage-extract && test -x squashfs-root/AppRun"
  desktop_files AppImage "$root/home/tester/squashfs-root"
  check AppImage "the unpacked folder's AppRun starts" answers /home/tester/squashfs-root/AppRun /home/tester/squashfs-root/AppRun
  check AppImage "starts without FUSE (APPIMAGE_EXTRACT_AND_RUN=1)" answers "env APPIMAGE_EXTRACT_AND_RUN=1 $image" env APPIMAGE_EXTRACT_AND_RUN=1 $image
  if as_user sh -c 'exec 3<>/dev/fuse' 2>/dev/null; then
    as_root apt-get install -y -q --no-install-recommends fuse3 >"$work/log" 2>&1
    check AppImage "starts with FUSE" answers $image $image
    check AppImage "nothing stays mounted" nothing_mounted
  else
    printf '%-10s %-62s %s\n' AppImage "starts with FUSE" "not tried: /dev/fuse cannot be opened" | tee -a "$work/table"
  fi
}

test_others() {
  cp "$bundles"/$name-*-x64 "$root/opt/app"
  check exe "starts, answers IPC, takes an address" answers /opt/app /opt/app
  mkdir "$root/opt/folder"
  check tar.gz "unpacked by tar" tar -xzf "$(echo "$bundles"/*-x64.tar.gz)" -C "$root/opt/folder" --strip-components=1
  check tar.gz "starts, answers IPC, takes an address" answers /opt/folder/$name /opt/folder/$name
  check flatpak "flatpak-builder --show-manifest" flatpak-builder --show-manifest "$bundles/$id.json"
  check snap "snapcraft.yaml is YAML with a part" python3 -c 'import sys, yaml; assert yaml.safe_load(open(sys.argv[1]))["parts"]' "$bundles/snapcraft.yaml"
}

if [ "${1:-}" != --inside ]; then
  prepare
  exit
fi
work=$2 cache=$3 bundles=${SHELL_TEST_BUNDLES:-$2/release}
echo "test-install: a Debian $suite in $work" >&2
make_root >"$work/log" 2>&1 || { cat "$work/log" >&2; stop "the Debian could not be made" "see above"; }
ls "$bundles"/*.deb >/dev/null 2>&1 || bundle
test_deb
test_rpm
test_pacman
test_app_image
test_others
[ $failures = 0 ] || { printf '\n%s failed:\n' $failures; grep 'FAILED$' "$work/table"; exit 1; }

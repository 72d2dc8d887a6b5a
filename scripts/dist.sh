#!/usr/bin/env bash
# Builds the release runtime and lays out what is published; packaging/README.md says what that is.
#
#   scripts/dist.sh [folder]     dist/ when no folder is named; what was in it is replaced
#
# SHELL_DIST_BINARY   a program to lay out instead of building one
# DIST_LEVEL          how hard zstd tries, 1 to 19
set -euo pipefail
cd "$(dirname "$0")/.."

launcher=@shell-app/shell
scope=@shell-app
out=$(realpath -m "${1:-dist}")

# shellcheck source=scripts/runtime.sh
. scripts/runtime.sh
for tool in zstd npm node sha256sum; do
  command -v $tool >/dev/null || stop "$tool is missing" "install it"
done

find_runtime

version=$("$SHELL_DIST_BINARY" --version | sed 's/^shell //')
electron=$(exec -a electron "$SHELL_DIST_BINARY" --version | sed 's/^v//')
platform=$(node -p 'process.platform + "-" + process.arch')
date=${SOURCE_DATE_EPOCH:-$(git log -1 --format=%ct 2>/dev/null || echo 0)}

# Laid out elsewhere first: a run that fails leaves the last result as it was.
mkdir -p "$(dirname "$out")"
work=$(mktemp -d "$(dirname "$out")/.dist.XXXXXX")
trap 'rm -rf "$work"' EXIT

echo "dist: shell $version for $platform, the API of Electron $electron" >&2
folder=$work/$platform
mkdir "$folder"
install -m 755 "$SHELL_DIST_BINARY" "$folder/electron"
ln -s electron "$folder/shell"
printf '%s' "$electron" >"$folder/version"
cp LICENSE-MIT LICENSE-APACHE "$folder"
for licence in vendor/v8/LICENSE.* vendor/appimage/LICENSE.*; do
  cp "$licence" "$folder/"
done

name=shell-$version-$platform
tar --create --directory "$work" --sort=name --mtime="@$date" --owner=0 --group=0 --numeric-owner --transform "s,^$platform,$name," "$platform" |
  zstd --quiet -"${DIST_LEVEL:-19}" --threads=0 -o "$work/$name.tar.zst"
(cd "$work" && sha256sum "$name.tar.zst" >"$name.tar.zst.sha256")

# Electron's declarations, from its package of the version that is kept to.
types=$work/types
mkdir "$types"
(cd "$types" && npm pack --silent "electron@$electron" >/dev/null && tar -xzf electron-*.tgz package/electron.d.ts package/LICENSE)

# Writes a package.json out of one of ours: name, version and what the third argument, a JSON object, has.
manifest() {
  node -e '
    const [file, name, version, more] = process.argv.slice(1);
    const fs = require("fs");
    const own = JSON.parse(fs.readFileSync(file));
    fs.writeFileSync(file, JSON.stringify({ name, version, ...own, ...JSON.parse(more) }, null, 2) + "\n");
  ' "$1/package.json" "$2" "$version" "$3"
}
npm_folder=$work/npm
mkdir "$npm_folder"
cp -R packaging/npm/launcher "$npm_folder/launcher"
cp LICENSE-MIT LICENSE-APACHE "$npm_folder/launcher"
cp "$types/package/electron.d.ts" "$npm_folder/launcher/electron.d.ts"
cp "$types/package/LICENSE" "$npm_folder/launcher/LICENSE.electron"
# Each platform that is published has a package; npm installs the one that fits.
manifest "$npm_folder/launcher" "$launcher" "{ \"optionalDependencies\": { \"$scope/$platform\": \"$version\" } }"
cp -R packaging/npm/platform "$npm_folder/$platform"
# npm packs no links: the launcher names the program.
find "$folder" -maxdepth 1 -type f -exec cp {} "$npm_folder/$platform" ';'
manifest "$npm_folder/$platform" "$scope/$platform" "{ \"os\": [\"${platform%-*}\"], \"cpu\": [\"${platform#*-}\"] }"
for package in launcher "$platform"; do
  (cd "$work" && npm pack --silent "./npm/$package" >/dev/null)
done

rm -rf "$types" "$npm_folder"
# Only what an earlier run has made is removed: the folder may be one that somebody named by mistake.
if [ -e "$out" ]; then
  [ -z "$(ls -A "$out")" ] || [ -f "$out/$platform/version" ] || stop "$out holds something else" "name another folder"
  rm -rf "$out"
fi
chmod 755 "$work"
mv "$work" "$out"
trap - EXIT
(cd "$out" && du -h --apparent-size -- *)

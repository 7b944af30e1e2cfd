#!/usr/bin/env bash
# Builds the Debian package and looks into it. contents_test.sh BUILD SOURCES
set -euo pipefail
build=$1 sources=$2
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
failures=0
complain() { printf '%s\n' "$*"; failures=$((failures + 1)); }
command -v dpkg-shlibdeps >/dev/null || { echo "dpkg-dev is not here"; exit 77; }

cmake --build "$build" --target package_files >"$folder/log" 2>&1 || { cat "$folder/log"; exit 1; }
(cd "$build" && cpack --config CPackConfig.cmake -B "$folder/made") >"$folder/log" 2>&1 || { cat "$folder/log"; exit 1; }
deb=$(echo "$folder"/made/*.deb)
version=$(sed -n 's/^project(noctule VERSION \([0-9.]*\).*/\1/p' "$sources/CMakeLists.txt")
[ "$(dpkg-deb -f "$deb" Version)" = "$version" ] || complain "the package's version is not $version"
dpkg-deb -R "$deb" "$folder/root"
cd "$folder/root"

# Owners and modes: everything belongs to root, nothing is writable by others.
dpkg-deb -c "$deb" | awk '$2 != "root/root" || substr($1, 6, 1) == "w" || substr($1, 9, 1) == "w"' >"$folder/odd"
[ ! -s "$folder/odd" ] || complain "odd owners or modes: $(cat "$folder/odd")"

program=usr/bin/noctule
for file in $program usr/share/man/man1/noctule.1.gz usr/share/bash-completion/completions/noctule usr/share/zsh/vendor-completions/_noctule \
  usr/share/fish/vendor_completions.d/noctule.fish usr/share/doc/noctule/copyright usr/share/doc/noctule/changelog.gz; do
  [ -s "$file" ] || complain "the package has no $file"
done
"./$program" --version | grep -qx "$version" || complain "the packaged program does not start"
"./$program" manual | cmp -s - <(zcat usr/share/man/man1/noctule.1.gz) || complain "the man page is not what the program says"
grep -qaF "$sources/" $program && complain "the program names the folder that it was built from"
readelf -S $program | grep -q '\.symtab' && complain "the program is not stripped"
runpath=$(readelf -d $program | sed -n 's/.*(RUNPATH).*\[\(.*\)\]/\1/p')
[ "$runpath" = '$ORIGIN/../lib/noctule' ] || complain "the run path is \"$runpath\""
zcat usr/share/doc/noctule/changelog.gz | head -n 1 | grep -qF "noctule ($version)" || complain "debian/changelog does not begin with $version"

# Each library that is needed is Debian's, or in the package; each is on the list of licences, and that list is in the copyright file.
table() { grep -v '^#' "$sources/packaging/dependencies.tsv"; }
needed=$(readelf -d $program | sed -n 's/.*(NEEDED).*\[\(.*\)\]/\1/p')
for library in $needed; do
  name=${library%%.so*}
  if [ "$name" = libduckdb ]; then
    [ -s usr/lib/noctule/libduckdb.so ] || dpkg-query -S "$library" >/dev/null 2>&1 || complain "libduckdb.so is in no package"
  else
    table | cut -f 1 | grep -qxF -- "$name" || complain "packaging/dependencies.tsv does not name $name"
  fi
done
for lock in "$sources"/web/*/package-lock.json; do
  for name in $(node -e '
    const packages = require(process.argv[1]).packages;
    for (const [path, entry] of Object.entries(packages)) if (path && !entry.dev && !entry.optional) console.log(path.replace(/^.*node_modules\//, ""));' "$lock"); do
    table | cut -f 1 | grep -qxF -- "$name" || complain "packaging/dependencies.tsv does not name $name of $lock"
  done
done
while IFS=$'\t' read -r name how licence _; do
  [ -n "$licence" ] || complain "dependencies.tsv: $name has no licence"
  grep -qF -- "$name" usr/share/doc/noctule/copyright || complain "the copyright file does not name $name"
  [ "$how" = linked ] || [ -s "$sources/packaging/licenses/$licence.txt" ] || complain "packaging/licenses has no $licence"
  case $how:$licence in linked:*) ;; *GPL*) complain "$name is $licence, and in the package" ;; esac
done < <(table)

# Scripts, unit and configuration belong together.
for script in DEBIAN/postinst DEBIAN/prerm DEBIAN/postrm; do
  [ ! -e "$script" ] || { sh -n "$script" && [ -x "$script" ]; } || complain "$script is no script"
done
if [ -e lib/systemd/system/noctule.service ]; then
  for file in $(cat DEBIAN/conffiles); do [ -s ".$file" ] || complain "conffiles names $file, which is not there"; done
  "./$program" serve --config etc/noctule/noctule.toml --print-config >"$folder/config" || complain "the packaged configuration is not understood"
  cmp -s lib/systemd/system/noctule.service "$sources/packaging/noctule.service" || complain "the packaged unit is not the one of packaging/"
fi
if command -v lintian >/dev/null; then
  lintian --allow-root --fail-on error "$deb" >"$folder/lintian" 2>&1 || complain "lintian: $(cat "$folder/lintian")"
else
  echo "lintian is not here"
fi
[ "$failures" = 0 ] && echo "the package holds what it should"

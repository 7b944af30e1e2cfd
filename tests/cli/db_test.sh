#!/usr/bin/env bash
# noctule db: a folder at rest is checked, backed up, restored and exported; what is wrong is said with the right exit code.
set -euo pipefail
program=$1
folder=$(mktemp -d)
holder=
trap '[ -z "$holder" ] || kill "$holder" 2>/dev/null || true; rm -rf "$folder"' EXIT
cd "$folder"
fail() { echo "$*"; exit 1; }
expect() {  # CODE WORDS COMMAND...: ends with the code and says the words
  local code=0 wanted=$1 words=$2; shift 2
  "$program" "$@" >out 2>&1 || code=$?
  [ "$code" = "$wanted" ] || fail "noctule $* ended with $code, expected $wanted: $(cat out)"
  grep -qF -- "$words" out || fail "noctule $* does not say \"$words\": $(cat out)"
}

"$program" site add example.org --data data >/dev/null
"$program" site add example.com --data data >/dev/null
"$program" simulate --seed 2 --days 2 --visits 40 --host example.org --out world.log 2>/dev/null
"$program" import world.log --site example.org --data data >/dev/null 2>&1
expect 0 sound db check --data data
"$program" db check --data data --json | grep -q '"findings": \[\]' || fail "no JSON of a check"

# Backup and restore: the same events come back; no key is in a backup.
expect 0 "settings.db" db check --data data
expect 0 "noctule" db backup backup --data data
[ ! -e data/staging ] || [ -z "$(ls data/staging)" ] || fail "something stayed in the staging folder"
ls backup | grep -q keys && fail "a key is in the backup"
grep -rlF "noctule keys" backup && fail "a key is in the backup"
(cd backup && sed -n 's/.*"name": "\(.*\)",/\1/p' manifest.json >names && sed -n 's/.*"sha256": "\(.*\)"/\1/p' manifest.json | paste -d ' ' - names | sed 's/ /  /' | sha256sum -c --quiet) ||
  fail "the sums are not those of sha256sum"
expect 2 "not empty" db backup backup --data data
expect 0 "sound" db restore backup --data fresh
"$program" db export before.csv --data data >/dev/null
"$program" db export after.csv --data fresh >/dev/null
[ "$(wc -l <before.csv)" -gt 50 ] || fail "the export is short"
cmp -s <(sort before.csv) <(sort after.csv) || fail "what was restored differs"
[ "$("$program" site list --data fresh | wc -l)" = 2 ] || fail "the sites did not come back"

expect 2 "holds data" db restore backup --data fresh
expect 0 "sound" db restore backup --data fresh --replace
cp -r backup bent
printf x | dd of=bent/events.duckdb bs=1 seek=9000 conv=notrunc 2>/dev/null
expect 1 "events.duckdb" db restore bent --data fresh --replace
expect 0 "sound" db check --data fresh
rm bent/manifest.json
expect 1 "broken off" db restore bent --data other

# Exports: by ending or --format, of one site, whole or not at all.
expect 0 "events.parquet" db export events.parquet --site example.org --data data
[ "$(head -c 4 events.parquet)" = PAR1 ] || fail "no Parquet"
"$program" db export one.csv --site example.com --data data >/dev/null
[ "$(wc -l <one.csv)" = 1 ] || fail "another site's events are in the export"
expect 2 "--format" db export events --data data
expect 1 "missing" db export missing/events.csv --data data
expect 1 "unknown.example" db export x.csv --site unknown.example --data data
[ -z "$(find . -name '*.part')" ] || fail "a part was left"

# A folder that another process owns is not touched; one that is none is said.
flock data/lock sleep 60 & holder=$!
until ! flock -n data/lock true; do :; done
expect 1 "another process" db restore backup --data data --replace
expect 1 "another process" db check --data data
kill "$holder"; wait "$holder" 2>/dev/null || true; holder=
expect 1 "missing" db check --data missing
mkdir empty
expect 1 "no data folder" db check --data empty
expect 2 "" db
expect 2 "" db check
echo "checked, backed up, restored, exported"

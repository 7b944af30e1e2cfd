#!/usr/bin/env bash
# Exports of other products from the command line into a store: import_archive_test.sh PROGRAM
set -euo pipefail
program=$1
exports=$(cd "$(dirname "$0")/../import/archives" && pwd)
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
export NOCTULE_DATA=$folder/data
fail() { echo "$*"; exit 1; }
import() { "$program" import --site example.org "$@" >"$folder/out" 2>"$folder/err" || fail "$* ended with $?: $(cat "$folder/err")"; }
says() { grep -qF -- "$1" "$folder/err" || fail "no \"$1\" in: $(cat "$folder/err")"; }
refuses() {  # EXIT_CODE MESSAGE_PART ARGUMENTS...
  local wanted=$1 part=$2 code=0
  shift 2
  "$program" import --site example.org "$@" >"$folder/out" 2>"$folder/err" || code=$?
  [ "$code" = "$wanted" ] || fail "$* ended with $code, not $wanted: $(cat "$folder/err")"
  says "$part"
}
# Sums of the store, as SQL of the export that `noctule db export` writes would have them: WHAT FILTER
sum() { "$program" db export "$folder/events.csv" --format csv >/dev/null && python3 - "$folder/events.csv" "$1" "$2" <<'P'
import csv, sys
rows = [r for r in csv.DictReader(open(sys.argv[1])) if r["rules"] == sys.argv[3] or sys.argv[3] == r["origin"]]
print(sum(int(r[sys.argv[2]]) for r in rows))
P
rm -f "$folder/events.csv"; }

"$program" site add example.org >/dev/null 2>&1
import "$exports/plausible"
says "Plausible: 237134 visits, 402660 page views and 6 named events of 2 days, 2023-02-09 to 2023-02-10"
says "left out: imported_locations_20230209_20230210.csv, which hold nothing that is kept"
[ "$(sum visits archive.visitors)" = 237134 ] || fail "the store has $(sum visits archive.visitors) visits"
[ "$(sum count archive.pages)" = 304 ] || fail "the store has $(sum count archive.pages) page views by page"

import "$exports/plausible"
says "left out: 24 of 24 rows, of days that were imported before, or twice in the export"
[ "$(sum visits archive.visitors)" = 237134 ] || fail "twice is not once: $(sum visits archive.visitors) visits"

import "$exports/umami_cloud/website_event.csv" --website w1 --quiet
[ -s "$folder/err" ] && fail "--quiet says: $(cat "$folder/err")"
[ "$(sum visits umami)" = 4 ] || fail "of Umami's export the store has $(sum visits umami) visits"
gzip -c "$exports/goatcounter_2/export.csv" >"$folder/goat.csv.gz"
import "$folder/goat.csv.gz" --before 2020-12-01
says "left out: 5 of 6 rows, of days from --before on"
import "$folder/goat.csv.gz"
says "GoatCounter: 3 visits, 4 page views and 1 named events of 1 days"
[ "$(sum visits goatcounter)" = 3 ] || fail "of GoatCounter's export the store has $(sum visits goatcounter) visits"

printf 'x,y\n/,5\n' >"$folder/pages.csv"
refuses 2 "holds Umami's numbers of a whole period, without days" "$folder/pages.csv"
printf 'PK\003\004nothing' >"$folder/broken.zip"
refuses 1 "broken.zip: begins like a zip and is none" "$folder/broken.zip"
refuses 2 "--before: soon: expected a day like 2026-03-01" "$exports/plausible" --before soon
printf '"date","visitors"\n"2023-02-09","many"\n' >"$folder/imported_visitors.csv"
refuses 2 'imported_visitors.csv line 2: visitors is "many", expected a whole number' "$folder/imported_visitors.csv"
echo fine

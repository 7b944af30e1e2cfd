#!/usr/bin/env bash
# --follow keeps reports up to date while a log grows and is rotated, and stops on SIGTERM.
set -euo pipefail
program=$1
folder=$(mktemp -d)
process=
trap '[ -z "$process" ] || kill "$process" 2>/dev/null || true; rm -rf "$folder"' EXIT
cd "$folder"
agent='Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0'

visit() {  # visit N LOG: a page view and its style sheet, by a visitor of its own
  printf '192.0.2.%d - - [02/Mar/2026:08:%02d:00 +0000] "GET /p/42 HTTP/1.1" 200 512 "https://web.whatsapp.com/" "%s"\n' "$1" "$1" "$agent" >>"$2"
  printf '192.0.2.%d - - [02/Mar/2026:08:%02d:01 +0000] "GET /style.css HTTP/1.1" 200 512 "https://www.example.org/p/42" "%s"\n' "$1" "$1" "$agent" >>"$2"
}

arrivals() { sed -n 's/.*"arrivals":{"total":\([0-9]*\).*/\1/p' report.json 2>/dev/null || true; }

wait_for() {  # wait_for N: until the report counts N arrivals
  local deadline=$((SECONDS + 30))
  until [ "$(arrivals)" = "$1" ]; do
    kill -0 "$process" || { echo "it ended before it had counted $1"; cat errors; exit 1; }
    [ "$SECONDS" -lt "$deadline" ] || { echo "expected $1 arrivals, the report says $(arrivals)"; exit 1; }
    read -r -t 0.05 <> <(:) || true
  done
}

visit 1 access.log
"$program" analyze access.log --follow --every 0.1 --host www.example.org --json=report.json 2>errors &
process=$!
wait_for 1
visit 2 access.log
wait_for 2
# Rotated by renaming: the last lines go to the old file, the next to a new one.
mv access.log access.log.1
visit 3 access.log.1
visit 4 access.log
visit 5 access.log
wait_for 5
# Rotated by copying and truncating.
: >access.log
visit 6 access.log
wait_for 6
kill -TERM "$process"
wait "$process"
process=
[ ! -s errors ] || { cat errors; exit 1; }
echo "followed across both kinds of rotation"

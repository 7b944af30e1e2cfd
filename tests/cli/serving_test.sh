#!/usr/bin/env bash
# noctule db and doctor beside a running server: asked over its socket, while events arrive; what was acknowledged before a backup began is
# in it.
set -euo pipefail
program=$1
folder=$(mktemp -d)
server= sender=
finish() {
  for process in $sender $server; do kill "$process" 2>/dev/null || true; done
  rm -rf "$folder"
}
trap finish EXIT
cd "$folder"
fail() { echo "$*"; [ ! -e served ] || tail -n 5 served; exit 1; }

"$program" site add example.org --data data >/dev/null
mkfifo lines
"$program" serve --data data --listen 127.0.0.1:0 --log "$folder/log" >lines 2>served &
server=$!
exec 3<lines
until read -r line <&3 && [[ $line == "listening on http://127.0.0.1:"* ]]; do :; done
address=${line#listening on }

# Sends page views one after the other until it is told to stop; acknowledged holds how many were.
cat >send.mjs <<'JS'
import { existsSync, writeFileSync } from "node:fs";
const agent = "Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0";
let sent = 0;
while (!existsSync("enough")) {
  const body = JSON.stringify({ type: "pageview", site: "example.org", url: `https://example.org/page/${sent}` });
  const answer = await fetch(process.argv[2] + "/api/v1/events", { method: "POST", body, headers: { "Content-Type": "application/json", "User-Agent": agent } });
  if (answer.status === 202) writeFileSync("acknowledged", String(++sent));
}
JS
node send.mjs "$address" &
sender=$!
until [ "$(cat acknowledged 2>/dev/null || echo 0)" -ge 50 ] 2>/dev/null; do kill -0 "$sender" || fail "nothing is sent"; done

before=$(cat acknowledged)
"$program" db backup backup --data data || fail "no backup beside a server"
"$program" db check --data data >out || fail "a running server's data is not sound: $(cat out)"
"$program" db export events.csv --site example.org --data data >/dev/null || fail "no export beside a server"
"$program" doctor --data data >out || fail "a running server is not well: $(cat out)"
grep -q ' in the server' out || fail "the doctor did not ask the server: $(cat out)"
"$program" doctor --privacy --data data >out || fail "a promise is broken: $(cat out)"
grep -q '^pass *key_of_today' out || fail "there is no key of today: $(cat out)"
grep -q '^pass *log_without_personal_data' out || fail "the log was not looked at: $(cat out)"
code=0; "$program" db restore backup --data data --replace >out 2>&1 || code=$?
[ "$code" = 1 ] && grep -q "another process" out || fail "a running server was restored over: $(cat out)"
[ -z "$(ls data/staging)" ] || fail "something stayed in the staging folder"

touch enough
wait "$sender"; sender=
kill -TERM "$server"
wait "$server" || fail "the server did not stop well"
server=

# A server on the backup loads what was in its journal: every page acknowledged before the backup is there, once.
"$program" db restore backup --data restored >/dev/null || fail "the backup cannot be restored"
"$program" serve --data restored --listen 127.0.0.1:0 >lines 2>served &
server=$!
exec 3<lines
until read -r line <&3 && [[ $line == "listening on "* ]]; do :; done
kill -TERM "$server"
wait "$server" || fail "the restored server did not stop well"
server=
"$program" db export restored.csv --data restored >/dev/null
node -e '
  const [header, ...rows] = require("fs").readFileSync("restored.csv", "utf8").trim().split("\n").map((line) => line.split(","));
  const column = header.indexOf("path"), seen = new Map();
  for (const row of rows) seen.set(row[column], (seen.get(row[column]) ?? 0) + 1);
  for (const [page, times] of seen) if (times !== 1) throw `${page} is there ${times} times`;
  for (let page = 0; page < Number(process.argv[1]); ++page) if (!seen.has(`/page/${page}`)) throw `/page/${page} of ${process.argv[1]} acknowledged ones is missing`;
' "$before" || fail "the backup does not hold what was acknowledged"
echo "checked, backed up, exported and examined beside a running server"

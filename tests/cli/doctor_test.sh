#!/usr/bin/env bash
# noctule doctor: what is well passes, each planted fault is said and ends with 1, and JSON says the same.
set -euo pipefail
program=$1
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
fail() { echo "$*"; exit 1; }
examine() { code=0; "$program" doctor --data data "$@" >out 2>error || code=$?; }
"$program" site add example.org --data data >/dev/null
"$program" simulate --seed 2 --days 2 --visits 40 --host example.org --out world.log 2>/dev/null
# A log holds what no store may: addresses of people as referrers and in parameters.
browser='Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/120.0.0.0 Safari/537.36'
for n in 1 2 3; do
  printf '198.51.100.%s - - [02/Jan/2026:10:0%s:00 +0000] "GET /with-address?email=jane@example.org&utm_campaign=to-jane%%40example.org HTTP/1.1" 200 512 "http://203.0.113.5/x" "%s"\n' $n $n "$browser"
  printf '198.51.100.%s - - [02/Jan/2026:10:0%s:01 +0000] "GET /style.css HTTP/1.1" 200 512 "https://example.org/with-address" "%s"\n' $n $n "$browser"
done >>world.log
"$program" import world.log --site example.org --data data >/dev/null 2>&1
"$program" db export events.csv --data data >/dev/null
grep -q ',/with-address,' events.csv || fail "the log with addresses was not imported"

examine
[ "$code" = 0 ] || fail "a new folder is not well: $(cat out error)"
for check in disk_space permissions versions journal settings clock file_descriptors leftovers; do grep -q " $check " out || fail "$check is missing"; done
examine --privacy
[ "$code" = 0 ] || fail "an imported log breaks a promise: $(cat out error)"
examine --privacy --json
node -e '
  const document = JSON.parse(require("fs").readFileSync("out"));
  for (const check of document.checks) if (!check.check || !check.looked_at || !["pass", "note", "unknown", "fail"].includes(check.verdict)) throw check;
  if (document.fail !== 0 || document.pass < 8) throw document;' || fail "the JSON is not as said"

printf 'noctule keys 1\n\n%0136d' 0 >data/old-key
examine --privacy
[ "$code" = 1 ] || fail "an old key ended with $code"
grep -q '^FAIL *no_older_key' out && grep -q old-key out || fail "an old key is not found: $(cat out)"
rm data/old-key
chmod o+rx data
examine
[ "$code" = 1 ] && grep -q '^FAIL *permissions' out || fail "an open folder is not found: $(cat out)"
examine --json
[ "$code" = 1 ] && grep -q '"fail": 1' out || fail "the JSON counts no failure"
chmod o-rx data

# The tracker by its address.
cat >serve.mjs <<'JS'
import { createServer } from "node:http";
const server = createServer((request, response) => {
  if (request.url === "/good.js") response.writeHead(200, { "Content-Type": "text/javascript" }).end("1");
  else if (request.url === "/page.js") response.writeHead(200, { "Content-Type": "text/html" }).end("no script");
  else response.writeHead(404).end();
});
server.listen(0, "127.0.0.1", () => console.log(server.address().port));
JS
mkfifo port
node serve.mjs >port & server=$!
trap 'kill "$server" 2>/dev/null || true; rm -rf "$folder"' EXIT
read -r number <port
examine --url "http://127.0.0.1:$number/good.js"
[ "$code" = 0 ] && grep -q '^pass *tracker' out || fail "the tracker is not found: $(cat out)"
examine --url "http://127.0.0.1:$number/page.js"
[ "$code" = 1 ] && grep -q '^FAIL *tracker' out || fail "a page passes for the script: $(cat out)"
examine --url "http://127.0.0.1:$number/gone.js"
[ "$code" = 1 ] || fail "404 passes"
kill "$server"; wait "$server" 2>/dev/null || true
examine --url "http://127.0.0.1:$number/good.js"
[ "$code" = 1 ] || fail "nobody there passes"
examine --url "ftp://example.org/x"
[ "$code" = 1 ] || fail "what is no address passes"
code=0; "$program" doctor --data missing >out 2>error || code=$?
[ "$code" = 1 ] || fail "a missing folder ended with $code"
echo "what is well passes, what is not is said"

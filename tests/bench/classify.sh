#!/usr/bin/env bash
# Times `noctule classify` on a million JSON lines of a simulated log, on one core, beside a user-agent parser for Node.js that does
# a part of the work (no referrers, no parameters, no channels) and beside copying the bytes, in one run.
#   ./dev bench classify
set -euo pipefail
noctule=$PWD/build/noctule
folder=build/bench
lines=1000000
mkdir -p "$folder/peer"
log=$folder/world-$lines.log input=$folder/requests.jsonl

if [ ! -s "$input" ] || [ "$noctule" -nt "$input" ]; then
  echo "making $input" >&2
  "$noctule" simulate --seed 1 --lines "$lines" --out "$log" 2>/dev/null
  awk -F'"' '{ split($2, request, " "); referrer = $4 == "-" ? "" : $4
    printf "{\"user_agent\":\"%s\",\"referrer\":\"%s\",\"url\":\"https://www.example.org%s\",\"method\":\"%s\"}\n", $6, referrer, request[2], request[1] }' "$log" |
    head -n "$lines" >"$input"
fi
if [ ! -d "$folder/peer/node_modules/ua-parser-js" ]; then
  (cd "$folder/peer" && npm install --no-audit --no-fund --silent ua-parser-js@1.0.40 >/dev/null)
fi
cat >"$folder/peer/parse.cjs" <<'JS'
const { UAParser } = require('ua-parser-js');
const readline = require('readline');
const out = require('fs').createWriteStream('/dev/null');
readline.createInterface({ input: process.stdin }).on('line', (line) => {
  const { browser, device } = new UAParser(JSON.parse(line).user_agent).getResult();
  out.write(JSON.stringify({ browser, device }) + '\n');
});
JS

measure() {  # measure NAME COMMAND: seconds of processor time, lines per minute and core, peak memory
  /usr/bin/time -o "$folder/time" -f '%U %S %M' bash -c "$2" <"$input" >"$folder/output"
  read -r user system kilobytes <"$folder/time"
  printf '%-34s' "$1"
  awk -v n="$(wc -l <"$input")" -v s="$user" -v t="$system" -v k="$kilobytes" 'BEGIN { c = s + t; if (c < 0.005) c = 0.005
    printf "%10.2f %22.0f %10d\n", c, n / c * 60, k / 1024 }'
}
echo "$(wc -l <"$input") JSON lines, $(awk -F'"' '{ print $4 }' "$input" | sort -u | wc -l) distinct user agents"
printf '%-34s%10s %22s %10s\n' tool 'cpu s' 'lines/minute/core' 'peak MiB'
measure 'cat (the limit)' 'cat'
measure 'noctule classify' "$noctule classify"
measure 'ua-parser-js (user agent only)' "node $folder/peer/parse.cjs"
echo 'wanted: a million lines a minute per core'

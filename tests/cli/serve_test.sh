#!/usr/bin/env bash
# serve says where it listens, takes events, follows sites that are added beside it, takes a new configuration on SIGHUP, loses nothing when
# it is stopped or killed, and says what is wrong in a configuration.
set -euo pipefail
program=$1
folder=$(mktemp -d)
process=
trap '[ -z "$process" ] || kill -9 "$process" 2>/dev/null || true; rm -rf "$folder"' EXIT
cd "$folder"
unset NOCTULE_DATA NOCTULE_CONFIG
agent='Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0'

start() {
  : >out
  "$program" serve --data data --listen 127.0.0.1:0 --log log "$@" >out 2>err &
  process=$!
  local deadline=$((SECONDS + 60))
  until grep -q '^listening on http://127.0.0.1:[1-9]' out; do
    kill -0 "$process" || { echo "it ended at its start"; cat err; exit 1; }
    [ "$SECONDS" -lt "$deadline" ] || { echo "it does not listen"; exit 1; }
    read -r -t 0.05 <> <(:) || true
  done
  address=$(sed -n 's/^listening on //p' out)
}
# send SITE PATH: the answer with its header
send() {
  curl -s -i -A "$agent" -H 'Content-Type: application/json' -d "{\"n\":\"pageview\",\"d\":\"$1\",\"u\":\"https://$1$2\"}" "$address/api/event"
}
wait_until() {  # wait_until WHAT COMMAND...
  local what=$1 deadline=$((SECONDS + 30)); shift
  until "$@"; do
    [ "$SECONDS" -lt "$deadline" ] || { echo "not seen: $what"; exit 1; }
    read -r -t 0.05 <> <(:) || true
  done
}
stop() {
  kill -TERM "$process"
  local status=0
  wait "$process" || status=$?
  process=
  [ "$status" = 0 ] || { echo "stopping ended with $status"; cat err; exit 1; }
}
counted() {  # counted N: page views of example.org, by the query API
  curl -s -H "Authorization: Bearer $key" -d '{"site_id":"example.org","metrics":["pageviews"],"date_range":"day"}' "$address/api/v2/query" | tr -d ' \n' | grep -q "\"metrics\":\[$1\]"
}

"$program" site add example.org --data data >/dev/null
key=$("$program" key add test --scope query --data data | grep -oE 'nok_[a-z0-9]+' | head -n 1)
start
grep -q '^nobody has an account yet.*http://127.0.0.1' out
send example.org /a | grep -q '^HTTP/1.1 202'
wait_until "an event in the answer to a question" counted 1

send example.net /a | grep -q '^X-Noctule-Dropped: unknown_site'
"$program" site add example.net --data data >/dev/null
known() { ! send example.net /a | grep -q '^X-Noctule-Dropped'; }
wait_until "a site that was added beside the server" known

# Nobody else may have the folder.
if "$program" serve --data data --listen 127.0.0.1:0 >/dev/null 2>second; then echo "two servers on one folder"; exit 1; fi
grep -q data second

# What was acknowledged is there after kill -9, and after a stop.
send example.org /b | grep -q '^HTTP/1.1 202'
kill -9 "$process"
wait "$process" 2>/dev/null || true
start
wait_until "an event that was acknowledged before kill -9" counted 2
send example.org /c | grep -q '^HTTP/1.1 202'
stop
grep -q '"event":"stopped","all_loaded":1' log

# A new configuration is taken up, a wrong one is named and changes nothing.
printf 'log_level = "info"\nmetrics_networks = ["192.0.2.1"]\n' >noctule.toml
start --config noctule.toml
counted 3 || { echo "an event was lost by stopping"; exit 1; }
curl -s "$address/metrics" | grep -q metrics_networks
printf 'metrics_networks = ["127.0.0.1"]\n' >noctule.toml
kill -HUP "$process"
metrics() { curl -s "$address/metrics" | grep -q '^noctule_reloads_total 1'; }
wait_until "metrics for a network that was added" metrics
printf 'metric_networks = ["127.0.0.1"]\n' >noctule.toml
kill -HUP "$process"
named() { grep -q 'noctule.toml line 1: there is no key "metric_networks"; did you mean "metrics_networks"?' err; }
wait_until "the name of a wrong key" named
metrics
stop

status=0
"$program" serve --config noctule.toml 2>err || status=$?
[ "$status" = 2 ] || { echo "a wrong configuration ends with $status"; exit 1; }
"$program" serve --data x --threads 3 --print-config | grep -q '^threads = 3  # flag$'
[ ! -e x ] || { echo "--print-config made a folder"; exit 1; }

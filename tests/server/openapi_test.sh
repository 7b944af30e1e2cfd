#!/usr/bin/env bash
# A running server does what docs/openapi.json says, also with requests that nobody would send: schemathesis makes them up from
# the document. openapi_test.sh PROGRAM SOURCES WORK_FOLDER
set -euo pipefail
program=$1 sources=$2 work=$3
fail() { echo "$*"; exit 1; }
mkdir -p "$work"
venv=$work/schemathesis
if ! "$venv/bin/schemathesis" --version >/dev/null 2>&1; then
  if ! { python3 -m venv "$venv" && "$venv/bin/pip" install --quiet --timeout 10 --retries 1 'schemathesis==4.32.5'; } >"$work/install.log" 2>&1; then
    echo "skipped: schemathesis can be had neither here nor from the package index ($work/install.log)"
    exit 77
  fi
fi
cd "$work"  # schemathesis leaves a folder where it runs
folder=$(mktemp -d)
server=''
stop() { [ -z "$server" ] || { kill "$server" 2>/dev/null; wait "$server" 2>/dev/null; } || true; }
trap 'stop; rm -rf "$folder"' EXIT
export NOCTULE_DATA=$folder/data
password='correct horse battery'
"$program" site add example.org >/dev/null
"$program" site add spare.example >/dev/null
# The one who asks is the last of several: made-up numbers are small, and somebody else is removed.
for name in one two three four five; do echo "$password" | "$program" user add "$name@example.org" --password-stdin --administrator >/dev/null; done
key=$("$program" key add asking --scope query --scope manage 2>/dev/null)

"$program" serve --listen 127.0.0.1:0 --rate-address 0 --log "$folder/log" >"$folder/out" 2>"$folder/err" &
server=$!
until grep -q '^listening on http' "$folder/out"; do kill -0 "$server" 2>/dev/null || fail "the server ended: $(cat "$folder/err")"; done
url=$(awk '/^listening on http/ { print $3; exit }' "$folder/out")

log_in() {
  curl -fsS -D "$folder/head" -H 'Content-Type: application/json' -d "{\"email\":\"five@example.org\",\"password\":\"$password\"}" "$url/api/v1/login" >"$folder/login"
  cookie=$(grep -oE 'noctule_session=[a-z0-9]+' "$folder/head")
  csrf=$(sed -E 's/.*"csrf":"([0-9a-f]+)".*/\1/' "$folder/login")
}
# What a valid body means is told by 422, so that not every request that fits the schema is taken.
# A body beyond the limit is refused as too large before it is read; schemathesis by itself does not count that as a refusal.
cat >"$folder/schemathesis.toml" <<'CONFIG'
[checks.negative_data_rejection]
expected-statuses = [400, 401, 403, 404, 405, 406, 409, 413, 415, 422, 428, 429, "5xx"]
CONFIG
run() {  # NAME OPTIONS...
  local name=$1
  shift
  if ! "$venv/bin/schemathesis" --config-file "$folder/schemathesis.toml" run "$sources/docs/openapi.json" --url "$url" --seed 1 --generation-database none --no-color --continue-on-failure \
      --suppress-health-check all --exclude-checks positive_data_acceptance "$@" >"$folder/report" 2>&1; then
    cut -c 1-300 "$folder/report" | tail -n 120
    fail "schemathesis found failures as $name"
  fi
  grep -E 'Tested:|generated' "$folder/report" | tr -s ' \n' ' '
  echo "as $name"
}
# A stream without an end is no request with an answer; logging out ends what the others need.
streams=(--exclude-path '/api/v1/sites/{domain}/live')
log_in
run "an administrator's session" -n 10 -H "Cookie: $cookie" -H "X-CSRF-Token: $csrf" "${streams[@]}" --exclude-checks ignored_auth,positive_data_acceptance \
  --include-path-regex '^/api/v1/(login|me|sites|channel-rules|users|keys|audit)'
run "a key" -n 10 -H "Authorization: Bearer $key" "${streams[@]}" --include-path-regex '^/api/v(1/(me|sites|channel-rules)|2/)'
run "nobody" -n 10 "${streams[@]}" --exclude-path-regex '^/api/v(1/(me|sites|channel-rules|users|keys|audit|events)|2/)' --exclude-checks negative_data_rejection,positive_data_acceptance
kill -0 "$server" || fail "the server ended: $(cat "$folder/err")"
[ "$(curl -s -o /dev/null -w '%{http_code}' "$url/health/live")" = 200 ] || fail "the server does not live any more"

#!/usr/bin/env bash
# Sites, users and keys from the command line: settings_test.sh PROGRAM
set -euo pipefail
program=$1
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
export NOCTULE_DATA=$folder/data
fail() { echo "$*"; exit 1; }
run() { "$program" "$@" >"$folder/out" 2>"$folder/err"; }
refuses() {  # EXIT_CODE MESSAGE_PART ARGUMENTS...
  local wanted=$1 part=$2 code=0
  shift 2
  run "$@" </dev/null || code=$?
  [ "$code" = "$wanted" ] || fail "$* ended with $code, not $wanted: $(cat "$folder/err")"
  grep -qF -- "$part" "$folder/err" || fail "$* said: $(cat "$folder/err")"
}
prints() { grep -qF -- "$1" "$folder/out" || fail "no \"$1\" in: $(cat "$folder/out")"; }
value() { python3 -c 'import json,sys; value = json.load(open(sys.argv[1]))
for step in sys.argv[2].split("."): value = value[int(step) if step.isdigit() else step]
print(value)' "$folder/out" "$1"; }

refuses 1 "holds no data of noctule yet" site list
refuses 2 "--data" site list --data
refuses 2 "is no domain" site add 192.0.2.1
refuses 2 "subcommand" site
env -u NOCTULE_DATA "$program" site list 2>"$folder/err" && fail "no folder is no error"
grep -qF -- --data "$folder/err" || fail "it does not say that --data lacks"

run site add https://www.Example.org/ --url https://stats.example.org/ --host blog.example.org --parameter id
prints "example.org is site 1."
prints '<script defer src="https://stats.example.org/'
prints 'data-site="example.org"'
prints "website  "
prints "pixel.gif?site=example.org"
prints "idsite   1"
[ "$(stat -c %a "$NOCTULE_DATA")" = 700 ] || fail "the folder is open to others"
refuses 2 "site example.org exists already" site add example.org
refuses 1 "the nearest is example.org" site list exmaple.org
run site add b.example --mode consented --retention 3000 --json
[ "$(value mode)/$(value retention_days)" = consented/3000 ] || fail "$(cat "$folder/out")"
umami=$(value umami_website)
run site set "$umami" --domain c.example --k-threshold 9 --json
[ "$(value domain)/$(value k_threshold)/$(value umami_website)/$(value retention_days)" = "c.example/9/$umami/3000" ] || fail "$(cat "$folder/out")"
refuses 2 "1 to 760 days in mode exempt" site set c.example --mode exempt
run site set example.org --no-hosts --json
[ "$(value hosts)/$(value query_parameters)" = "[]/['id']" ] || fail "$(cat "$folder/out")"
run site list --json
[ "$(value 1.domain)" = example.org ] || fail "$(cat "$folder/out")"

refuses 2 "use --password-stdin" user add ada@example.org
refuses 2 "10 to 1024" user add ada@example.org --password-stdin
echo "correct horse battery" | run user add ada@example.org --password-stdin --administrator
prints "an administrator"
echo "correct horse battery" | run user add ben@example.org --password-stdin --json
[ "$(value administrator)" = False ] || fail "$(cat "$folder/out")"
run user role ben@example.org example.org editor
run user list
prints "editor of example.org"
refuses 2 "viewer" user role ben@example.org example.org king
refuses 1 "the nearest is ben@example.org" user remove bem@example.org
refuses 2 "is the last administrator" user remove ada@example.org
run user admin ben@example.org
run user admin ada@example.org --off
refuses 2 "is the last administrator" user admin ben@example.org --off
echo "another long password" | run user password ben@example.org --password-stdin
prints "sessions are over"
refuses 2 "wrong code" user totp ada@example.org
if command -v oathtool >/dev/null; then
  # The code is asked for after the address is printed: a pipe back from the output answers.
  mkfifo "$folder/code"
  "$program" user totp ada@example.org <"$folder/code" >"$folder/totp" 2>"$folder/err" &
  running=$!
  exec 3>"$folder/code"
  until grep -q 'otpauth://' "$folder/totp"; do kill -0 "$running" || fail "totp ended: $(cat "$folder/err")"; done
  oathtool --totp --base32 "$(grep -oE 'secret=[A-Z2-7]+' "$folder/totp" | cut -d= -f2)" >&3
  exec 3>&-
  wait "$running" || fail "the code of oathtool was refused: $(cat "$folder/err")"
  run user list --json
  [ "$(value 0.totp)" = True ] || fail "$(cat "$folder/out")"
fi
run user remove ada@example.org

run key add reports --scope query --scope collect --site example.org --expires 30d
key=$(cat "$folder/out")
[[ $key == nok_* ]] || fail "no key: $key"
run key list --json
[ "$(value 0.label)/$(value 0.site)/$(value 0.scopes)" = "reports/example.org/['collect', 'query']" ] || fail "$(cat "$folder/out")"
grep -qrF "$key" "$NOCTULE_DATA" && fail "the key itself is in the folder"
refuses 2 "is no time to end at" key add late --scope query --expires soon
refuses 2 "lies in the past" key add late --scope query --expires 2020-01-01
refuses 2 "--scope" key add none
refuses 1 "there is no key 7" key remove 7
run key remove 1
run site remove example.org
prints "example.org is removed"
run site list
[ "$(wc -l <"$folder/out")" = 1 ] || fail "$(cat "$folder/out")"

# Several at once lose nothing.
pids=()
for i in 1 2 3 4; do "$program" site add "many-$i.example" >/dev/null & pids+=($!); done
for pid in "${pids[@]}"; do wait "$pid" || fail "one of several at once failed"; done
run site list
[ "$(wc -l <"$folder/out")" = 5 ] || fail "$(cat "$folder/out")"
echo "sites, users and keys are added, listed, changed and removed"

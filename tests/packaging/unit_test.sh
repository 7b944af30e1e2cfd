#!/usr/bin/env bash
# What systemd itself says of the unit, which a running systemd is not needed for. unit_test.sh PROGRAM SOURCES
set -euo pipefail
program=$1 sources=$2
unit=$sources/packaging/noctule.service
command -v systemd-analyze >/dev/null || { echo "skipped: systemd-analyze is not here"; exit 77; }
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
failures=0
complain() { printf '%s\n' "$*"; failures=$((failures + 1)); }

# verify FOLDER: an unknown key or a value that is not understood is no failure for systemd, but it is said.
verify() {
  local said
  said=$(systemd-analyze verify --man=no --recursive-errors=no "$1/noctule.service" 2>&1) || complain "systemd-analyze verify fails"
  [ -z "$said" ] || complain "systemd-analyze verify says: $said"
}
# bound FOLDER MOST: the exposure is from 0, nothing, to 10.
bound() {
  local exposure
  exposure=$(systemd-analyze security --offline=true --no-pager "$1/noctule.service" 2>"$folder/said" | sed -n 's/.*Overall exposure level.*: \([0-9.]*\) .*/\1/p')
  awk -v exposure="${exposure:-10}" -v most="$2" 'BEGIN { exit !(exposure <= most) }' ||
    complain "the exposure is ${exposure:-not told} instead of at most $2 $(cat "$folder/said")"
}

mkdir "$folder/plain" "$folder/port"
sed "s|/usr/bin/noctule|$program|" "$unit" >"$folder/plain/noctule.service"
verify "$folder/plain"
bound "$folder/plain" 1.3

# With what docs/deploy.md adds for a port below 1024.
awk '/^## TLS without a proxy/ { inside = 1 } inside && /^```ini/ { on = 1; next } on && /^```/ { exit } on' "$sources/docs/deploy.md" >"$folder/added"
grep -q '^AmbientCapabilities=CAP_NET_BIND_SERVICE$' "$folder/added" || complain "docs/deploy.md does not say what a port below 1024 needs"
for setting in $(grep = "$folder/added"); do
  grep -qF -- "$setting" "$unit" || complain "the comment in the unit does not say $setting"
done
cat "$folder/plain/noctule.service" "$folder/added" >"$folder/port/noctule.service"
verify "$folder/port"
bound "$folder/port" 1.6

# It is given the time that the server takes for itself: for the connections, and then for the store.
seconds=$("$program" serve --print-config --data "$folder/data" | sed -n 's/^stop_timeout = \([0-9]*\).*/\1/p')
given=$(sed -n 's/^TimeoutStopSec=\([0-9]*\)$/\1/p' "$unit")
[ "${given:-0}" -gt $((2 * ${seconds:-1000})) ] || complain "TimeoutStopSec is ${given:-missing}, and the server takes up to twice ${seconds:-an unknown time}"
[ "$failures" = 0 ] && echo "the unit is understood, and exposes little"

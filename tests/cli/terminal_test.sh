#!/usr/bin/env bash
# Colour and the progress line belong to terminals: pipes and files get neither, and NO_COLOR is honoured on a terminal too.
set -euo pipefail
program=$1
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
"$program" simulate --lines 60000 --out access.log 2>/dev/null
escape=$(printf '\033')
fail() { echo "$*"; exit 1; }

on_terminal() { script -qec "$1" /dev/null </dev/null; }  # runs a command on a terminal of its own

"$program" analyze access.log >piped 2>errors
! grep -q "$escape" piped || fail "a pipe got colours"
[ ! -s errors ] || fail "stderr that is no terminal got a progress line"
"$program" analyze access.log --color always >coloured
grep -q "$escape" coloured || fail "--color always gave no colours"
unset NO_COLOR
on_terminal "'$program' analyze access.log 2>/dev/null" >terminal
grep -q "$escape\[[0-9;]*m" terminal || fail "a terminal got no colours"
on_terminal "NO_COLOR=1 '$program' analyze access.log 2>/dev/null" >plain
! grep -q "$escape\[[0-9;]*m" plain || fail "NO_COLOR was not honoured"
on_terminal "'$program' analyze access.log --json >/dev/null" >progress
grep -q "$escape\[K" progress || fail "stderr on a terminal got no progress line"
on_terminal "'$program' analyze access.log --quiet --json >/dev/null" >quiet
[ ! -s quiet ] || fail "--quiet printed something"
head -n 2000 access.log >short.log
on_terminal "stty rows 12 cols 80; timeout -s INT 2 '$program' analyze short.log --follow --every 0.2" >followed || true
! grep -q "$escape\[3J" followed || fail "--follow wiped what the terminal keeps of earlier lines"
drawn=$(sed "/$escape\[J/q" followed | grep -c "$escape\[K" || true)
[ "$drawn" = 11 ] || fail "--follow drew $drawn lines on a screen of 12"
# A terminal that changes its width is drawn anew though the log did not grow.
cat >resize.sh <<'END'
frames() { grep -o "$(printf '\033')\[J" resized | wc -l; }
wait_for() {
  until [ "$(frames)" -ge "$1" ]; do
    [ "$SECONDS" -lt 60 ] || break
    read -r -t 0.05 <> <(:) || true
  done
}
stty rows 40 cols 100
NO_COLOR=1 "$1" analyze short.log --follow --every 0.1 &
program=$!
wait_for 1
stty cols 70 </dev/tty
wait_for 2
kill -TERM "$program"
wait "$program"
END
on_terminal "bash resize.sh '$program'" >resized || true
last=$(tr -d '\r' <resized | awk -v mark="$escape[H$escape[J" 'index($0, mark) { n = NR } { line[NR] = $0 } END { for (i = n; i <= NR; ++i) print line[i] }')
[ "$(printf '%s\n' "$last" | wc -l)" -gt 20 ] || fail "--follow ended without a whole report"
! printf '%s\n' "$last" | sed "s/$escape\[[HJ]//g" | LC_ALL=C.UTF-8 grep -qE '^.{71,}' || fail "--follow kept the width that the terminal had"
echo "colour and progress only where they belong"

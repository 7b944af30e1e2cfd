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
echo "colour and progress only where they belong"

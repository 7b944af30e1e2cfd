#!/usr/bin/env bash
# A server on a disk that is really full, and on one that really turned read-only: it refuses events and says why, stays up and answers
# questions, goes on by itself when there is room, and every event that it acknowledged is there once, whatever was sent again.
# disk_test.sh PROGRAM
set -euo pipefail
program=$1
client=$(cd "$(dirname "$0")" && pwd)/send_pages.mjs
# All mounts are in a namespace of this test's own: they go with its last process, however that ends.
if [ "${2:-}" != alone ]; then
  [ "$(id -u)" = 0 ] && as=() || as=(--map-root-user)
  if ! unshare "${as[@]}" --mount mount -t tmpfs none /mnt 2>/dev/null; then
    echo "skipped: nothing may be mounted here"
    exit 77
  fi
  exec unshare "${as[@]}" --mount "$0" "$program" alone
fi

folder=$(mktemp -d)
server=
clean_up() {
  [ -z "$server" ] || { kill -9 "$server"; wait "$server"; } 2>/dev/null || true
  cd /
  umount "$folder/disk" "$folder/image" 2>/dev/null || true
  rm -rf "$folder"
}
trap clean_up EXIT
cd "$folder"
mkdir disk image
unset NOCTULE_DATA NOCTULE_CONFIG
fail() { echo "$*"; [ ! -e err ] || tail -n 5 err; exit 1; }

start() {
  : >out
  "$program" serve --data disk/data --listen 127.0.0.1:0 --rate-address 0 --rate-site 0 --stop-timeout 1 "$@" >out 2>err &
  server=$!
  local deadline=$((SECONDS + 60))
  until grep -q '^listening on http' out; do
    kill -0 "$server" 2>/dev/null || fail "the server ended at its start"
    [ "$SECONDS" -lt "$deadline" ] || fail "the server does not listen"
    read -r -t 0.05 <> <(:) || true
  done
  address=$(awk '/^listening on http/ { print $3; exit }' out)
}
stop() {
  kill -TERM "$server"
  wait "$server" || fail "the server did not stop well"
  server=
}
kill_server() {
  kill -9 "$server"
  wait "$server" 2>/dev/null || true
  server=
}
send() { node "$client" "$address" "$@" || fail "sending failed: $*"; }
ready() { [ "$(curl -s -o ready -w '%{http_code}' "$address/health/ready")" = 200 ]; }
wait_until() {  # wait_until WHAT COMMAND...
  local what=$1 deadline=$((SECONDS + 30)); shift
  until "$@"; do
    [ "$SECONDS" -lt "$deadline" ] || fail "not seen: $what ($(cat ready))"
    read -r -t 0.1 <> <(:) || true
  done
}
page_views() {
  curl -s -H "Authorization: Bearer $key" -d '{"site_id":"example.org","metrics":["pageviews"],"date_range":"day"}' "$address/api/v2/query" |
    tr -d ' \n' | sed -nE 's/.*"metrics":\[([0-9]+)\].*/\1/p'
}
has_page_views() { [ "$(page_views)" = "$1" ]; }
logged() { grep -qE "$1" err; }

begin_anew() {
  rm -f next acknowledged refused refusals
  "$program" site add example.org --data disk/data >/dev/null
  echo 'correct horse battery' | "$program" user add one@example.org --password-stdin --administrator --data disk/data >/dev/null
  key=$("$program" key add asking --scope query --data disk/data 2>/dev/null)
  start
  send some 500
  wait_until "the first page views in an answer" has_page_views 500
}
# Events are refused, and the server is up and says why: WORDS are in what it says of the journal.
refuses() {
  local words=$1
  send refused
  [ "$(curl -s -o /dev/null -w '%{http_code}' "$address/health/live")" = 200 ] || fail "it does not live any more"
  ! ready || fail "it is ready and refuses"
  grep -qE "\"journal\":\"[^\"]*$words" ready || fail "it does not say \"$words\": $(cat ready)"
  [ "$(page_views)" -ge 500 ] || fail "it answers no question while it refuses"
}
recovers() {
  send again
  wait_until "that it is ready again" ready
  wait_until "every page view in an answer" has_page_views "$(cat next)"
}
each_is_there_once() {
  "$program" db check --data disk/data >checked || fail "the data is not sound: $(cat checked)"
  "$program" db export "$folder/events.csv" --data disk/data >/dev/null || fail "no export"
  node -e '
    const [header, ...rows] = require("fs").readFileSync("events.csv", "utf8").trim().split("\n").map((line) => line.split(","));
    const column = header.indexOf("path"), seen = new Map();
    for (const row of rows) seen.set(row[column], (seen.get(row[column]) ?? 0) + 1);
    for (const [page, times] of seen) if (times !== 1) throw `${page} is there ${times} times`;
    const sent = Number(process.argv[1]);
    for (let page = 0; page < sent; ++page) if (!seen.has(`/page/${page}`)) throw `/page/${page} of ${sent} is missing`;
    if (seen.size !== sent) throw `${seen.size} pages are there, ${sent} were sent`;
  ' "$(cat next)" || fail "not every event is there once"
  echo "$1: $(cat next) events, acknowledged after $(cat refusals) requests had been refused"
}
leave_room() {  # leave_room KIB: a file takes the rest
  local free_kib
  free_kib=$(df -k --output=avail disk | tail -n 1)
  dd if=/dev/zero of=disk/ballast bs=1K count=$((free_kib - $1)) status=none
}
take_all_room() { dd if=/dev/zero of=disk/ballast bs=1K oflag=append conv=notrunc status=none 2>/dev/null || true; }

full_disk() {
  begin_anew
  leave_room 8192  # events fill it: the journal goes on in the room it has when the store finds none
  refuses 'full'
  wait_until "a line of the log on the full disk" logged '"level":"error","event":"journal","error":"[^"]*full'
  take_all_room
  refuses 'full'
  rm disk/ballast
  recovers
  wait_until "a line of the log on the end of it" logged '"level":"info","event":"journal"'

  # Killed while it runs full, begun on the full disk, stopped there, begun again with its log on that disk.
  leave_room 1024
  : >refused
  node "$client" "$address" broken &
  local sender=$!
  wait_until "that it runs full" test -s refused
  kill_server
  wait "$sender" || fail "sending failed while it was killed"
  take_all_room
  start
  refuses 'full'
  stop
  start --log disk/log
  refuses 'full'
  rm disk/ballast
  recovers
  stop
  grep -q '"event":"stopped","all_loaded":1' disk/log || fail "its log did not go on: $(cat disk/log)"
  each_is_there_once "full"
}

# ext4 turns read-only under open files when it finds an error, and stays so until it is mounted anew.
read_only_disk() {
  begin_anew
  send some 5000
  mount -o remount,abort disk
  refuses 'Read-only file system'
  stop
  ! "$program" serve --data disk/data --listen 127.0.0.1:0 >out 2>err || fail "it starts where it can write nothing"
  grep -q 'disk/data/lock: cannot open: Read-only file system' err || fail "it does not say why it does not start"
  umount disk
  mount -o loop image/ext4 disk
  start
  recovers
  stop
  each_is_there_once "read-only"
}

mount -t tmpfs -o size=48m,mode=755 none disk
full_disk
umount disk

mount -t tmpfs -o size=64m,mode=755 none image
truncate -s 52m image/ext4
if ! { mkfs.ext4 -q -m 0 image/ext4 && mount -o loop image/ext4 disk; } 2>/dev/null; then
  echo "not looked at: a read-only disk, for no file may be mounted here"
  exit 0
fi
full_disk
rm -rf disk/*
read_only_disk

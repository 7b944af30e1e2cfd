#!/usr/bin/env bash
# Where reports go: a file appears whole and keeps its mode, links stay links, pipes and devices are written into.
set -euo pipefail
program=$1
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
"$program" simulate --seed 3 --days 2 --visits 40 --out access.log 2>simulated
analyze() { "$program" analyze access.log --quiet "$@"; }
fail() { echo "$*"; exit 1; }
is_report() { grep -q '"arrivals"' "$1" || fail "$1 holds no report"; }

# A link is followed, and stays a link; so is one that leads nowhere yet, and one to a link.
mkdir elsewhere
echo old >elsewhere/report.json
ln -s elsewhere/report.json link.json
ln -s link.json link-to-link.json
ln -s elsewhere/new.json dangling.json
for name in link link-to-link dangling; do
  analyze --json="$name.json"
  [ -L "$name.json" ] || fail "$name.json is a link no more"
  is_report "$name.json"
done
[ -f elsewhere/new.json ] || fail "the dangling link's file was not made"
ln -s loop.json loop.json
if analyze --json=loop.json 2>error; then fail "a link to itself was written"; fi
grep -q '^noctule: loop.json: cannot be written' error || fail "a loop of links: $(cat error)"

# A pipe by name is written into, and stays one.
mkfifo pipe
cat pipe >from-pipe.json &
analyze --json=pipe
wait $!
[ -p pipe ] || fail "the pipe was replaced by a file"
is_report from-pipe.json
[ -z "$(find . elsewhere -name '*.part')" ] || fail "something was left behind: $(find . -name '*.part')"

# So are the names that a system gives open files: standard output, whose earlier content stays, and a shell's >(command).
analyze --json=/dev/stdout | cat >from-stdout.json
is_report from-stdout.json
echo before >appended.json
analyze --json=/dev/stdout >>appended.json
[ "$(head -n 1 appended.json)" = before ] || fail "standard output was replaced by a file"
is_report appended.json
mkfifo done
analyze --json=>(cat >from-command.json; echo >done)
read -r _ <done
is_report from-command.json
if mknod device c 1 3 2>/dev/null; then  # where the test may make devices
  analyze --json=device
  [ -c device ] || fail "the device was replaced by a file"
fi

# The file that is replaced leaves its mode.
install -m 640 /dev/null private.json
analyze --json=private.json
is_report private.json
[ "$(stat -c %a private.json)" = 640 ] || fail "the mode became $(stat -c %a private.json)"

# What cannot be written is an error that names the file, and leaves nothing.
for path in missing/report.json elsewhere; do
  code=0
  analyze --json="$path" 2>error || code=$?
  [ "$code" = 1 ] || fail "--json=$path ended with $code"
  grep -q "^noctule: $path: cannot be written: " error || fail "--json=$path: $(cat error)"
done
echo "links, pipes, modes and errors are as they should be"

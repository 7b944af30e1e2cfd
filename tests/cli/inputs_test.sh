#!/usr/bin/env bash
# What a log is read from, and how it is shared out, changes nothing: files, pipes by name, standard input, portions of any
# size, any number of threads. Thousands of files are read with a few descriptors.
set -euo pipefail
program=$1
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
fail() { echo "$*"; exit 1; }
# The report without what names the file, and what time and memory it took.
analyze() {
  "$program" analyze --json --quiet --explain all "$@" |
    sed -E 's/"(seconds|memory_peak_bytes)":[0-9.e+-]+//g; s/"(path|file|compression)":"[^"]*"//g; s#(stdin|pipe|/dev/(stdin|fd/[0-9]+)|[a-z]+\.log(\.gz)?)##g'
}
expect_same() { cmp -s expected.json got.json || fail "$1: $(diff <(tr , '\n' <expected.json) <(tr , '\n' <got.json) | head -n 6)"; }
# One byte block after the other, so that a read of the pipe gives any portion of it.
in_portions() { dd bs="$1" status=none; }

"$program" simulate --seed 5 --days 3 --visits 300 --format nginx-json --out full.log 2>simulated
# A log whose keys are optional, as loggers write that leave out what is empty; for its first third there is no referrer at all.
lines=$(wc -l <full.log)
awk -v third="$((lines / 3))" '
  NR < third { sub(/"http_referer":"[^"]*",?/, "") }
  { sub(/"http_referer":"-?",?/, ""); sub(/"http_user_agent":"-?",?/, ""); print }' full.log >optional.log
[ "$(grep -c http_referer optional.log)" -gt 100 ] || fail "the log has no referrers"
[ "$(grep -vc http_referer optional.log)" -gt "$((lines / 3))" ] || fail "the log has referrers in each line"
[ "$(wc -c <optional.log)" -gt 1000000 ] || fail "the log is too small to be read in several blocks"
cp optional.log optional.copy

for log in full optional; do
  analyze --threads 1 "$log.log" >expected.json
  [ "$(wc -c <expected.json)" -gt 10000 ] || fail "there is no report"
  for threads in 2 3 4; do
    analyze --threads "$threads" "$log.log" >got.json
    expect_same "$log.log with $threads threads"
  done
  analyze --threads 2 --format nginx-json "$log.log" >got.json
  expect_same "$log.log with its format given"
  # A pipe is read once. What a file learns of its hosts in a second pass has to be given.
  analyze --threads 1 --host www.example.org "$log.log" >expected.json
  for portion in 700 5000 300000; do
    analyze --threads 2 --host www.example.org <(in_portions "$portion" <"$log.log") >got.json
    expect_same "$log.log from a pipe by name in portions of $portion"
  done
  analyze --host www.example.org - < <(in_portions 9999 <"$log.log") >got.json
  expect_same "$log.log from standard input"
  analyze --host www.example.org /dev/stdin < <(cat "$log.log") >got.json
  expect_same "$log.log from /dev/stdin"
  gzip -k "$log.log"
  analyze --host www.example.org <(zcat "$log.log.gz") >got.json
  expect_same "$log.log unpacked by another program"
  mkfifo pipe
  cat "$log.log.gz" >pipe &
  analyze --host www.example.org pipe >got.json
  wait $!
  rm pipe
  expect_same "$log.log packed, from a FIFO"
done

# A log whose #Fields change in its middle: the referrer is lost for part of the lines, whichever thread reads them.
"$program" simulate --seed 6 --days 2 --visits 150 --format w3c --out all-fields.log 2>simulated
awk -v half="$(($(wc -l <all-fields.log) / 2))" '
  NR == half { print "#Fields: date time s-ip cs-method cs-uri-stem cs-uri-query s-port cs-username c-ip cs(User-Agent) sc-status sc-substatus sc-win32-status time-taken" }
  NR >= half && !/^#/ { $11 = ""; sub(/  /, " ") }
  { print }' all-fields.log >fields.log
[ "$(wc -c <fields.log)" -gt 600000 ] || fail "the log is too small to be read in several blocks"
analyze --threads 1 fields.log >expected.json
grep -qE '"code":"partly_no_referrer_field","args":\["?[^]]*"(49|50)"' expected.json || fail "changed #Fields are not told of: $(grep -o '"warnings":.*' expected.json | head -c 300)"
grep -q '"unparsed":0,' expected.json || fail "lines after changed #Fields are not read"
analyze --threads 4 fields.log >got.json
expect_same "fields.log with 4 threads"

# Named twice: a file is read once, what can be read only once is refused.
ln -s full.log other.log
analyze full.log >expected.json
analyze full.log ./full.log other.log >got.json
[ "$(grep -o '"same_file_twice"' got.json | wc -l)" = 2 ] || fail "a file that was named three times: $(grep -o '"warnings":.*' got.json)"
[ "$(grep -o '"lines":[0-9]*' got.json)" = "$(grep -o '"lines":[0-9]*' expected.json)" ] || fail "a file that was named three times was counted so"
analyze full.log full.log.gz >got.json
grep -q '"same_first_lines"' got.json || fail "a packed copy was not told of"
for twice in '- -' '- /dev/stdin' '/dev/stdin /dev/stdin'; do
  code=0
  # shellcheck disable=SC2086
  cat full.log | "$program" analyze --json $twice >/dev/null 2>error || code=$?
  [ "$code" = 2 ] || fail "analyze $twice ended with $code"
  grep -q 'is named twice, and can be read only once' error || fail "analyze $twice: $(cat error)"
done

# Three thousand files, most of them open side by side if they were held open, with 40 descriptors.
mkdir many
split --number=l/3000 --numeric-suffixes --suffix-length=4 full.log many/part.
[ "$(find many -type f | wc -l)" = 3000 ] || fail "the log was not split"
analyze --host www.example.org full.log | grep -oE '"(arrivals|private)":\{[^}]*\}' >expected
(ulimit -n 40 && analyze --host www.example.org many/*) >got.json
grep -oE '"(arrivals|private)":\{[^}]*\}' got.json >got
cmp -s expected got || fail "3000 files: $(diff expected got)"
[ "$(grep -o '"truncated_input"' got.json | wc -l)" = 0 ] || fail "some of 3000 files were not read"
# Where the limit forbids even that, it is named. UBSan needs descriptors for its own checks and reports their lack as a finding.
if ! grep -qa __ubsan_handle "$program"; then
  code=0
  (ulimit -n 5 && "$program" analyze full.log optional.log --follow --quiet) >/dev/null 2>error || code=$?
  [ "$code" = 1 ] || fail "two growing files with hardly a descriptor: ended with $code"
  grep -qE '(full|optional).log: cannot be opened: this process may hold 5 files open at a time; raise the limit \(ulimit -n\)' error ||
    fail "five descriptors: $(cat error)"
fi

# Memory is limited by files in TMPDIR, and nowhere else.
mkdir stand
code=0
(cd stand && TMPDIR="$folder/missing" "$program" analyze ../full.log --memory-limit 1M --quiet) >/dev/null 2>error || code=$?
[ "$code" = 1 ] || fail "a wrong TMPDIR: ended with $code"
grep -q "no temporary file can be made in $folder/missing: .*TMPDIR" error || fail "a wrong TMPDIR: $(cat error)"
[ -z "$(ls stand)" ] || fail "a file was left: $(ls stand)"
echo "files, pipes, portions, threads and many files all give the same"

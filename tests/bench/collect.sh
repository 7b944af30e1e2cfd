#!/usr/bin/env bash
# Collecting, measured: events that are on disk before they are acknowledged, per second, per second of the server's processor time, and the time
# of an answer, at 64 and 512 connections, one event a request and fifty. In the same run the same bytes go to nginx, which answers
# 204 and does nothing else, and to nginx writing its access log; and DuckDB's own appender takes the rows that were stored.
#   ./dev bench collect [--long] [--seconds N]
# --long follows memory for ten minutes instead of one.
set -euo pipefail
build=$PWD/build
noctule=${BENCH_PROGRAM:-$build/noctule} load=${BENCH_LOAD:-$build/bench_load} append=${BENCH_APPEND:-$build/bench_append}
seconds=8 soak=60
while [ $# -gt 0 ]; do
  case "$1" in
    --long) soak=600 ;;
    --seconds) seconds=$2; shift ;;
    *) echo "unknown: $1" >&2; exit 2 ;;
  esac
  shift
done
if [ ! -x "$load" ] || [ ! -x "$append" ]; then ninja -C "$build" --quiet bench_load bench_append; fi

folder=$(mktemp -d)
servers=()
finish() {
  for process in "${servers[@]}"; do kill "$process" 2>/dev/null || true; done
  wait 2>/dev/null || true
  rm -rf "$folder"
}
trap finish EXIT

# field NAME: of the JSON line on standard input
field() { grep -oE "\"$1\":[0-9.]+" | head -n 1 | cut -d: -f2; }
ratio() { awk -v a="$1" -v b="$2" 'BEGIN { printf "%.2f", (b > 0 ? a / b : 0) }'; }

# The noctule under test: as behind a proxy that tells of clients, without limits of rate, because all load comes from one place.
start_noctule() {
  data=$folder/$1
  mkdir -m 700 "$data"
  "$noctule" site add example.org --data "$data" >/dev/null
  "$noctule" serve --data "$data" --listen 127.0.0.1:0 --threads 1 --trusted-proxies 127.0.0.1 --rate-address 0 --rate-site 0 \
    --log "$folder/noctule.log" >"$folder/out" 2>"$folder/err" &
  server=$!
  servers+=("$server")
  while ! grep -q '^listening on' "$folder/out"; do
    kill -0 "$server" 2>/dev/null || { cat "$folder/err" >&2; exit 1; }
    sleep 0.05
  done
  port=$(grep -m1 -oE '[0-9]+$' <(grep '^listening on' "$folder/out"))
}
stop_noctule() { kill "$server" && wait "$server" || true; }

# One worker, as noctule has one thread for connections; noctule's others write journal and store, and count as its own.
start_nginx() {
  local name=$1 log=$2
  nginx_port=$3
  mkdir -p "$folder/$name"
  cat >"$folder/$name/nginx.conf" <<CONF
worker_processes 1;
daemon off;
pid $folder/$name/pid;
error_log $folder/$name/error.log;
events { worker_connections 2048; }
http {
  access_log $log;
  client_body_temp_path $folder/$name/body; proxy_temp_path $folder/$name/p; fastcgi_temp_path $folder/$name/f; uwsgi_temp_path $folder/$name/u; scgi_temp_path $folder/$name/s;
  client_body_buffer_size 64k;
  keepalive_requests 1000000000;
  server { listen 127.0.0.1:$nginx_port; location / { return 204; } }
}
CONF
  nginx -p "$folder/$name" -c "$folder/$name/nginx.conf" 2>/dev/null &
  servers+=($!)
  until (exec 3<>"/dev/tcp/127.0.0.1/$nginx_port") 2>/dev/null; do sleep 0.05; done
  nginx_worker=$(pgrep -P "$!")
}
free_port() { awk -v seed="$$$1" 'BEGIN { srand(seed); print 20000 + int(rand() * 12000) }'; }

row() { printf '%-34s %5s %10s %12s %9s %9s %9s\n' "$@"; }
show() {  # show NAME JSON REFERENCE: the last is what 1.00 is, per processor second
  row "$1" "$(field connections <<<"$2")" "$(field per_second <<<"$2")" "$(field per_processor_second <<<"$2")" \
    "$(ratio "$(field per_processor_second <<<"$2")" "$3")" "$(field p50_ms <<<"$2")" "$(field p99_ms <<<"$2")"
}

start_nginx answer off "$(free_port 1)"; answer_port=$nginx_port answer_worker=$nginx_worker
start_nginx log "$folder/access.log" "$(free_port 2)"; log_port=$nginx_port log_worker=$nginx_worker

echo "$(nproc) processors, $seconds seconds each; events a second, by the clock and by the server's processor time"
row server conns events/s events/cpu-s ratio p50/ms p99/ms
declare -A reference
single_ratio=() single_p99=()
for connections in 64 512; do
  start_noctule "single-$connections"
  answer=$("$load" "$answer_port" "$connections" "$seconds" single "$answer_worker")
  logged=$("$load" "$log_port" "$connections" "$seconds" single "$log_worker")
  ours=$("$load" "$port" "$connections" "$seconds" single "$server" settle)
  reference[$connections]=$(field per_processor_second <<<"$answer")
  show 'nginx return 204' "$answer" "${reference[$connections]}"
  show 'nginx return 204, access log' "$logged" "${reference[$connections]}"
  show 'noctule, one event, on disk' "$ours" "${reference[$connections]}"
  single_ratio[connections]=$(ratio "$(field per_processor_second <<<"$ours")" "${reference[$connections]}")
  single_p99[connections]=$(field p99_ms <<<"$ours")
  stop_noctule
done
for connections in 64 512; do
  start_noctule "batch-$connections"
  ours=$("$load" "$port" "$connections" "$seconds" batch "$server" settle)
  show 'noctule, fifty events, on disk' "$ours" "${reference[$connections]}"
  [ "$connections" != 64 ] || batch=$ours
  stop_noctule
done

# Rows of the batches by DuckDB's own appender. The server has stored them all when it has stopped.
events=$(field events <<<"$batch")
appended=$("$append" "$folder/batch-64/events.duckdb" "$folder/append.duckdb" 500000)
bytes=$(stat -c %s "$folder/batch-64/events.duckdb")
rm -f "$folder/append.duckdb"

# Memory, under a load that the store keeps up with or not: what is not loaded waits on disk.
start_noctule soak
memory() { awk '/^VmRSS:/ { print int($2 / 1024) }' "/proc/$server/status"; }
"$load" "$port" 64 "$soak" single "$server" settle >"$folder/soak.json" &
loader=$!
memories=()
for _ in 1 2 3 4 5 6; do
  sleep "$(awk -v s="$soak" 'BEGIN { print s / 6.5 }')"
  memories+=("$(memory)")
done
wait "$loader"
stop_noctule

echo
echo "single events against nginx return 204, per processor second: ${single_ratio[64]} at 64 connections, ${single_ratio[512]} at 512 (wanted: 0.6)"
echo "p99 of single events: ${single_p99[64]} ms at 64 connections, ${single_p99[512]} ms at 512 (wanted: tens of milliseconds)"
rows=$(field per_second <<<"$appended")
echo "batches of fifty: $(field per_second <<<"$batch") events/s acknowledged, $(field loaded_per_second <<<"$batch") stored; DuckDB's appender: $rows rows/s of" \
  "$(field columns <<<"$appended") columns; ratio $(ratio "$(field per_second <<<"$batch")" "$rows") acknowledged, $(ratio "$(field loaded_per_second <<<"$batch")" "$rows") stored," \
  "$(ratio "$(field per_processor_second <<<"$batch")" "$(field per_processor_second <<<"$appended")") by processor time, storing included (wanted: 0.3)"
echo "on disk: $(awk -v b="$bytes" -v e="$events" 'BEGIN { printf "%.1f", b / e }') bytes an event, of $events (wanted: at most 40)"
echo "memory over $soak s of single events ($(field per_second <"$folder/soak.json")/s): ${memories[*]} MiB (wanted: flat)"

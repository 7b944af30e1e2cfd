#!/usr/bin/env bash
# Times noctule's whole analysis beside two other log analysers and beside counting lines, on simulated combined logs, in
# one run, and shows how time grows with size. Prints ratios: machines differ, their ratios hardly do.
#   ./dev bench analyze [--quick]     --quick: 0.2 million lines only
set -euo pipefail
noctule=build/noctule
folder=build/bench
sizes=(200000 2000000 8000000)
[ "${1:-}" = --quick ] && sizes=(200000)
main_size=${sizes[1]:-${sizes[0]}}
repeats=3
mkdir -p "$folder"

for size in "${sizes[@]}"; do
  log=$folder/world-$size.log
  if [ ! -s "$log" ] || [ "$noctule" -nt "$log" ]; then
    echo "making $log" >&2
    "$noctule" simulate --seed 1 --lines "$size" --out "$log" 2>/dev/null
  fi
done

# best COMMAND...: seconds and peak kilobytes of the fastest of some runs.
best() {
  local i seconds kilobytes best_seconds= best_kilobytes=
  for ((i = 0; i < repeats; ++i)); do
    /usr/bin/time -o "$folder/time" -f '%e %M' "$@" >/dev/null 2>"$folder/errors" || { cat "$folder/errors" >&2; exit 1; }
    read -r seconds kilobytes <"$folder/time"
    if [ -z "$best_seconds" ] || awk -v a="$seconds" -v b="$best_seconds" 'BEGIN { exit !(a < b) }'; then
      best_seconds=$seconds best_kilobytes=$kilobytes
    fi
  done
  echo "$best_seconds $best_kilobytes"
}

run_goaccess() { goaccess "$1" --no-global-config --log-format=COMBINED --no-progress -o "$folder/goaccess.json"; }
run_analog() { analog -G +C"LOGFORMAT COMBINED" +C"LOGFILE $1" +C"OUTFILE $folder/analog.html" +C"WARNINGS OFF"; }
export -f run_goaccess run_analog
export folder

log=$folder/world-$main_size.log
echo "$main_size lines of a simulated combined log, $(du -h --apparent-size "$log" | cut -f1), $(nproc) cores; the best of $repeats runs"
printf '%-30s %10s %14s %10s\n' tool seconds lines/s 'peak MiB'
declare -A rate memory
measure() {
  local name=$1; shift
  read -r seconds kilobytes < <(best "$@")
  rate[$name]=$(awk -v n="$main_size" -v s="$seconds" 'BEGIN { printf "%.0f", n / (s > 0.001 ? s : 0.001) }')
  memory[$name]=$kilobytes
  printf '%-30s %10s %14s %10s\n' "$name" "$seconds" "${rate[$name]}" "$((kilobytes / 1024))"
}
measure 'wc -l' wc -l "$log"
measure 'noctule, 1 thread' "$noctule" analyze "$log" --threads 1 --quiet -o "$folder/report.txt"
measure 'noctule, 2 threads' "$noctule" analyze "$log" --threads 2 --quiet -o "$folder/report.txt"
measure 'noctule, 2 threads, --html' "$noctule" analyze "$log" --threads 2 --quiet --html="$folder/report.html"
measure "goaccess $(goaccess --version | sed -n '1s/.* \([0-9][0-9.]*[0-9]\).*/\1/p')" bash -c "run_goaccess '$log'"
goaccess_name=$(printf '%s\n' "${!rate[@]}" | grep '^goaccess')
measure 'analog' bash -c "run_analog '$log'"

ratio() { awk -v a="$1" -v b="$2" 'BEGIN { printf "%.2f", a / b }'; }
echo
echo "noctule with 2 threads against"
printf '  %-38s %8s  (wanted: 25 or more)\n' "goaccess, lines per second" "$(ratio "${rate[noctule, 2 threads]}" "${rate[$goaccess_name]}")"
printf '  %-38s %8s  (wanted: 2 or more)\n' "analog, lines per second" "$(ratio "${rate[noctule, 2 threads]}" "${rate[analog]}")"
printf '  %-38s %8s  (the limit: it only counts line ends)\n' "wc -l, lines per second" "$(ratio "${rate[noctule, 2 threads]}" "${rate[wc -l]}")"
printf '  %-38s %8s  (wanted: below 1)\n' "goaccess, peak memory" "$(ratio "${memory[noctule, 2 threads]}" "${memory[$goaccess_name]}")"

if [ ${#sizes[@]} -gt 1 ]; then
  echo
  printf 'how time grows\n%-12s %10s %14s %10s\n' lines seconds lines/s 'peak MiB'
  for size in "${sizes[@]}"; do
    read -r seconds kilobytes < <(best "$noctule" analyze "$folder/world-$size.log" --threads 2 --quiet -o "$folder/report.txt")
    printf '%-12s %10s %14s %10s\n' "$size" "$seconds" "$(awk -v n="$size" -v s="$seconds" 'BEGIN { printf "%.0f", n / s }')" "$((kilobytes / 1024))"
  done
fi

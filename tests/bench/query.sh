#!/usr/bin/env bash
# Times the questions of a dashboard over a month of simulated events, each beside the same question asked of raw events in
# DuckDB in the same run. The databases are made once, in build/bench.
#   ./dev bench query [MILLIONS...]     default: 2 10 40
set -euo pipefail
folder=build/bench
sizes=("$@")
[ ${#sizes[@]} -gt 0 ] || sizes=(2 10 40)
[ -f build/build.ninja ] && grep -q query_bench build/build.ninja || cmake --preset release -DNOCTULE_TESTS=ON >/dev/null
cmake --build build --target=query_bench -- --quiet
mkdir -p "$folder"
for size in "${sizes[@]}"; do
  build/query_bench "$folder" "$size" >"$folder/query-$size.tsv"
  awk -F'\t' -v size="$size" '
    $1 == "#" { printf "%d rows, %.1f GB on disk (events and roll-ups), peak memory %d MiB\n", $2, $3 / 1e9, $4; next }
    FNR == 1 { printf "\n%d million events, 30 days        p50 ms    p95 ms    raw ms    of raw\n", size }
    { printf "%-34s%9.1f %9.1f %9.1f %8.3f%s\n", $1, $2, $3, $4, $2 / $4, ($2 / $4 > 0.1 ? "  over a tenth" : "") }
    { n++; if ($3 > worst) worst = $3; if ($2 / $4 > ratio) ratio = $2 / $4 }
    END { printf "largest: p95 %.1f ms, %.3f of raw\n", worst, ratio }' "$folder/query-$size.tsv"
done
first=${sizes[0]} last=${sizes[-1]}
[ "$first" = "$last" ] && exit 0
printf '\ngrowth of p50 from %s to %s million events\n' "$first" "$last"
awk -F'\t' '$1 == "#" { next } FNR == NR { was[$1] = $2; next } { printf "%-34s%9.2f\n", $1, $2 / was[$1]; if ($2 / was[$1] > most) most = $2 / was[$1] }
  END { printf "largest: %.2f\n", most }' "$folder/query-$first.tsv" "$folder/query-$last.tsv"
echo 'wanted: at most a tenth of raw at 40 million, at most 4 times from 2 to 40 million, p95 under 300 ms'

#!/usr/bin/env bash
# A million made-up events through journal, visits, attribution and store, beside DuckDB's own appender with the same rows, and the bytes of
# disk that an event takes.
#   ./dev bench load [EVENTS]
set -euo pipefail
events=${1:-1000000}
[ -f build/build.ninja ] && grep -q load_program build/build.ninja || cmake --preset release -DNOCTULE_TESTS=ON >/dev/null
cmake --build build --target=load_program -- --quiet
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
for at_once in 50 1; do
  mkdir "$folder/$at_once"
  build/load_program "$folder/$at_once" "$events" "$at_once"
  rm -rf "${folder:?}/$at_once"
done

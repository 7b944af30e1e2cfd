#!/usr/bin/env bash
# How often the estimate's 90 % interval holds the truth of simulated worlds, and how wide it is.
#   ./dev bench estimate [FIRST_SEED [COUNT]]     default: the 200 worlds of the tests
set -euo pipefail
[ -f build/build.ninja ] && grep -q estimate_worlds build/build.ninja || cmake --preset release -DNOCTULE_TESTS=ON >/dev/null
cmake --build build --target=estimate_worlds -- --quiet
exec "$(find build -name estimate_worlds -type f -perm -u+x | head -n 1)" "$@"

#!/usr/bin/env bash
# Prints the package's copyright file from dependencies.tsv and licenses/.
set -euo pipefail
cd "$(dirname "$0")"
rows() { grep -v '^#' dependencies.tsv; }  # name, how, licence, copyright
debian_name() { case $1 in MIT) echo Expat ;; BSD-*) echo "${1%-Clause}-clause" ;; *) echo "$1" ;; esac; }
indent() { sed 's/^$/./; s/^/ /'; }

cat <<'HEAD'
noctule, under the Apache License, version 2.0 (below).

Of Debian's own packages the program uses, without carrying them:
HEAD
rows | awk -F '\t' '$2 == "linked" { printf "  %s (%s)\n", $1, $3 }'
printf '\nFiles: *\nCopyright: The noctule authors\nLicense: Apache-2.0\n'
stanza() {  # FILES COMMENT ROWS: one for each licence
  local licence
  for licence in $(cut -f 3 <<<"$3" | sort -u); do
    printf '\nFiles: %s\nCopyright:\n' "$1"
    awk -F '\t' -v licence="$licence" '$3 == licence { printf " %s (%s)\n", $4, $1 }' <<<"$3"
    printf 'License: %s\nComment: %s\n' "$(debian_name "$licence")" "$2"
  done
}
stanza usr/bin/noctule "parts that are compiled into the program" "$(rows | awk -F '\t' '$2 == "compiled in"')"
stanza usr/lib/noctule/libduckdb.so "DuckDB and what it is made of" "$(rows | awk -F '\t' '$2 == "libduckdb.so"')"
for licence in $( (rows | awk -F '\t' '$2 != "linked" { print $3 }'; echo Apache-2.0) | sort -u); do
  printf '\nLicense: %s\n' "$(debian_name "$licence")"
  indent <"licenses/$licence.txt"
done

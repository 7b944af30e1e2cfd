#!/usr/bin/env bash
# Whether the documents say what the program does. docs_test.sh CHECK PROGRAM SOURCES
set -euo pipefail
check=$1 program=$2 sources=$3
cd "$sources"
failures=0
complain() { printf '%s\n' "$*"; failures=$((failures + 1)); }

# The commands below one, as its --help lists them.
commands_below() { "$program" "$@" --help | awk '/^Subcommands:/ { on = 1; next } on && /^  [a-z]/ { print $1 } on && /^[^ ]/ { exit }'; }

# One command, and those below it: its flags stand in the document, a command below is named whole ("noctule site add").
known=''
check_command_flags() {
  local flag below
  for flag in $("$program" "$@" --help | grep -oE -- '--[a-z][a-z-]+' | sort -u); do
    known="$known $flag"
    [ "$flag" = --help ] || grep -q -- "\`$flag" docs/command-line.md || complain "docs/command-line.md does not name $flag of $*"
  done
  for below in $(commands_below "$@"); do
    grep -qE "noctule $* $below\b" docs/command-line.md || complain "docs/command-line.md does not name noctule $* $below"
    check_command_flags "$@" "$below"
  done
}

# Every flag of every command stands in docs/command-line.md, and every flag there exists.
check_flags() {
  local command flag
  for command in $(commands_below); do
    grep -q "^## noctule $command" docs/command-line.md || complain "docs/command-line.md has no section on $command"
    check_command_flags "$command"
  done
  [ -n "$known" ] || complain "the program names no commands"
  for flag in $(grep -oE -- '`--[a-z][a-z-]+' docs/command-line.md | tr -d '`' | sort -u); do
    case " $known --help --version " in *" $flag "*) ;; *) complain "docs/command-line.md names $flag, which no command has" ;; esac
  done
}

# Every format stands in docs/log-formats.md.
check_formats() {
  local name count=0
  for name in $("$program" formats); do
    count=$((count + 1))
    grep -q "\`$name\`" docs/log-formats.md || complain "docs/log-formats.md does not name $name"
  done
  [ "$count" -gt 10 ] || complain "only $count formats"
}

# Links between the documents lead somewhere.
check_links() {
  local file target count=0
  for file in README.md ARCHITECTURE.md docs/*.md; do
    while IFS= read -r target; do
      count=$((count + 1))
      case "$target" in http*) continue ;; esac
      [ -e "$(dirname "$file")/${target%%#*}" ] || complain "$file links to $target, which is not there"
    done < <(grep -oE '\]\([^)# ]+(#[^)]*)?\)' "$file" | sed 's/^](//; s/)$//')
  done
  [ "$count" -gt 10 ] || complain "only $count links"
}

# Files that the life of a click names exist.
check_commands() {
  local path
  for path in $(grep -oE '`(src|tests|data|web|apps|cmake)/[A-Za-z0-9_./-]+`' ARCHITECTURE.md docs/*.md | sed 's/.*`\(.*\)`/\1/' | sort -u); do
    [ -e "$path" ] || complain "the documents name $path, which is not there"
  done
  for command in $(grep -oE '^ +\./dev [a-z]+' README.md | awk '{ print $2 }'); do
    ./dev help | grep -q "^./dev $command" || complain "README names ./dev $command, which is not there"
  done
}

# Every exclusion and warning code that JSON may carry is explained.
check_codes() {
  local code
  for code in $(grep -oE '= "[a-z_]+";' src/analyze/include/noctule/analyze/codes.h | tr -d '="; ' | sort -u); do
    grep -qr "\`$code\`" docs/*.md || complain "no document explains the code $code"
  done
}

# Every column of the table of events stands in docs/store.md.
check_columns() {
  local column count=0
  for column in $(grep -oE 'visit\("[a-z_]+"' src/store/include/noctule/store/event_row.h | sed 's/.*"\(.*\)"/\1/'); do
    count=$((count + 1))
    grep -qE "^\| .*\`$column\`" docs/store.md || complain "docs/store.md does not name the column $column"
  done
  [ "$count" -gt 40 ] || complain "only $count columns"
}

"check_$check"
[ "$failures" = 0 ]

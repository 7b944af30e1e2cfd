#!/usr/bin/env bash
# The man page is sound roff and names every command and flag; completions load in their shells and complete what is there.
set -euo pipefail
program=$1
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
fail() { echo "$*"; exit 1; }
PATH="$(dirname "$program"):$PATH"

"$program" manual >noctule.1
[ "$("$program" manual)" = "$(cat noctule.1)" ] || fail "the man page is not the same twice"
if command -v groff >/dev/null; then
  groff -man -Tutf8 -ww -rLL=100n noctule.1 >page 2>warnings || fail "groff failed: $(cat warnings)"
  [ ! -s warnings ] || fail "the man page has warnings: $(head -n 5 warnings)"
  sed 's/\x1b\[[0-9;]*m//g; s/.\x08//g' page >plain
else
  echo "groff is not here: the page is not rendered"
  sed 's/\\f[BIR]//g; s/\\-/-/g' noctule.1 >plain
fi
# Every command and flag of every --help, nested ones too.
check_command() {
  local flag below
  "$program" "$@" --help >help
  for flag in $(grep -oE -- '^  (-[a-z],)?--[a-z][a-z-]+' help | grep -oE -- '--[a-z-]+' | sort -u); do
    [ "$flag" = --help ] || grep -q -- "$flag" plain || fail "the man page does not name $flag of $*"
  done
  for below in $(awk '/^Subcommands:/ { on = 1; next } on && /^  [a-z]/ { print $1 } on && /^[^ ]/ { exit }' help); do
    grep -qE "^ *noctule $* ?$below" plain || fail "the man page has no part on $* $below"
    check_command "$@" "$below"
  done
}
check_command

complete_in_bash() {  # WORDS...: what bash offers for the last one
  bash --norc --noprofile -c '
    source <(noctule completion bash) || exit 3
    COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1))
    _noctule; printf "%s\n" "${COMPREPLY[@]}"' bash "$@"
}
offers() {  # WANTED WORDS...
  local wanted=$1; shift
  complete_in_bash "$@" >offered
  grep -qxF -- "$wanted" offered || fail "bash offers no $wanted after $*: $(tr '\n' ' ' <offered)"
}
touch some.log
offers analyze noctule an
offers --follow noctule analyze --fo
offers --format noctule analyze some.log --fo
offers never noctule analyze --color ne
offers never noctule analyze --color = ne
offers some.log noctule analyze so
offers zsh noctule completion z
complete_in_bash noctule simulate -- >offered
! grep -qx -- --follow offered || fail "bash offers a flag of another command"

if command -v fish >/dev/null; then
  noctule completion fish >noctule.fish
  ask_fish() { HOME=$folder fish --no-config -c "source noctule.fish; complete -C '$1'" | cut -f 1; }
  for case in 'an:analyze' 'analyze --fol:--follow' 'analyze --color ne:never' 'completion z:zsh' 'analyze so:some.log'; do
    ask_fish "noctule ${case%%:*}" | grep -qxF -- "${case#*:}" || fail "fish offers no ${case#*:} after noctule ${case%%:*}"
  done
fi
if command -v zsh >/dev/null; then
  noctule completion zsh >_noctule
  zsh -n _noctule || fail "zsh cannot read its completion"
  # What the function hands to zsh's completion system, which here only prints it.
  ask_zsh() {
    zsh -f -c '
      compdef() { : }
      _describe() { print -rl -- ${(P)@[-1]%%:*} }
      compadd() { print -rl -- ${(P)@[-1]} }
      compset() { PREFIX=${PREFIX#*=} }
      _files() { print -l *(N) }
      source ./_noctule
      words=("$@"); CURRENT=$#; PREFIX=$words[-1]
      _noctule' zsh "$@"
  }
  zsh_offers() {
    local wanted=$1; shift
    ask_zsh "$@" >offered
    grep -qxF -- "$wanted" offered || fail "zsh offers no $wanted after $*: $(tr '\n' ' ' <offered)"
  }
  zsh_offers analyze noctule an
  zsh_offers --follow noctule analyze --fo
  zsh_offers never noctule analyze --color ''
  zsh_offers never noctule analyze --color=ne
  zsh_offers zsh noctule completion ''
  zsh_offers some.log noctule analyze so
  zsh -f -c 'fpath=('"$folder"' $fpath); autoload -Uz compinit; compinit -u -D; [[ $_comps[noctule] == _noctule ]]' || fail "zsh does not take the completion up"
fi
echo "the man page and the completions say what --help says"

// SPDX-License-Identifier: Apache-2.0
// Completions of bash, zsh and fish. Each is one script with the commands and flags as data and a walk over the words typed so
// far that finds the command at hand; it needs no library of the shell's.
#include <fmt/format.h>

#include <algorithm>

#include "command_tree.h"

namespace noctule {
namespace {

// Within single quotes of any of the three shells.
std::string shell_quoted(std::string_view text) {
  std::string out = "'";
  for (const char c : text) {
    if (c == '\'') {
      out.append("'\\''");
    } else if (c == '\n') {
      out.push_back(' ');
    } else {
      out.push_back(c);
    }
  }
  return out.append("'");
}

std::vector<std::string> list_names(const std::vector<FlagEntry>& flags) {
  std::vector<std::string> names;
  for (const FlagEntry& flag : flags) names.insert(names.end(), flag.names.begin(), flag.names.end());
  return names;
}

bool needs_value(const FlagEntry& flag) { return !flag.value.empty() && !flag.value_optional; }
bool is_folder(const FlagEntry& flag) {
  return std::ranges::any_of(flag.names, [](const std::string& name) { return name == "--data" || name == "FOLDER"; });
}

// Cases of a shell's `case` or `switch`, one per command that has something to say.
template <typename Say>
std::string list_cases(const CommandEntry& program, const char* form, const Say& say) {
  std::string out;
  for_each_command(program, [&](const CommandEntry& command) {
    const std::string said = say(command);
    if (!said.empty()) out.append(fmt::format(fmt::runtime(form), shell_quoted(command.path), said));
  });
  return out;
}

// "'noctule db backup'|'noctule db check'": paths of every command below the program.
std::string list_paths(const CommandEntry& program, const char* between) {
  std::vector<std::string> paths;
  for_each_command(program, [&](const CommandEntry& command) {
    if (command.path != program.path) paths.push_back(shell_quoted(command.path));
  });
  return fmt::format("{}", fmt::join(paths, between));
}

// "'noctule db --data'|...": each command with each of its flags whose value is the next word.
std::string list_flags_with_value(const CommandEntry& program, const char* between) {
  std::vector<std::string> all;
  for_each_command(program, [&](const CommandEntry& command) {
    for (const FlagEntry& flag : command.flags) {
      if (!needs_value(flag)) continue;
      for (const std::string& name : flag.names) all.push_back(shell_quoted(fmt::format("{} {}", command.path, name)));
    }
  });
  return all.empty() ? "''" : fmt::format("{}", fmt::join(all, between));
}

// Calls visit(key, flag) for what a value may be of: "noctule db --data", "noctule completion <>" for positionals.
template <typename Visit>
void for_each_value(const CommandEntry& program, const Visit& visit) {
  for_each_command(program, [&](const CommandEntry& command) {
    for (const FlagEntry& flag : command.flags) {
      if (flag.value.empty()) continue;
      for (const std::string& name : flag.names) visit(fmt::format("{} {}", command.path, name), flag);
    }
    if (!command.positionals.empty()) visit(fmt::format("{} <>", command.path), command.positionals.front());
  });
}

constexpr const char* kBashTail = R"BASH(
_noctule() {
  local at=noctule i word flag current=${COMP_WORDS[COMP_CWORD]} previous=${COMP_WORDS[COMP_CWORD-1]}
  local -a names
  for ((i = 1; i < COMP_CWORD; i++)); do
    word=${COMP_WORDS[i]}
    if _noctule_is_command "$at $word"; then at="$at $word"
    elif _noctule_takes_value "$at $word" && [ "${COMP_WORDS[i+1]}" != = ]; then ((i++))
    fi
  done
  flag=
  if [ "$current" = = ]; then flag=$previous current=
  elif [ "$previous" = = ]; then flag=${COMP_WORDS[COMP_CWORD-2]}
  elif _noctule_takes_value "$at $previous"; then flag=$previous
  fi
  COMPREPLY=()
  if [ -z "$flag" ]; then
    case $current in
      -*) mapfile -t names < <(compgen -W "$(_noctule_flags "$at")" -- "$current"); COMPREPLY=("${names[@]}"); return ;;
    esac
    names=($(_noctule_commands "$at"))
    if [ ${#names[@]} -gt 0 ]; then mapfile -t COMPREPLY < <(compgen -W "${names[*]}" -- "$current"); return; fi
    flag='<>'
  fi
  word=$(_noctule_choices "$at $flag")
  if [ -n "$word" ]; then mapfile -t COMPREPLY < <(compgen -W "$word" -- "$current"); return; fi
  compopt -o filenames 2>/dev/null
  if _noctule_is_folder "$at $flag"; then mapfile -t COMPREPLY < <(compgen -d -- "$current")
  else mapfile -t COMPREPLY < <(compgen -f -- "$current")
  fi
}
complete -F _noctule noctule
)BASH";

constexpr const char* kZshTail = R"ZSH(
_noctule() {
  local at=noctule word flag='<>' kind
  local -a commands flags choices
  integer i
  for ((i = 2; i < CURRENT; i++)); do
    word=$words[i]
    if _noctule_is_command "$at $word"; then at="$at $word"
    elif _noctule_takes_value "$at $word"; then
      if ((i == CURRENT - 1)); then flag=$word; fi
      ((i++))
    fi
  done
  _noctule_lists "$at"
  if [[ $flag == '<>' && $PREFIX == --*=* ]]; then
    flag=${PREFIX%%=*}
    compset -P '*='
  elif [[ $flag == '<>' && $PREFIX == -* ]]; then
    _describe -o 'flag' flags
    return
  elif [[ $flag == '<>' ]] && (($#commands)); then
    _describe 'command' commands
    return
  fi
  _noctule_choices "$at $flag"
  if (($#choices)); then compadd -a choices
  elif _noctule_is_folder "$at $flag"; then _files -/
  else _files
  fi
}
if [ "$funcstack[1]" = _noctule ]; then _noctule "$@"; else compdef _noctule noctule; fi
)ZSH";

// Colons part a name from its description.
std::string zsh_item(std::string name, std::string_view description) {
  for (size_t at = name.find(':'); at != std::string::npos; at = name.find(':', at + 2)) name.replace(at, 1, "\\:");
  return shell_quoted(fmt::format("{}:{}", name, description));
}

std::string zsh_lists(const CommandEntry& command) {
  std::vector<std::string> commands, flags;
  for (const CommandEntry& below : command.commands) commands.push_back(zsh_item(below.name, below.description));
  for (const FlagEntry& flag : command.flags) {
    for (const std::string& name : flag.names) flags.push_back(zsh_item(name, flag.description));
  }
  return fmt::format("commands=({}); flags=({})", fmt::join(commands, " "), fmt::join(flags, " "));
}

constexpr const char* kFishHead = R"FISH(# The command at hand, from the words before the cursor.
function __noctule_at
  set -l at noctule
  set -l skip 0
  for word in (commandline -opc)[2..-1]
    if test $skip = 1
      set skip 0
      continue
    end
    switch "$at $word"
      case {}
        set at "$at $word"
      case {}
        set skip 1
    end
  end
  echo $at
end
function __noctule_is
  test (__noctule_at) = "$argv[1]"
end
complete -c noctule -f
)FISH";

std::string fish_flag(const CommandEntry& command, const FlagEntry& flag) {
  std::string line = fmt::format("complete -c noctule -n {}", shell_quoted(fmt::format("__noctule_is \"{}\"", command.path)));
  for (const std::string& name : flag.names) {
    const bool is_long = name.starts_with("--");
    line.append(fmt::format(" {} {}", is_long ? "-l" : "-s", name.substr(is_long ? 2 : 1)));
  }
  if (needs_value(flag)) line.append(" -r");
  if (!flag.choices.empty()) {
    line.append(fmt::format(" -f -a {}", shell_quoted(fmt::format("{}", fmt::join(flag.choices, " ")))));
  } else if (is_folder(flag)) {
    line.append(" -f -a '(__fish_complete_directories)'");
  } else if (!flag.value.empty()) {
    line.append(" -F");
  }
  return fmt::format("{} -d {}\n", line, shell_quoted(flag.description));
}

std::string fish_positional(const CommandEntry& command) {
  const FlagEntry& positional = command.positionals.front();
  const std::string condition = shell_quoted(fmt::format("__noctule_is \"{}\"", command.path));
  if (positional.choices.empty()) {
    return fmt::format("complete -c noctule -n {} {}\n", condition, is_folder(positional) ? "-f -a '(__fish_complete_directories)'" : "-F");
  }
  return fmt::format("complete -c noctule -n {} -a {}\n", condition, shell_quoted(fmt::format("{}", fmt::join(positional.choices, " "))));
}

}  // namespace

std::string render_bash_completion(const CommandEntry& program) {
  std::string choices, folders = "''";
  for_each_value(program, [&](const std::string& key, const FlagEntry& flag) {
    if (!flag.choices.empty()) choices.append(fmt::format("    {}) echo {} ;;\n", shell_quoted(key), shell_quoted(fmt::format("{}", fmt::join(flag.choices, " ")))));
    if (is_folder(flag)) folders.append("|").append(shell_quoted(key));
  });
  const std::string flags = list_cases(program, "    {}) echo {} ;;\n", [](const CommandEntry& command) {
    return shell_quoted(fmt::format("{}", fmt::join(list_names(command.flags), " ")));
  });
  const std::string commands = list_cases(program, "    {}) echo {} ;;\n", [](const CommandEntry& command) {
    std::vector<std::string> names;
    for (const CommandEntry& below : command.commands) names.push_back(below.name);
    return names.empty() ? std::string() : shell_quoted(fmt::format("{}", fmt::join(names, " ")));
  });
  return fmt::format("# bash completion of noctule; made by `noctule completion bash`\n"
                     "_noctule_is_command() {{ case $1 in {}) return 0 ;; esac; return 1; }}\n"
                     "_noctule_takes_value() {{ case $1 in {}) return 0 ;; esac; return 1; }}\n"
                     "_noctule_is_folder() {{ case $1 in {}) return 0 ;; esac; return 1; }}\n"
                     "_noctule_commands() {{\n  case $1 in\n{}  esac\n}}\n"
                     "_noctule_flags() {{\n  case $1 in\n{}  esac\n}}\n"
                     "_noctule_choices() {{\n  case $1 in\n    '') ;;\n{}  esac\n}}\n",
                     list_paths(program, "|"), list_flags_with_value(program, "|"), folders, commands, flags, choices)
      .append(kBashTail);
}

std::string render_zsh_completion(const CommandEntry& program) {
  std::string choices, folders = "''";
  for_each_value(program, [&](const std::string& key, const FlagEntry& flag) {
    if (!flag.choices.empty()) choices.append(fmt::format("    {}) choices=({}) ;;\n", shell_quoted(key), fmt::join(flag.choices, " ")));
    if (is_folder(flag)) folders.append("|").append(shell_quoted(key));
  });
  return fmt::format("#compdef noctule\n# made by `noctule completion zsh`\n"
                     "_noctule_is_command() {{ case $1 in {}) return 0 ;; esac; return 1 }}\n"
                     "_noctule_takes_value() {{ case $1 in {}) return 0 ;; esac; return 1 }}\n"
                     "_noctule_is_folder() {{ case $1 in {}) return 0 ;; esac; return 1 }}\n"
                     "_noctule_lists() {{\n  case $1 in\n{}  esac\n}}\n"
                     "_noctule_choices() {{\n  choices=()\n  case $1 in\n    '') ;;\n{}  esac\n}}\n",
                     list_paths(program, "|"), list_flags_with_value(program, "|"), folders, list_cases(program, "    {}) {} ;;\n", zsh_lists), choices)
      .append(kZshTail);
}

std::string render_fish_completion(const CommandEntry& program) {
  std::string out = fmt::format("# fish completion of noctule; made by `noctule completion fish`\n");
  out.append(fmt::format(fmt::runtime(kFishHead), list_paths(program, " "), list_flags_with_value(program, " ")));
  for_each_command(program, [&](const CommandEntry& command) {
    for (const CommandEntry& below : command.commands) {
      out.append(fmt::format("complete -c noctule -n {} -a {} -d {}\n", shell_quoted(fmt::format("__noctule_is \"{}\"", command.path)), below.name,
                             shell_quoted(below.description)));
    }
    for (const FlagEntry& flag : command.flags) out.append(fish_flag(command, flag));
    if (!command.positionals.empty()) out.append(fish_positional(command));
  });
  return out;
}

}  // namespace noctule

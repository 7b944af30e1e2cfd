#pragma once
// SPDX-License-Identifier: Apache-2.0
// The commands and flags of the program as plain values, read from the parser that also prints --help: what the man page and the
// completions of the shells are made of.
#include <string>
#include <vector>

#include "command.h"

namespace noctule {

struct FlagEntry {
  std::vector<std::string> names;    // "-f", "--follow"; of a positional its one name
  std::string value;                 // what stands for the value; empty: it takes none
  bool value_optional = false;       // the value is given as --flag=VALUE or left out
  bool repeatable = false, required = false;
  std::string default_value, description;
  std::vector<std::string> choices;  // empty: anything
};

struct CommandEntry {
  std::string path;                  // "noctule db backup"
  std::string name, description, footer;
  std::vector<FlagEntry> flags, positionals;
  std::vector<CommandEntry> commands;
};

[[nodiscard]] CommandEntry read_command_tree(const CLI::App& app);

// Calls visit for the command and every one below it, in the order of --help.
template <typename Visit>
void for_each_command(const CommandEntry& command, const Visit& visit) {
  visit(command);
  for (const CommandEntry& below : command.commands) for_each_command(below, visit);
}

// Made from the tree: the man page (roff, section 1) and the completion of one shell.
[[nodiscard]] std::string render_manual(const CommandEntry& program, const std::string& version);
[[nodiscard]] std::string render_bash_completion(const CommandEntry& program);
[[nodiscard]] std::string render_zsh_completion(const CommandEntry& program);
[[nodiscard]] std::string render_fish_completion(const CommandEntry& program);

}  // namespace noctule

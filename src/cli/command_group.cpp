// SPDX-License-Identifier: Apache-2.0
#include "command_group.h"

namespace noctule {

CommandGroup::CommandGroup(CLI::App& app, const std::string& name, const std::string& description)
    : command_(app.add_subcommand(name, description)) {
  command_->require_subcommand(1);
}

CLI::App& CommandGroup::add(const std::string& name, const std::string& description) { return *command_->add_subcommand(name, description); }

void CommandGroup::when_chosen(const CLI::App& command, RunCommand run) { chosen_.emplace_back(&command, std::move(run)); }

RunCommand CommandGroup::runner() const {
  return [chosen = chosen_] {
    for (const auto& [command, run] : chosen) {
      if (command->parsed()) return run();
    }
    return kExitUsage;
  };
}

}  // namespace noctule

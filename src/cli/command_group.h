#pragma once
// SPDX-License-Identifier: Apache-2.0
// A command that has commands of its own: "noctule site add". Declares them and runs the one that was chosen.
#include <utility>
#include <vector>

#include "command.h"

namespace noctule {

class CommandGroup {
 public:
  CommandGroup(CLI::App& app, const std::string& name, const std::string& description);

  // The parser of the command below, for its flags; run is called when it was chosen.
  CLI::App& add(const std::string& name, const std::string& description);
  void when_chosen(const CLI::App& command, RunCommand run);
  void footer(const std::string& text) { command_->footer(text); }
  // What runs the chosen one, for the list of commands.
  [[nodiscard]] RunCommand runner() const;

 private:
  CLI::App* command_;
  std::vector<std::pair<const CLI::App*, RunCommand>> chosen_;
};

}  // namespace noctule

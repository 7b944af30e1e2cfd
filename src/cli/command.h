#pragma once
// SPDX-License-Identifier: Apache-2.0
// A command of the program: declares its flags on a parser and, when it was chosen, runs. CLI11 stays within this module.
#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>
#include <functional>
#include <memory>
#include <string>

#include "noctule/base/result.h"
#include "noctule/cli/cli.h"

namespace noctule {

// Each adds a subcommand and gives what runs it; the exit code comes back.
using RunCommand = std::function<int()>;
RunCommand add_analyze(CLI::App& app);
RunCommand add_classify(CLI::App& app);
RunCommand add_simulate(CLI::App& app);
RunCommand add_formats(CLI::App& app);
RunCommand add_site_command(CLI::App& app);
RunCommand add_user_command(CLI::App& app);
RunCommand add_key_command(CLI::App& app);
RunCommand add_import(CLI::App& app);
RunCommand add_serve(CLI::App& app);
RunCommand add_manual(CLI::App& app);
RunCommand add_completion(CLI::App& app);
RunCommand add_db(CLI::App& app);
RunCommand add_doctor(CLI::App& app);

// The text on stderr as it is. Where that is closed or full nobody is told, and the work goes on.
void tell(std::string_view text);

// "noctule: message" on stderr.
int complain(const Error& error, int exit_code = kExitFailed);

// Writes a file whole or not at all: beside its place first, then renamed; links are followed, and the file that is replaced
// leaves its mode. Pipes and devices are written into. "-" is standard output. Error: Io, naming the path.
[[nodiscard]] Result<void> write_output(const std::string& path, std::string_view content);

// "512M", "2G", "1000000": bytes. Error: InvalidInput.
[[nodiscard]] Result<uint64_t> parse_size(std::string_view text);

}  // namespace noctule

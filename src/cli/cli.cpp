// SPDX-License-Identifier: Apache-2.0
#include "noctule/cli/cli.h"

#include <fmt/format.h>

#include <cstdio>
#include <vector>

#include "command.h"
#include "noctule/base/text.h"

namespace noctule {
namespace {

constexpr const char* kFooter =
    "Examples:\n"
    "  noctule analyze access.log                      report on the terminal\n"
    "  noctule analyze access.log* --html report.html  one file to open in a browser\n"
    "  zcat *.gz | noctule analyze - --json            for programs\n"
    "  noctule simulate --out world.log                a log to try it on\n"
    "Exit codes: 0 done, 1 nothing could be done, 2 wrong usage, 3 done but an input broke off half-way.";

// The first argument names a command, or is a flag.
Result<void> check_command(const CLI::App& app, int argc, char** argv) {
  if (argc >= 2 && argv[1][0] == '-') return {};
  std::string names;
  for (const CLI::App* command : app.get_subcommands([](const CLI::App*) { return true; })) {
    if (argc >= 2 && command->get_name() == argv[1]) return {};
    names.append(names.empty() ? "" : ", ").append(command->get_name());
  }
  if (argc < 2) return fail(ErrorCode::InvalidInput, fmt::format("name a command: {} (noctule --help)", names));
  return fail(ErrorCode::InvalidInput, fmt::format("there is no command \"{}\"; there are {} (noctule --help)", printable(argv[1], 40), names));
}

}  // namespace

void tell(std::string_view text) { std::fwrite(text.data(), 1, text.size(), stderr); }

int complain(const Error& error, int exit_code) {
  tell(fmt::format("noctule: {}\n", error.message));
  return error.code == ErrorCode::InvalidInput ? kExitUsage : exit_code;
}

Result<uint64_t> parse_size(std::string_view text) {
  uint64_t unit = 1;
  std::string_view number = text;
  if (!number.empty() && !is_digit(number.back())) {
    const char letter = to_lower(number.back());
    unit = letter == 'k' ? 1ULL << 10 : letter == 'm' ? 1ULL << 20 : letter == 'g' ? 1ULL << 30 : 0;
    number.remove_suffix(1);
  }
  const auto count = parse_decimal(number);
  if (!count || unit == 0 || *count > UINT64_MAX / unit) {
    return fail(ErrorCode::InvalidInput, fmt::format("\"{}\" is no size: expected a whole number, then nothing, K, M or G", printable(text, 40)));
  }
  return *count * unit;
}

int run_command_line(int argc, char** argv) {
  CLI::App app("noctule finds the private shares that analytics file under \"direct\".", "noctule");
  app.set_version_flag("--version", NOCTULE_VERSION);
  app.footer(kFooter);
  app.require_subcommand(1);
  app.failure_message(CLI::FailureMessage::simple);
  struct Entry {
    CLI::App* command;
    RunCommand run;
  };
  std::vector<Entry> entries;
  for (const auto add : {
           &add_analyze,
           &add_classify,
           &add_simulate,
           &add_formats,
           &add_site_command,
           &add_user_command,
           &add_key_command,
           &add_import,
           &add_db,
           &add_doctor,
           &add_serve,
           &add_manual,
           &add_completion,
       }) {
    RunCommand run = add(app);
    entries.push_back({app.get_subcommands({}).back(), std::move(run)});
  }
  if (auto named = check_command(app, argc, argv); !named) return complain(named.error());
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? kExitOk : kExitUsage;
  }
  for (const Entry& entry : entries) {
    if (entry.command->parsed()) return entry.run();
  }
  return kExitUsage;
}

}  // namespace noctule

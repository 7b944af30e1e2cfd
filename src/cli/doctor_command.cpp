// SPDX-License-Identifier: Apache-2.0
// noctule doctor: whether an installation is well, and whether it keeps what it promises on privacy.
#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "command.h"
#include "noctule/base/text.h"
#include "noctule/upkeep/control.h"
#include "noctule/upkeep/web_probe.h"
#include "settings_access.h"
#include "terminal.h"

namespace noctule {
namespace {

constexpr int kProbeTimeout_ms = 10'000;

struct Flags {
  std::string data, url;
  bool privacy = false, json = false;
};

// Whether browsers would get what they ask for; from here, which need not be where they are.
Check probe(const std::string& url) {
  Check check{.name = "tracker", .verdict = Verdict::Pass, .looked_at = printable(url, 400), .found = {}};
  const auto answer = fetch_url(url, kProbeTimeout_ms);
  if (!answer) {
    check.verdict = Verdict::Fail;
    check.found = answer.error().message;
    return check;
  }
  check.looked_at = fmt::format("{}: {}, {}, {} bytes", check.looked_at, answer->status, answer->content_type.empty() ? "no type" : answer->content_type, answer->bytes);
  const bool is_script = printable(url, 4'096).substr(0, url.find_first_of("?#")).ends_with(".js");
  if (answer->status != 200) {
    check.found = "expected 200; redirects are not followed";
  } else if (is_script && !contains_ignoring_case(answer->content_type, "javascript")) {
    check.found = "a browser takes no script of this type";
  } else if (is_script && answer->bytes == 0) {
    check.found = "the script is empty";
  }
  if (!check.found.empty()) check.verdict = Verdict::Fail;
  return check;
}

std::string as_text(const std::vector<Check>& checks) {
  std::string text;
  for (const Check& check : checks) {
    const std::string word = check.verdict == Verdict::Fail ? "FAIL" : std::string(name_of(check.verdict));
    text.append(fmt::format("{:<8}{:<26}{}\n", word, printable(check.name, 60), printable(check.looked_at, 2'000)));
    if (!check.found.empty()) text.append(fmt::format("{:<34}{}\n", "", printable(check.found, 2'000)));
  }
  const auto of = [&](Verdict verdict) { return std::ranges::count(checks, verdict, &Check::verdict); };
  return text.append(fmt::format("{} passed, {} failed, {} noted, {} could not be looked at\n", of(Verdict::Pass), of(Verdict::Fail), of(Verdict::Note), of(Verdict::Unknown)));
}

Result<int> run(const Flags& flags) {
  if (auto acting = act_as_owner_of(flags.data); !acting) return std::unexpected(std::move(acting).error());
  const Circumstances circumstances{.now_ms = now_ms(), .running = true, .program = NOCTULE_VERSION, .log_file = {}};
  const nlohmann::json request = {{"privacy", flags.privacy}};
  NOCT_TRY(const std::string answer, request_upkeep(DataFolder(flags.data), "doctor", request.dump(), circumstances));
  NOCT_TRY(std::vector<Check> checks, parse_checks(answer));
  if (!flags.url.empty()) checks.push_back(probe(flags.url));
  if (auto written = write_output("-", flags.json ? to_json(checks) : as_text(checks)); !written) return std::unexpected(std::move(written).error());
  return std::ranges::any_of(checks, [](const Check& check) { return check.verdict == Verdict::Fail; }) ? kExitFailed : kExitOk;
}

}  // namespace

RunCommand add_doctor(CLI::App& app) {
  CLI::App* command = app.add_subcommand("doctor", "Say whether a server's installation is well, and whether its promises on privacy hold");
  command->footer("Examples:\n"
                  "  noctule doctor --data /var/lib/noctule\n"
                  "  noctule doctor --privacy --data /var/lib/noctule --json");
  const auto flags = std::make_shared<Flags>();  // shared by the parser's slots and the call below
  add_data_option(*command, flags->data);
  command->add_flag("--privacy", flags->privacy, "Examine the conditions of the exemption for audience measurement on the data that is there");
  command->add_option("--url", flags->url, "Also fetch this address of the tracker's script, as browsers do");
  command->add_flag("--json", flags->json, "JSON for programs");
  return [flags] {
    const Result<int> done = run(*flags);
    return done ? *done : complain(done.error());
  };
}

}  // namespace noctule

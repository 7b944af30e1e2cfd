// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iostream>

#include "command.h"
#include "noctule/simulate/world.h"

namespace noctule {
namespace {

struct Flags {
  WorldOptions world;
  std::string out = "-", truth, arrivals;
  std::vector<std::string> breaks;
};

struct BreakRow {
  const char* name;
  bool WorldBreaks::*field;
};
constexpr BreakRow kBreaks[] = {{"unknown-app", &WorldBreaks::unknown_app},
                                {"search-referrer-loss", &WorldBreaks::search_referrer_loss},
                                {"bookmark-wave", &WorldBreaks::bookmark_wave},
                                {"cdn-edge", &WorldBreaks::cdn_edge},
                                {"pdf-link", &WorldBreaks::pdf_link}};

Result<void> apply_breaks(Flags& flags) {
  for (const std::string& name : flags.breaks) {
    const auto row = std::ranges::find_if(kBreaks, [&](const BreakRow& candidate) { return name == candidate.name; });
    if (row == std::end(kBreaks)) {
      return fail(ErrorCode::InvalidInput, fmt::format("--break: \"{}\" is none; expected unknown-app, search-referrer-loss, bookmark-wave, "
                                                       "cdn-edge or pdf-link", name));
    }
    flags.world.breaks.*row->field = true;
  }
  return {};
}

// The log, the truth and the arrivals are three outputs; one would replace or run into the other.
Result<void> check_outputs(const Flags& flags) {
  const auto same = [](const std::string& a, const std::string& b) {
    std::error_code none;  // a file that is not there yet is no other's
    return !a.empty() && (a == b || std::filesystem::equivalent(a, b, none));
  };
  if (same(flags.truth, flags.out) || same(flags.arrivals, flags.out) || same(flags.truth, flags.arrivals)) {
    return fail(ErrorCode::InvalidInput, "--out, --truth and --arrivals share one output; give each its own");
  }
  return {};
}

int run(Flags& flags) {
  if (auto applied = apply_breaks(flags); !applied) return complain(applied.error(), kExitUsage);
  if (auto checked = check_outputs(flags); !checked) return complain(checked.error());
  if (auto checked = check_world_options(flags.world); !checked) return complain(checked.error());
  std::ofstream file;
  if (flags.out != "-") {
    file.open(flags.out, std::ios::binary | std::ios::trunc);
    if (!file) return complain({ErrorCode::Io, fmt::format("{}: cannot be written: {}", flags.out, std::strerror(errno))});
  }
  std::ostream& out = flags.out == "-" ? std::cout : file;
  std::vector<ArrivalTruth> arrivals;
  const auto truth = simulate_world(flags.world, out, flags.arrivals.empty() ? nullptr : &arrivals);
  if (!truth) return complain(truth.error());
  out.flush();
  if (!out) return complain({ErrorCode::Io, fmt::format("{}: cannot be written: is the disk full?", flags.out)});
  if (!flags.truth.empty()) {
    if (auto written = write_output(flags.truth, to_json(flags.world, *truth) + '\n'); !written) return complain(written.error());
  }
  if (!flags.arrivals.empty()) {
    std::string lines;
    for (const ArrivalTruth& arrival : arrivals) lines.append(to_json(arrival)).append(1, '\n');
    if (auto written = write_output(flags.arrivals, lines); !written) return complain(written.error());
  }
  if (flags.out != "-") {
    tell(fmt::format("{}: {} lines, {} visits by people, {} of them by private shares\n", flags.out, truth->lines, truth->arrivals,
                     truth->private_arrivals));
  }
  return kExitOk;
}

}  // namespace

RunCommand add_simulate(CLI::App& app) {
  CLI::App* command = app.add_subcommand("simulate", "Write the log of a made-up site, and the truth about it");
  command->footer("Examples:\n"
                  "  noctule simulate --out world.log --truth truth.json\n"
                  "  noctule simulate --seed 7 --days 30 --private-share 0.2 --format caddy-json --out world.log\n"
                  "  noctule simulate --break bookmark-wave --break pdf-link | noctule analyze -");
  const auto flags = std::make_shared<Flags>();  // shared by the parser's slots and the call below
  command->add_option("--out", flags->out, "The log; - is standard output")->capture_default_str();
  command->add_option("--truth", flags->truth, "A JSON file with what really happened");
  command->add_option("--arrivals", flags->arrivals, "A file of JSON lines: each arrival of a person and its cause");
  command->add_option("--seed", flags->world.seed, "One seed, one world")->capture_default_str();
  command->add_option("--days", flags->world.days, "Days that the log spans")->capture_default_str();
  command->add_option("--visits", flags->world.visits_per_day, "People's visits a day")->capture_default_str();
  command->add_option("--lines", flags->world.lines_target, "About how many lines the log should have, instead of --visits");
  command->add_option("--private-share", flags->world.private_share, "Part of the visits that come by private shares, 0 to 0.9; drawn from the seed when left out");
  command->add_option("--format", flags->world.format, fmt::format("One of {}", fmt::join(simulated_formats(), ", ")))->capture_default_str();
  command->add_option("--host", flags->world.host, "Host name of the site")->capture_default_str();
  command->add_flag("--vary", flags->world.vary_mix, "Draw the mix of people, apps and machines from the seed");
  command->add_option("--break", flags->breaks, "What the estimate does not expect: unknown-app, search-referrer-loss, bookmark-wave, cdn-edge, pdf-link")->allow_extra_args(false);
  return [flags] { return run(*flags); };
}

}  // namespace noctule

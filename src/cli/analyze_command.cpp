// SPDX-License-Identifier: Apache-2.0
#include "analyze_command.h"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <filesystem>

#include "command.h"
#include "noctule/base/text.h"
#include "noctule/report/csv.h"
#include "noctule/report/html.h"
#include "noctule/report/json.h"
#include "terminal.h"

namespace noctule {
namespace {

constexpr const char* kExamples =
    "Examples:\n"
    "  noctule analyze access.log access.log.1 access.log.2.gz\n"
    "  noctule analyze access.log --html report.html\n"
    "  noctule analyze access.log --json=report.json --html=report.html\n"
    "  noctule analyze access.log --csv pages --output pages.csv\n"
    "  noctule analyze access.log --explain app=whatsapp,page=/p/42\n"
    "  noctule analyze access.log --follow";

// The flags as they stand on the command line.
struct Flags {
  std::vector<std::string> paths, hosts;
  std::string format, time_zone, html, json, csv, output, lang, color = "auto", memory_limit, explain;
  int threads = 2, width = 0;
  size_t pages = 500, explain_max = 50;
  double every = 2;
  uint64_t seed = 1;
  bool follow = false, quiet = false;
};

void add_input_flags(CLI::App& command, Flags& flags) {
  command.add_option("FILES", flags.paths, "Log files; plain, gz, bz2, xz or zst; - is standard input")->required();
  command.add_option("--format", flags.format, "A name (see `noctule formats`), or an nginx log_format or Apache LogFormat string; found out by itself when left out");
  command.add_option("--time-zone", flags.time_zone, "Of logs that do not say theirs, e.g. Europe/Paris (default UTC)");
  command.add_option("--host", flags.hosts, "A host name of the site; learned from the log when left out")->allow_extra_args(false);
  command.add_flag("--follow,-f", flags.follow, "Keep reading growing logs, across rotation, and redraw");
  command.add_option("--every", flags.every, "Seconds between two drawings with --follow")->check(CLI::Range(0.1, 3600.0))->capture_default_str();
}

void add_report_flags(CLI::App& command, Flags& flags) {
  command.add_flag("--html{-}", flags.html, "One self-contained HTML file, on standard output or with --html=FILE");
  command.add_flag("--json{-}", flags.json, "JSON for programs, on standard output or with --json=FILE");
  command.add_option("--csv", flags.csv, fmt::format("One table as CSV: {}", fmt::join(csv_tables(), ", ")));
  command.add_option("--output,-o", flags.output, "Where the one report that was asked for goes, instead of standard output");
  command.add_option("--explain", flags.explain, "Show which rules fired for chosen arrivals: all, or app=, grade=, channel=, private=, page=, file=, line= joined by commas");
  command.add_option("--explain-max", flags.explain_max, "How many of them at the most")->capture_default_str();
  command.add_option("--pages", flags.pages, "How many pages the tables list at the most")->capture_default_str();
  command.add_option("--lang", flags.lang, "en or fr (default: the locale's)")->check(CLI::IsMember({"en", "fr"}));
  command.add_option("--color", flags.color, "auto, always or never; NO_COLOR is honoured")->check(CLI::IsMember({"auto", "always", "never"}));
  command.add_option("--width", flags.width, "Cells per line of the terminal report (default: the terminal's)")->check(CLI::Range(kWidthMin, kWidthMax));
}

void add_engine_flags(CLI::App& command, Flags& flags) {
  command.add_option("--threads", flags.threads, "Threads that work")->check(CLI::Range(1, 64))->capture_default_str();
  command.add_option("--memory-limit", flags.memory_limit, "Keep memory near this by using temporary files, e.g. 512M");
  command.add_option("--seed", flags.seed, "Of permutation and bootstrap")->capture_default_str();
  command.add_flag("--quiet,-q", flags.quiet, "No progress line");
}

// "report --html out.html" is what people write; a name that ends so is never taken for a log.
void move_html_name(Flags& flags) {
  if (flags.html != "-" || !flags.output.empty()) return;
  const auto name = std::ranges::find_if(flags.paths, [](const std::string& path) { return path.ends_with(".html"); });
  if (name == flags.paths.end()) return;
  flags.html = *name;
  flags.paths.erase(name);
}

// The same with --json is no report's name for sure: logs end so too. One that is not there was meant as a name.
Result<void> refuse_json_name(const Flags& flags) {
  if (flags.json != "-") return {};
  for (const std::string& path : flags.paths) {
    std::error_code ignored;  // what cannot be looked at is taken for a log, whose opening says more
    if (!path.ends_with(".json") || std::filesystem::exists(path, ignored) || ignored) continue;
    return fail(ErrorCode::InvalidInput, fmt::format("{}: no such log; to write the report there, join the two: --json={}",
                                                     printable(path, 400), printable(path, 400)));
  }
  return {};
}

Result<std::vector<ReportTarget>> list_targets(const Flags& flags) {
  using Kind = ReportTarget::Kind;
  std::vector<ReportTarget> targets;
  if (!flags.html.empty()) targets.push_back({Kind::Html, flags.html, {}});
  if (!flags.json.empty()) targets.push_back({Kind::Json, flags.json, {}});
  if (!flags.csv.empty()) {
    if (std::ranges::find(csv_tables(), flags.csv) == csv_tables().end()) {
      return fail(ErrorCode::InvalidInput, fmt::format("--csv: there is no table \"{}\"; there are {}", flags.csv, fmt::join(csv_tables(), ", ")));
    }
    targets.push_back({Kind::Csv, "-", flags.csv});
  }
  if (targets.empty()) targets.push_back({Kind::Terminal, "-", {}});
  if (!flags.output.empty()) {
    if (targets.size() != 1) return fail(ErrorCode::InvalidInput, "--output goes with one report; use --html=FILE and --json=FILE for several");
    targets.front().path = flags.output;
  }
  if (std::ranges::count(targets, "-", &ReportTarget::path) > 1) {
    return fail(ErrorCode::InvalidInput, "two reports would share standard output; give one a file, e.g. --html=FILE");
  }
  for (const ReportTarget& target : targets) {
    for (const std::string& path : flags.paths) {
      std::error_code ignored;  // a file that is not there yet is no input
      if (target.path != "-" && std::filesystem::equivalent(target.path, path, ignored)) {
        return fail(ErrorCode::InvalidInput, fmt::format("{} is an input; a report does not overwrite it", path));
      }
    }
  }
  return targets;
}

Result<AnalyzeRequest> make_request(Flags flags) {
  move_html_name(flags);
  if (auto named = refuse_json_name(flags); !named) return std::unexpected(std::move(named).error());
  AnalyzeRequest request;
  NOCT_TRY(request.targets, list_targets(flags));
  AnalyzeOptions& options = request.options;
  options.paths = flags.paths;
  options.format = flags.format;
  options.time_zone = flags.time_zone;
  options.site_hosts = flags.hosts;
  options.threads = flags.threads;
  options.pages_max = flags.pages;
  options.explain = flags.explain;
  options.explain_max = flags.explain_max;
  options.seed = flags.seed;
  if (!flags.memory_limit.empty()) {
    NOCT_TRY(options.memory_limit_bytes, parse_size(flags.memory_limit));
  }
  const bool csv_of_arrivals = flags.csv == "arrivals";
  if (csv_of_arrivals && options.explain.empty()) {
    options.explain = "all";
    options.explain_max = SIZE_MAX;
  }
  request.explain = !flags.explain.empty() && request.targets.front().kind == ReportTarget::Kind::Terminal;
  request.width_is_given = flags.width != 0;
  request.terminal.width = flags.width != 0 ? flags.width : terminal_width(STDOUT_FILENO);
  const bool to_file = request.targets.front().path != "-";
  request.terminal.color = to_file && flags.color == "auto" ? Color::Off : choose_color(flags.color, STDOUT_FILENO);
  request.terminal.language = choose_language(flags.lang);
  request.show_progress = !flags.quiet && is_terminal(STDERR_FILENO);
  request.follow = flags.follow;
  request.every_seconds = flags.every;
  return request;
}

Result<std::string> render(const Analysis& analysis, const ReportTarget& target, const AnalyzeRequest& request) {
  switch (target.kind) {
    case ReportTarget::Kind::Html: return render_html(analysis, {.language = request.terminal.language});
    case ReportTarget::Kind::Json: return render_json(analysis);
    case ReportTarget::Kind::Csv: return render_csv(analysis, target.table);
    case ReportTarget::Kind::Terminal: break;
  }
  return request.explain ? render_explained(analysis, request.terminal) : render_terminal(analysis, request.terminal);
}

}  // namespace

Result<void> write_reports(const Analysis& analysis, const AnalyzeRequest& request) {
  for (const ReportTarget& target : request.targets) {
    NOCT_TRY(const std::string content, render(analysis, target, request));
    if (auto written = write_output(target.path, content); !written) return written;
    if (target.path != "-" && request.show_progress && !request.follow) tell(fmt::format("{}\n", target.path));
  }
  return {};
}

RunCommand add_analyze(CLI::App& app) {
  CLI::App* command = app.add_subcommand("analyze", "Find the private shares in access logs");
  command->footer(kExamples);
  const auto flags = std::make_shared<Flags>();  // shared by the parser's slots and the call below
  add_input_flags(*command, *flags);
  add_report_flags(*command, *flags);
  add_engine_flags(*command, *flags);
  return [flags] {
    const auto request = make_request(*flags);
    if (!request) return complain(request.error(), kExitUsage);
    return request->follow ? analyze_following(*request) : analyze_once(*request);
  };
}

}  // namespace noctule

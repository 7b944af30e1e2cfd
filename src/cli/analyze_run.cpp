// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <cstdio>
#include <ctime>
#include <utility>

#include "analyze_command.h"
#include "command.h"
#include "progress_line.h"
#include "terminal.h"

namespace noctule {
namespace {

int exit_code_of(const Analysis& analysis) {
  const bool broke_off = std::ranges::any_of(analysis.input, [](const InputFile& file) { return !file.error.empty(); });
  return broke_off ? kExitPartly : kExitOk;
}

volatile std::sig_atomic_t g_stop = 0;
void ask_to_stop(int) { g_stop = 1; }

volatile std::sig_atomic_t g_resized = 0;
void note_resize(int) { g_resized = 1; }

void handle_signals() {
  struct sigaction action {};
  action.sa_handler = ask_to_stop;
  ::sigaction(SIGINT, &action, nullptr);
  ::sigaction(SIGTERM, &action, nullptr);
  action.sa_handler = note_resize;
  ::sigaction(SIGWINCH, &action, nullptr);
}

// Waits, and comes back early when a signal asks to stop.
void wait_seconds(double seconds) {
  timespec time{};
  time.tv_sec = static_cast<time_t>(seconds);
  time.tv_nsec = static_cast<long>((seconds - static_cast<double>(time.tv_sec)) * 1e9);
  ::nanosleep(&time, nullptr);
}

size_t screen_rows() {
  winsize size{};
  return ::ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_row > 1 ? size.ws_row : 24;
}

// The beginning of a report, as much as a screen holds, drawn over the last one: nothing scrolls, and what the terminal keeps
// of earlier lines stays. What stood on the screen before the first drawing is scrolled up and not painted over.
void draw_screen(std::string_view report, bool first) {
  const size_t rows = screen_rows();
  std::string out(first ? rows : 0, '\n');
  out += "\x1b[H";
  for (size_t row = 1; row < rows && !report.empty(); ++row) {
    const size_t end = std::min(report.find('\n'), report.size());
    out.append(report.substr(0, end)).append("\x1b[K\n");
    report.remove_prefix(std::min(end + 1, report.size()));
  }
  out += "\x1b[J";
  std::fwrite(out.data(), 1, out.size(), stdout);
  std::fflush(stdout);
}

}  // namespace

int analyze_once(const AnalyzeRequest& request) {
  AnalyzeOptions options = request.options;
  const auto line = request.show_progress ? std::make_unique<ProgressLine>(request.terminal) : nullptr;
  if (line) options.on_progress = [&](const ReadProgress& progress) { line->draw(progress); };
  const auto analysis = analyze_logs(options);
  if (line) line->clear();
  if (!analysis) return complain(analysis.error());
  for (const InputFile& file : analysis->input) {
    if (!file.error.empty()) tell(fmt::format("noctule: {}\n", file.error));
  }
  if (auto written = write_reports(*analysis, request); !written) return complain(written.error());
  return exit_code_of(*analysis);
}

int analyze_following(const AnalyzeRequest& given) {
  handle_signals();
  AnalyzeRequest request = given;
  auto follower = LogFollower::open(request.options);
  if (!follower) return complain(follower.error());
  const bool on_terminal = is_terminal(STDOUT_FILENO) && request.targets.front().path == "-";
  const bool to_files = request.targets.front().path != "-";
  bool first = true;
  while (true) {
    const auto grew = follower->poll();
    if (!grew) return complain(grew.error());
    const bool stop = g_stop != 0;
    // To a pipe one report is written, when it is over; a screen and files are kept up to date.
    const bool resized = std::exchange(g_resized, 0) != 0 && on_terminal;
    if (resized && !request.width_is_given) request.terminal.width = terminal_width(STDOUT_FILENO);
    const bool draw = (stop && !to_files) || ((*grew || first || resized) && (on_terminal || to_files));
    if (draw) {
      const auto analysis = follower->snapshot();
      if (!analysis) return complain(analysis.error());
      if (on_terminal && !stop && request.targets.front().kind == ReportTarget::Kind::Terminal && !request.explain) {
        draw_screen(render_terminal(*analysis, request.terminal), first);
        first = false;
        wait_seconds(request.every_seconds);
        continue;
      }
      if (on_terminal) std::fputs("\x1b[H\x1b[J", stdout);
      if (auto written = write_reports(*analysis, request); !written) return complain(written.error());
    }
    if (stop) return kExitOk;
    first = false;
    wait_seconds(request.every_seconds);
  }
}

}  // namespace noctule

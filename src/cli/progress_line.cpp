// SPDX-License-Identifier: Apache-2.0
#include "progress_line.h"

#include <fmt/format.h>
#include <unistd.h>

#include "command.h"
#include "noctule/report/progress.h"
#include "terminal.h"

namespace noctule {

ProgressLine::ProgressLine(const TerminalOptions& options) : options_(options) {
  options_.width = terminal_width(STDERR_FILENO) - 1;
  options_.color = choose_color("auto", STDERR_FILENO);
}

void ProgressLine::draw(const ReadProgress& read) {
  Progress progress;
  progress.bytes_done = read.bytes_read;
  progress.bytes_total = read.bytes_total;
  progress.lines = read.lines;
  progress.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start_).count();
  tell(fmt::format("\r\x1b[K{}", render_progress(progress, options_)));
  drawn_ = true;
}

void ProgressLine::clear() {
  if (drawn_) tell("\r\x1b[K");
  drawn_ = false;
}

}  // namespace noctule

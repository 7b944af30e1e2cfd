// SPDX-License-Identifier: Apache-2.0
#include "noctule/report/progress.h"

#include <fmt/format.h>

#include <algorithm>
#include <vector>

#include "cells.h"
#include "numbers.h"

namespace noctule {
namespace {

constexpr double kSecondsBeforeRate = 0.5;  // before that, a rate is noise
constexpr int kBarWidth = 20, kWidthLeast = 20;

struct Part {
  std::string text;
  int keep;  // the part of the highest number goes first; 0 stays
};

double share_done(const Progress& progress) {
  return std::min(static_cast<double>(progress.bytes_done) / static_cast<double>(progress.bytes_total), 1.0);
}

std::string bar_text(double share) { return fmt::format("▕{}▏", pad_right(bar(share, 1, kBarWidth), kBarWidth)); }

std::string time_left(Language language, const Progress& progress) {
  const double share = share_done(progress);
  const double left = progress.seconds * (1 - share) / share;
  return message(language, "progress.left", {duration_text(ceil_count(left))});
}

std::vector<Part> parts_of(Language language, const Progress& progress) {
  const bool known = progress.bytes_total > 0, has_rate = progress.seconds >= kSecondsBeforeRate;
  std::vector<Part> parts;
  if (known) {
    const double share = share_done(progress);
    parts.push_back({bar_text(share), 4});
    parts.push_back({pad_left(message(language, "number.percent", {std::to_string(floor_count(share * 100))}), 4), 0});
  }
  parts.push_back({message_counted(language, "count.lines", progress.lines), known ? 3 : 0});
  if (!has_rate) return parts;
  const double lines = static_cast<double>(progress.lines), megabytes = static_cast<double>(progress.bytes_done) / 1e6;
  parts.push_back({message(language, "progress.lines_rate", {count_text(language, floor_count(lines / progress.seconds))}), 2});
  parts.push_back({message(language, "progress.bytes_rate", {count_text(language, floor_count(megabytes / progress.seconds))}), 5});
  if (known && progress.bytes_done > 0) parts.push_back({time_left(language, progress), 1});
  return parts;
}

std::string joined(const std::vector<Part>& parts) {
  std::string out;
  for (const Part& part : parts) {
    if (!out.empty()) out += "  ";
    out += part.text;
  }
  return out;
}

}  // namespace

std::string render_progress(const Progress& progress, const TerminalOptions& options) {
  std::vector<Part> parts = parts_of(options.language, progress);
  const int width = std::clamp(options.width, kWidthLeast, kWidthMax);
  for (;;) {
    std::string line = joined(parts);
    const auto first_to_go = std::ranges::max_element(parts, {}, &Part::keep);
    if (display_width(line) <= width || first_to_go->keep == 0) return fit_end(line, width);
    parts.erase(first_to_go);
  }
}

}  // namespace noctule

#pragma once
// SPDX-License-Identifier: Apache-2.0
// An analysis as text for a terminal: lines of at most `width` cells. Whether there are colours is the caller's to decide
// (a terminal, and no NO_COLOR). Pure functions.
#include <string>

#include "noctule/analyze/analysis.h"
#include "noctule/report/messages.h"

namespace noctule {

enum class Color : uint8_t { Off, On };

struct TerminalOptions {
  int width = 80;  // used from kWidthMin to kWidthMax, whatever the terminal has
  Color color = Color::Off;
  Language language = Language::English;
};
inline constexpr int kWidthMin = 60, kWidthMax = 400;

[[nodiscard]] std::string render_terminal(const Analysis& analysis, const TerminalOptions& options);

// For each chosen arrival: where it stands in which file, what GA4 would say, the verdict, the rules that fired.
[[nodiscard]] std::string render_explained(const Analysis& analysis, const TerminalOptions& options);

}  // namespace noctule

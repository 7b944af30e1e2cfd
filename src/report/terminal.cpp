// SPDX-License-Identifier: Apache-2.0
#include "noctule/report/terminal.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "cells.h"
#include "numbers.h"
#include "report_text.h"
#include "terminal_sections.h"

namespace noctule {
namespace {

void write_banner(Sheet& sheet, Language language, const Analysis& analysis) {
  const std::string what = fmt::format(
      "{} · {} · {}", message_counted(language, "count.lines", analysis.lines),
      message_counted(language, "count.files", analysis.input.size()),
      period_text(language, analysis.first_ms, analysis.last_ms));
  sheet.flush_line({{"noctule", Ink::Title}, {"  "}, {fit_end(what, sheet.width() - 9), Ink::Dim}});
}

// Where on a gauge a number of arrivals stands; a part above zero is seen, and only the whole fills it.
int gauge_cell(double value, double whole, int width) {
  if (!(value > 0) || !(whole > 0)) return 0;
  if (value >= whole) return width;
  return std::clamp(static_cast<int>(std::lround(value / whole * width)), 1, std::max(width - 1, 1));
}

std::string repeat(std::string_view piece, int times) {
  std::string out;
  for (; times > 0; --times) out += piece;
  return out;
}

// All visits from left to right: shown private, most likely private, possibly private, the rest.
void write_gauge(Sheet& sheet, const Analysis& analysis) {
  const PrivateEstimate& estimate = analysis.private_arrivals;
  constexpr int kGaugeMax = 156;  // longer ones are not read any better
  const int width = std::min(sheet.width() - 2 * Sheet::kIndent, kGaugeMax);
  const auto cell = [&](double value) { return gauge_cell(value, static_cast<double>(analysis.arrivals), width); };
  const bool has_central = verdict_of(analysis) == Verdict::Range;
  const int low = cell(estimate.low), high = std::max(cell(estimate.high), low);
  const int from = has_central ? std::clamp(cell(estimate.central.low), low, high) : high;
  const int to = has_central ? std::clamp(cell(estimate.central.high), from, high) : high;
  sheet.line({{repeat("█", low), Ink::Private},
              {repeat("░", from - low), Ink::Maybe},
              {repeat("▓", to - from), Ink::Maybe},
              {repeat("░", high - to), Ink::Maybe},
              {repeat("·", width - high), Ink::Dim}});
}

void write_legend(Sheet& sheet, Language language, const Analysis& analysis) {
  const PrivateEstimate& estimate = analysis.private_arrivals;
  std::vector<std::pair<Span, std::string>> entries = {
      {{"█", Ink::Private}, message(language, "range.low", {count_text(language, floor_count(estimate.low))})}};
  if (verdict_of(analysis) == Verdict::Range) {
    entries.push_back({{"▓", Ink::Maybe}, message(language, "range.central", {range_text(language, estimate.central)})});
  }
  entries.push_back({{"░", Ink::Maybe}, message(language, "range.high", {count_text(language, ceil_count(estimate.high))})});
  Line line;
  for (const auto& [mark, text] : entries) {
    if (!line.empty() && width_of(line) + 5 + display_width(text) > sheet.width() - Sheet::kIndent) {
      sheet.line(line);
      line.clear();
    }
    if (!line.empty()) line.push_back({"   "});
    line.insert(line.end(), {mark, {" "}, {text}});
  }
  sheet.line(line);
}

void write_doubts(Sheet& sheet, Language language, const Analysis& analysis) {
  const std::vector<std::string> doubts = doubt_texts(language, analysis);
  if (doubts.empty()) return;
  const bool enough = analysis.private_arrivals.enough;
  sheet.blank();
  sheet.paragraph(message(language, enough ? "headline.why_wide" : "headline.why"), Ink::Dim);
  for (const std::string& doubt : doubts) sheet.bullet("-", doubt, Ink::Dim);
}

std::string rate_text(Language language, uint64_t lines, double seconds) {
  const double rate = seconds > 0 ? static_cast<double>(lines) / seconds : 0;
  return count_text(language, floor_count(rate));
}

void write_footer(Sheet& sheet, Language language, const Analysis& analysis) {
  sheet.title(message(language, "section.more"));
  for (const std::string_view key : {"terminal.more_html", "terminal.more_explain", "terminal.more_csv", "terminal.more_lang"}) {
    sheet.line({{fit_end(message(language, key), sheet.width() - Sheet::kIndent), Ink::Dim}});
  }
  if (!(analysis.seconds > 0)) return;
  sheet.blank();
  sheet.paragraph(message(language, "terminal.run",
                          {decimal_text(language, analysis.seconds), rate_text(language, analysis.lines, analysis.seconds),
                           count_text(language, analysis.memory_peak_bytes / 1'000'000)}), Ink::Dim);
}

}  // namespace

void write_headline(Sheet& sheet, Language language, const Analysis& analysis) {
  const Verdict verdict = verdict_of(analysis);
  sheet.blank();
  sheet.paragraph(headline_text(language, analysis), Ink::Bold);
  if (const std::string share = share_text(language, analysis); !share.empty()) sheet.paragraph(share);
  if (verdict == Verdict::Empty) return;
  if (const std::string direct = direct_text(language, analysis); !direct.empty()) {
    sheet.blank();
    sheet.paragraph(direct);
  }
  if (verdict != Verdict::NoSign) {
    sheet.blank();
    write_gauge(sheet, analysis);
    write_legend(sheet, language, analysis);
  }
  write_doubts(sheet, language, analysis);
}

std::string render_terminal(const Analysis& analysis, const TerminalOptions& options) {
  Sheet sheet(options);
  write_banner(sheet, options.language, analysis);
  for (const auto write : {write_headline, write_comparison, write_apps, write_pages, write_pastes, write_trend, write_quality}) {
    write(sheet, options.language, analysis);
  }
  write_footer(sheet, options.language, analysis);
  return sheet.take();
}

}  // namespace noctule

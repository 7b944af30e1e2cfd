// SPDX-License-Identifier: Apache-2.0
// "GA4 would say" beside "What happened": the same visits, counted twice.
#include <algorithm>

#include "cells.h"
#include "numbers.h"
#include "report_text.h"
#include "terminal_sections.h"

namespace noctule {
namespace {

struct Entry {
  std::string name, number;
  uint64_t arrivals = 0;
  Ink ink = Ink::Plain;
};

std::vector<Entry> ga4_entries(Language language, const std::vector<Ga4Part>& parts) {
  std::vector<Entry> out;
  for (const auto& [ga4, arrivals] : parts) {
    const Ink ink = !ga4 ? Ink::Dim : ga4 == Ga4Channel::Direct ? Ink::Bold : Ink::Plain;
    out.push_back({ga4_text(language, ga4), count_text(language, arrivals), arrivals, ink});
  }
  return out;
}

// What evidence shows to be private first, then what may be, then the rest.
std::vector<Entry> noctule_entries(Language language, const std::vector<ChannelPart>& parts) {
  std::vector<Entry> out;
  for (const ChannelPart& part : parts) {
    const bool shown = part.privacy == Privacy::Shown;
    const Ink ink = shown ? Ink::Private : part.privacy == Privacy::Possible ? Ink::Maybe : Ink::Plain;
    const std::string number = count_text(language, part.arrivals);
    out.push_back({channel_text(language, part), shown ? at_least_text(language, number) : number, part.arrivals, ink});
  }
  return out;
}

struct Layout {
  int name_width = 0, number_width = 0;
  [[nodiscard]] int used() const { return name_width + number_width + 2; }
};

Layout layout_of(const std::vector<Entry>& entries, int width) {
  Layout layout;
  for (const Entry& entry : entries) {
    layout.number_width = std::max(layout.number_width, display_width(entry.number));
    layout.name_width = std::max(layout.name_width, display_width(entry.name));
  }
  layout.name_width = std::min(layout.name_width, width - layout.number_width - 2);
  return layout;
}

// What names and numbers leave is halved, so that bars of both sides are as long as they can be.
int left_width_of(const std::vector<Entry>& left, const std::vector<Entry>& right, int both) {
  const int left_used = layout_of(left, both).used(), spare = both - left_used - layout_of(right, both).used();
  return std::clamp(left_used + spare / 2, both / 4, both * 3 / 4);
}

// Bars of both sides are drawn on one scale, so that they can be compared.
struct Scale {
  uint64_t most = 0;
  int width = 0;
};

Scale scale_of(const std::vector<Entry>& left, int left_width, const std::vector<Entry>& right, int right_width) {
  Scale scale;
  scale.width = std::min(left_width - layout_of(left, left_width).used(), right_width - layout_of(right, right_width).used());
  for (const auto* side : {&left, &right}) {
    for (const Entry& entry : *side) scale.most = std::max(scale.most, entry.arrivals);
  }
  return scale;
}

std::vector<Line> lines_of(const std::string& header, const std::vector<Entry>& entries, int width, const Scale& scale) {
  const auto [name_width, number_width] = layout_of(entries, width);
  std::vector<Line> lines = {{{header, Ink::Dim}}};
  for (const Entry& entry : entries) {
    lines.push_back({{pad_right(fit_end(entry.name, name_width), name_width), entry.ink},
                     {" "},
                     {pad_left(entry.number, number_width), entry.ink},
                     {" "},
                     {bar(static_cast<double>(entry.arrivals), static_cast<double>(scale.most), scale.width), entry.ink}});
  }
  return lines;
}

}  // namespace

void write_comparison(Sheet& sheet, Language language, const Analysis& analysis) {
  if (analysis.cube.empty()) return;
  constexpr int kGutter = 3, kSideMax = 60;
  sheet.title(message(language, "section.comparison"));
  const std::vector<ChannelPart> parts = channel_parts(analysis);
  const std::vector<Entry> ga4 = ga4_entries(language, ga4_parts(analysis)), happened = noctule_entries(language, parts);
  const int both = std::min(sheet.width() - Sheet::kIndent - kGutter, 2 * kSideMax);
  const int left = left_width_of(ga4, happened, both), right = both - left;
  const Scale scale = scale_of(ga4, left, happened, right);
  sheet.side_by_side(lines_of(message(language, "section.ga4"), ga4, left, scale),
                     lines_of(message(language, "section.happened"), happened, right, scale), left + kGutter);
  sheet.blank();
  if (analysis.ga4_unknown > 0) {
    sheet.paragraph(message(language, "note.ga4_unknown", {message_counted(language, "count.visits", analysis.ga4_unknown)}));
  }
  if (parts.front().privacy != Privacy::None) sheet.paragraph(message(language, "note.possible"), Ink::Dim);
}

}  // namespace noctule

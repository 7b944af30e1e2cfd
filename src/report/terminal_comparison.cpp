// SPDX-License-Identifier: Apache-2.0
// "GA4 would say" beside "What happened": the same visits, counted twice.
#include <algorithm>
#include <array>

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

// GA4 runs in the browser and has referrers that such a log lacks: what it would say of these arrivals is not known.
bool is_logged(const ChannelRow& row) { return row.channel != Channel::NotLogged; }
uint64_t count_not_logged(const Analysis& analysis) {
  uint64_t sum = 0;
  for (const ChannelRow& row : analysis.channels) sum += is_logged(row) ? 0 : row.arrivals;
  return sum;
}

template <typename Enum, int Count>
std::vector<std::pair<Enum, uint64_t>> sums(const Analysis& analysis, Enum ChannelRow::*member, auto counts_in) {
  std::array<uint64_t, Count> counts{};
  for (const ChannelRow& row : analysis.channels) {
    if (counts_in(row)) counts[static_cast<size_t>(row.*member)] += row.arrivals;
  }
  std::vector<std::pair<Enum, uint64_t>> out;
  for (size_t i = 0; i < Count; ++i) {
    if (counts[i] > 0) out.emplace_back(static_cast<Enum>(i), counts[i]);
  }
  std::ranges::stable_sort(out, std::greater<>(), [](const auto& entry) { return entry.second; });
  return out;
}

std::vector<Entry> ga4_entries(Language language, const Analysis& analysis) {
  std::vector<Entry> out;
  for (const auto& [channel, arrivals] : sums<Ga4Channel, kGa4Channels>(analysis, &ChannelRow::ga4, is_logged)) {
    const Ink ink = channel == Ga4Channel::Direct ? Ink::Bold : Ink::Plain;
    out.push_back({std::string(name_of(channel)), count_text(language, arrivals), arrivals, ink});
  }
  if (const uint64_t arrivals = count_not_logged(analysis); arrivals > 0) {
    out.push_back({code_text(language, "channel", name_of(Channel::NotLogged)), count_text(language, arrivals), arrivals, Ink::Dim});
  }
  return out;
}

// Private channels first, then those that may hold private shares, then the rest.
std::vector<Entry> noctule_entries(Language language, const Analysis& analysis) {
  auto channels = sums<Channel, kChannels>(analysis, &ChannelRow::channel, [](const ChannelRow&) { return true; });
  std::ranges::stable_sort(channels, {}, [](const auto& entry) { return privacy_of(entry.first); });
  std::vector<Entry> out;
  for (const auto& [channel, arrivals] : channels) {
    const Privacy privacy = privacy_of(channel);
    const Ink ink = privacy == Privacy::Shown ? Ink::Private : privacy == Privacy::Possible ? Ink::Maybe : Ink::Plain;
    out.push_back({code_text(language, "channel", name_of(channel)),
                   privacy == Privacy::Shown ? at_least_text(language, arrivals) : count_text(language, arrivals), arrivals, ink});
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

bool has(const Analysis& analysis, Privacy privacy) {
  return std::ranges::any_of(analysis.channels, [&](const ChannelRow& row) { return privacy_of(row.channel) == privacy; });
}

}  // namespace

void write_comparison(Sheet& sheet, Language language, const Analysis& analysis) {
  if (analysis.channels.empty()) return;
  constexpr int kGutter = 3, kSideMax = 60;
  sheet.title(message(language, "section.comparison"));
  const std::vector<Entry> ga4 = ga4_entries(language, analysis), happened = noctule_entries(language, analysis);
  const int both = std::min(sheet.width() - Sheet::kIndent - kGutter, 2 * kSideMax);
  const int left = left_width_of(ga4, happened, both), right = both - left;
  const Scale scale = scale_of(ga4, left, happened, right);
  sheet.side_by_side(lines_of(message(language, "section.ga4"), ga4, left, scale),
                     lines_of(message(language, "section.happened"), happened, right, scale), left + kGutter);
  sheet.blank();
  const uint64_t not_logged = count_not_logged(analysis);
  if (not_logged < analysis.arrivals) {
    sheet.paragraph(message(language, "headline.ga4", {count_text(language, analysis.ga4_direct),
                                                       count_text(language, private_but_direct(analysis))}));
  }
  if (not_logged > 0) sheet.paragraph(message(language, "note.ga4_unknown", {count_text(language, not_logged)}));
  if (has(analysis, Privacy::Possible)) sheet.paragraph(message(language, "note.possible"), Ink::Dim);
}

}  // namespace noctule

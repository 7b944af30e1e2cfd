// SPDX-License-Identifier: Apache-2.0
#include "report_text.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <optional>

#include "cells.h"
#include "numbers.h"

namespace noctule {

namespace {

// What is known of the private shares among some arrivals.
struct Bounds {
  double low = 0;
  Range central;
  double high = 0;
  uint64_t total = 0;
  bool enough = false, is_open = false;  // open: there are arrivals that the upper end leaves out although they may be some
};

Bounds bounds_of_all(const Analysis& analysis) {
  const PrivateEstimate& estimate = analysis.private_arrivals;
  return {estimate.low, estimate.central, estimate.high, analysis.arrivals, estimate.enough, has_direct(analysis)};
}

Bounds bounds_of_direct(const Analysis& analysis) {
  const Analysis::DirectPart& part = analysis.private_of_direct;
  return {part.low, part.central, part.high, analysis.ga4_direct, analysis.private_arrivals.enough, has_direct(analysis)};
}

Verdict verdict_of(const Bounds& bounds) {
  const uint64_t low = floor_count(bounds.low), high = ceil_count(bounds.high);
  if (bounds.total == 0) return Verdict::Empty;
  if (low < high && !bounds.enough) return Verdict::NotEnough;
  if (high == 0) return Verdict::NoSign;
  if (low == high) return bounds.is_open || !bounds.enough ? Verdict::AtLeast : Verdict::Exact;
  const uint64_t central_low = floor_count(bounds.central.low), central_high = ceil_count(bounds.central.high);
  const bool adds_nothing = central_low <= low && central_high >= high;
  return adds_nothing || central_low >= central_high ? Verdict::Wide : Verdict::Range;  // a point would claim too much
}

// headline.range, direct.wide...: all sentences of a verdict take the same arguments.
std::string sentence(Language language, std::string_view family, const Bounds& bounds) {
  static constexpr std::string_view kNames[] = {"empty", "no_sign", "exact", "at_least", "wide", "range", "not_enough"};
  const auto count = [&](uint64_t number) { return count_text(language, number); };
  const auto total = static_cast<double>(bounds.total);
  return message(language, fmt::format("{}.{}", family, kNames[static_cast<size_t>(verdict_of(bounds))]),
                 {count(floor_count(bounds.low)), count(ceil_count(bounds.high)),
                  message_counted(language, "count.visits", bounds.total), count(floor_count(bounds.central.low)),
                  count(ceil_count(bounds.central.high)), percent_text(language, bounds.low, total, Rounding::Down),
                  percent_text(language, bounds.high, total, Rounding::Up)});
}

template <typename Parts>
void sort_by_arrivals(Parts& parts) {
  std::ranges::stable_sort(parts, std::greater<>(), [](const auto& part) { return part.arrivals; });
}

bool is_direct(const CubeRow& row) { return row.channel == Channel::Direct && privacy_of(row) == Privacy::None; }

}  // namespace

Verdict verdict_of(const Analysis& analysis) { return verdict_of(bounds_of_all(analysis)); }

std::string headline_text(Language language, const Analysis& analysis) {
  return sentence(language, "headline", bounds_of_all(analysis));
}

std::string share_text(Language language, const Analysis& analysis) {
  const Verdict verdict = verdict_of(analysis);
  if (verdict != Verdict::Wide && verdict != Verdict::Range) return {};
  const PrivateEstimate& estimate = analysis.private_arrivals;
  const auto total = static_cast<double>(analysis.arrivals);
  return message(language, "headline.share", {percent_text(language, estimate.low, total, Rounding::Down),
                                              percent_text(language, estimate.high, total, Rounding::Up)});
}

std::string direct_text(Language language, const Analysis& analysis) {
  const Bounds bounds = bounds_of_direct(analysis);
  return verdict_of(bounds) == Verdict::Empty ? std::string() : sentence(language, "direct", bounds);
}

Privacy privacy_of(const CubeRow& row) {
  if (row.is_private == Private::Yes && row.grade >= Grade::Inferred) return Privacy::Shown;
  return row.maybe_private ? Privacy::Possible : Privacy::None;
}

std::vector<Ga4Part> ga4_parts(const Analysis& analysis) {
  std::map<Ga4Said, uint64_t> sums;
  for (const CubeRow& row : analysis.cube) sums[row.ga4] += row.arrivals;
  std::vector<Ga4Part> parts;
  for (const auto& [ga4, arrivals] : sums) parts.push_back({ga4, arrivals});
  sort_by_arrivals(parts);
  std::ranges::stable_partition(parts, [](const Ga4Part& part) { return part.ga4.has_value(); });
  return parts;
}

std::vector<ChannelPart> channel_parts(const Analysis& analysis) {
  std::map<std::pair<Channel, Privacy>, uint64_t> sums;
  for (const CubeRow& row : analysis.cube) sums[{row.channel, privacy_of(row)}] += row.arrivals;
  std::vector<ChannelPart> parts;
  for (const auto& [key, arrivals] : sums) parts.push_back({key.first, key.second, arrivals});
  sort_by_arrivals(parts);
  std::ranges::stable_sort(parts, {}, &ChannelPart::privacy);
  return parts;
}

std::string ga4_text(Language language, Ga4Said ga4) {
  return ga4 ? std::string(name_of(*ga4)) : message(language, "ga4.unknown");
}

// Of channels that are private or public by their nature only what is not is said so.
std::string channel_text(Language language, const ChannelPart& part) {
  const bool always_possible =
      part.channel == Channel::AppUnknown || part.channel == Channel::NotLogged || part.channel == Channel::Unattributed;
  std::string name = code_text(language, "channel", name_of(part.channel));
  if (part.privacy != Privacy::Possible || always_possible) return name;
  return message(language, "comparison.possible", {std::move(name)});
}

std::set<std::string_view> pages_with_direct(const Analysis& analysis) {
  std::set<std::string_view> pages;
  for (const CubeRow& row : analysis.cube) {
    if (is_direct(row) && row.page < analysis.cube_pages.size()) pages.insert(analysis.cube_pages[row.page]);
  }
  return pages;
}

bool has_direct(const Analysis& analysis) { return std::ranges::any_of(analysis.cube, is_direct); }

bool knows_user_agents(const Analysis& analysis) {
  return std::ranges::any_of(analysis.input, &InputFile::has_user_agent_field);
}

std::string app_name(Language language, const Analysis& analysis, std::string_view id) {
  // Names that are words and not a brand are in the messages.
  const std::string words = code_text(language, "app_name", id);
  if (words != shown(id)) return words;
  const auto found = std::ranges::find(analysis.apps, id, &AppRow::id);
  const bool named = found != analysis.apps.end() && !found->name.empty();
  return shown(named ? std::string_view(found->name) : id);
}

std::string grade_count_text(Language language, Grade grade, uint64_t count) {
  return message_counted(language, fmt::format("grade_count.{}", name_of(grade)), count);
}

std::string code_text(Language language, std::string_view family, std::string_view code,
                      const std::vector<std::string>& args) {
  std::vector<std::string> clean;
  for (const std::string& arg : args) clean.push_back(shown(arg));
  return message_of_code(language, family, shown(code), clean);
}

std::vector<std::string> doubt_texts(Language language, const Analysis& analysis) {
  std::vector<std::string> out;
  for (const std::string& code : analysis.private_arrivals.reasons) out.push_back(code_text(language, "doubt", code));
  return out;
}

namespace {

// The beginnings of the texts that detect makes of table rows, and the messages that say the same.
struct RuleShape {
  std::string_view beginning, key;
};
constexpr RuleShape kRuleShapes[] = {{"referrer ", "rule_shape.referrer"},
                                     {"parameter ", "rule_shape.parameter"},
                                     {"user agent with ", "rule_shape.user_agent"},
                                     {"campaign ", "rule_shape.campaign"},
                                     {"Android package ", "rule_shape.package"}};

// "the browser inside an app of Messenger": what an agent is, and of whom.
std::string agent_text(Language language, std::string_view text) {
  const size_t of = std::min(text.find(" of "), text.size());
  std::string kind = code_text(language, "rule_agent", text.substr(0, of));
  if (of == text.size()) return kind;
  return message(language, "rule_shape.agent_of", {std::move(kind), std::string(text.substr(of + 4))});
}

// What of a text a pattern's holes {0} and {1} stand for; nullopt where it does not fit. Each hole takes as little as it can.
std::optional<std::vector<std::string>> fit(std::string_view pattern, std::string_view text) {
  std::vector<std::string> holes;
  while (true) {
    const size_t hole = pattern.find('{');
    if (!text.starts_with(pattern.substr(0, hole))) return std::nullopt;
    if (hole == std::string_view::npos) return text == pattern ? std::optional(holes) : std::nullopt;
    text.remove_prefix(hole);
    pattern.remove_prefix(hole + 3);
    const std::string_view next = pattern.substr(0, pattern.find('{'));
    const size_t end = next.empty() ? text.size() : text.find(next);
    if (end == std::string_view::npos || end == 0) return std::nullopt;
    holes.emplace_back(text.substr(0, end));
    text.remove_prefix(end);
  }
}

// What a parameter is for, as data/parameters.tsv says it, by the longest row that fits: the most exact one.
std::string parameter_text(Language language, std::string_view text) {
  static constexpr std::string_view kFamily = "parameter_text.";
  std::string_view best;
  std::vector<std::string> holes;
  for (const MessageRow& row : message_rows()) {
    if (!row.key.starts_with(kFamily)) continue;
    auto fitting = fit(row.key.substr(kFamily.size()), text);
    if (!fitting || row.key.size() <= best.size()) continue;
    holes = *std::move(fitting);
    best = row.key;
  }
  return best.empty() ? std::string(text) : message(language, best, holes);
}

std::string rest_text(Language language, std::string_view key, std::string_view rest) {
  if (key == "rule_shape.user_agent") return agent_text(language, rest);
  return key == "rule_shape.parameter" || key == "rule_shape.referrer" ? parameter_text(language, rest) : std::string(rest);
}

}  // namespace

std::string rule_text(Language language, const ExplainedArrival::Rule& rule) {
  const std::string own = code_text(language, "rule", rule.id);
  if (own != shown(rule.id)) return own;
  const std::string text = shown(rule.text);
  for (const auto& [beginning, key] : kRuleShapes) {
    const size_t colon = text.find(": ", beginning.size());
    if (!text.starts_with(beginning) || colon == std::string::npos) continue;
    const std::string rest = text.substr(colon + 2);
    return message(language, key, {text.substr(beginning.size(), colon - beginning.size()), rest_text(language, key, rest)});
  }
  return text;
}

std::string at_least_text(Language language, std::string_view number) {
  return message(language, "range.at_least", {std::string(number)});
}

}  // namespace noctule

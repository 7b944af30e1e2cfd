// SPDX-License-Identifier: Apache-2.0
#include "report_text.h"

#include <algorithm>
#include <optional>

#include "cells.h"
#include "numbers.h"

namespace noctule {

Verdict verdict_of(const Analysis& analysis) {
  const PrivateEstimate& estimate = analysis.private_arrivals;
  const uint64_t low = floor_count(estimate.low), high = ceil_count(estimate.high);
  if (analysis.arrivals == 0) return Verdict::Empty;
  if (!estimate.enough) return Verdict::NotEnough;
  if (high == 0) return Verdict::NoSign;
  if (low == high) return Verdict::Exact;
  const uint64_t central_low = floor_count(estimate.central.low), central_high = ceil_count(estimate.central.high);
  const bool adds_nothing = central_low <= low && central_high >= high;
  return adds_nothing || central_low >= central_high ? Verdict::Wide : Verdict::Range;  // a point would claim too much
}

std::string headline_text(Language language, const Analysis& analysis) {
  const PrivateEstimate& estimate = analysis.private_arrivals;
  const auto count = [&](uint64_t number) { return count_text(language, number); };
  const std::string low = count(floor_count(estimate.low)), high = count(ceil_count(estimate.high));
  const std::string total = count(analysis.arrivals);
  switch (verdict_of(analysis)) {
    case Verdict::Empty: return message(language, "headline.empty");
    case Verdict::NoSign: return message(language, "headline.no_sign", {total});
    case Verdict::Exact: return message(language, "headline.exact", {low, total});
    case Verdict::Wide: return message(language, "headline.wide", {low, high, total});
    case Verdict::NotEnough: return message(language, "headline.not_enough", {low, high, total});
    case Verdict::Range: break;
  }
  return message(language, "headline.range", {low, high, total, count(floor_count(estimate.central.low)),
                                              count(ceil_count(estimate.central.high))});
}

std::string share_text(Language language, const Analysis& analysis) {
  const Verdict verdict = verdict_of(analysis);
  if (verdict != Verdict::Wide && verdict != Verdict::Range) return {};
  const PrivateEstimate& estimate = analysis.private_arrivals;
  const auto total = static_cast<double>(analysis.arrivals);
  return message(language, "headline.share", {percent_text(language, estimate.low, total, Rounding::Down),
                                              percent_text(language, estimate.high, total, Rounding::Up)});
}

uint64_t private_but_direct(const Analysis& analysis) {
  uint64_t sum = 0;
  for (const CubeRow& row : analysis.cube) {
    const bool shown_private = row.is_private == Private::Yes && row.grade >= Grade::Inferred;
    if (shown_private && row.ga4 == Ga4Channel::Direct) sum += row.arrivals;
  }
  return sum;
}

Privacy privacy_of(Channel channel) {
  switch (channel) {
    case Channel::PrivateMessage:
    case Channel::PrivateEmail:
    case Channel::Sms:
    case Channel::PassedOn: return Privacy::Shown;
    case Channel::AppUnknown:
    case Channel::NotLogged:
    case Channel::Unattributed: return Privacy::Possible;
    default: return Privacy::None;
  }
}

std::string app_name(const Analysis& analysis, std::string_view id) {
  const auto found = std::ranges::find(analysis.apps, id, &AppRow::id);
  const bool named = found != analysis.apps.end() && !found->name.empty();
  return shown(named ? std::string_view(found->name) : id);
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

std::string at_least_text(Language language, uint64_t count) {
  return message(language, "range.at_least", {count_text(language, count)});
}

}  // namespace noctule

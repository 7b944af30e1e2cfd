// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <nlohmann/json.hpp>
#include <set>

#include "answer_text.h"
#include "money.h"
#include "noctule/base/civil_time.h"
#include "noctule/detect/knowledge.h"

namespace noctule {
namespace {

using Json = nlohmann::ordered_json;

struct Warning {
  std::string_view code, text;
};
constexpr Warning kManyCurrencies = {"no_single_revenue_currency", "Revenue is null where there is more than one currency."};
constexpr Warning kNoRevenue = {"no_revenue_goals_matching", "Revenue is null because no event of these goals brought any."};
constexpr Warning kNotCollected = {"not_collected", "Where visitors are is not collected: this dimension is always empty."};
constexpr Warning kImportsUnsupported = {"unsupported_query", "Imported totals are not included: other products' exports hold one group of dimensions at a time, and no tables for these."};
constexpr Warning kImportsNone = {"no_imported_data", "There is no imported data."};

Json json_of(const MetricValue& value) {
  if (const auto* whole = std::get_if<int64_t>(&value)) return *whole;
  if (const auto* real = std::get_if<double>(&value)) return *real;
  const auto* money = std::get_if<Money>(&value);
  if (money == nullptr) return nullptr;
  return {{"short", short_text(*money)}, {"value", money->amount}, {"long", long_text(*money)}, {"currency", money->currency}};
}

Json json_of(const Warning& warning) { return {{"code", warning.code}, {"warning", warning.text}}; }

std::string instant_text(int64_t instant_ms, const Zone& zone) {
  const int offset = zone.offset_minutes(instant_ms);
  const CivilTime civil = civil_from_instant_ms(instant_ms, offset);
  return fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}{}{:02}:{:02}", civil.year, civil.month, civil.day, civil.hour, civil.minute,
                     civil.second, offset < 0 ? '-' : '+', std::abs(offset) / 60, std::abs(offset) % 60);
}

Json results_of(const Question& question, const Answer& answer) {
  Json out = Json::array();
  for (const AnswerRow& row : answer.rows) {
    Json entry = {{"metrics", Json::array()}, {"dimensions", row.dimensions}};
    for (const MetricValue& value : row.metrics) entry["metrics"].push_back(json_of(value));
    if (question.explain) {
      entry["rules"] = Json::array();
      for (const RuleCount& rule : row.rules) entry["rules"].push_back({{"id", rule.id}, {"visits", rule.visits}});
    }
    out.push_back(std::move(entry));
  }
  return out;
}

constexpr std::string_view kOperatorsRule = kChannelRuleMark.substr(0, kChannelRuleMark.find(' '));

const std::map<std::string_view, RuleId>& rules_by_id() {
  static const auto rules = [] {
    std::map<std::string_view, RuleId> out;
    const Knowledge& knowledge = Knowledge::builtin();
    for (size_t i = 1; i < knowledge.rule_count(); ++i) {
      const auto id = static_cast<RuleId>(i);
      out.emplace(knowledge.rule(id).id, id);
    }
    return out;
  }();
  return rules;
}

Json explanation_of(const Question& question, const Answer& answer) {
  Json metrics = Json::object(), rules = Json::object();
  for (const Metric* metric : question.metrics) metrics[std::string(metric->name)] = metric->definition;
  for (const AnswerRow& row : answer.rows) {
    for (const RuleCount& count : row.rules) {
      if (count.id == kOperatorsRule) rules[count.id] = {{"text", "A rule of the operator decided the channel."}, {"source", "channel rules of the site"}};
      const auto found = rules_by_id().find(count.id);
      if (found == rules_by_id().end()) continue;
      const RuleInfo& rule = Knowledge::builtin().rule(found->second);
      rules[rule.id] = {{"text", rule.text}, {"source", rule.source}};
    }
  }
  return {{"metrics", metrics}, {"rules", rules},
          {"answered_from", {{"days_of_rollups", answer.source.rollup_days}, {"events", answer.source.events}}}};
}

Json metric_warnings(const Question& question, const Answer& answer) {
  Json out = Json::object();
  for (size_t i = 0; i < question.metrics.size(); ++i) {
    if (question.metrics[i]->shape != MetricShape::Revenue) continue;
    const bool all_null = std::ranges::all_of(answer.rows, [&](const AnswerRow& row) { return std::holds_alternative<std::monostate>(row.metrics[i]); });
    if (answer.many_currencies) out[std::string(question.metrics[i]->name)] = json_of(kManyCurrencies);
    else if (all_null) out[std::string(question.metrics[i]->name)] = json_of(kNoRevenue);
  }
  return out;
}

Json dimension_warnings(const Question& question) {
  Json out = Json::object();
  const auto note = [&](const DimensionUse& use) {
    if (use.dimension->special == Special::NotCollected) out[use.name()] = json_of(kNotCollected);
  };
  for (const DimensionUse& use : question.dimensions) note(use);
  for_each_filter(question.filters, [&](const Filter& filter) {
    if (filter.is_simple()) note(filter.dimension);
  });
  return out;
}

Json meta_of(const Question& question, const Answer& answer, const AnswerMeta& meta) {
  Json out = Json::object();
  if (question.imports) {
    out["imports_included"] = meta.imports_skipped.empty();
    for (const Warning& warning : {kImportsUnsupported, kImportsNone}) {
      if (meta.imports_skipped != warning.code) continue;
      out["imports_skip_reason"] = warning.code;
      out["imports_warning"] = warning.text;
    }
  }
  if (const Json warnings = metric_warnings(question, answer); !warnings.empty()) out["metric_warnings"] = warnings;
  if (const Json warnings = dimension_warnings(question); !warnings.empty()) out["dimension_warnings"] = warnings;
  if (question.time_labels) out["time_labels"] = meta.time_labels;
  if (answer.total_rows) out["total_rows"] = *answer.total_rows;
  if (answer.withheld > 0) {
    out["withheld"] = {{"rows", answer.withheld}, {"below", meta.withheld_below},
                       {"warning", fmt::format("Rows of fewer than {} visitors are not published.", meta.withheld_below)}};
  }
  if (question.explain) out["explain"] = explanation_of(question, answer);
  return out;
}

Json query_of(const ParsedQuestion& parsed, const Zone& zone) {
  const Question& question = parsed.question;
  Json metrics = Json::array(), dimension_names = Json::array(), orders = Json::array();
  for (const Metric* metric : question.metrics) metrics.push_back(metric->name);
  for (const DimensionUse& use : question.dimensions) dimension_names.push_back(use.name());
  for (const Order& order : question.order) {
    const std::string name = order.metric != nullptr ? std::string(order.metric->name) : question.dimensions[order.dimension].name();
    orders.push_back({name, order.descending ? "desc" : "asc"});
  }
  return {{"site_id", parsed.site_id}, {"metrics", metrics},
          {"date_range", {instant_text(question.range.from_ms, zone), instant_text(question.range.to_ms - 1, zone)}},
          {"filters", Json::parse(parsed.filters_json)}, {"dimensions", dimension_names}, {"order_by", orders},
          {"include", Json::parse(parsed.include_json)},
          {"pagination", {{"offset", question.offset}, {"limit", question.limit}}}};
}

}  // namespace

std::string to_json(const ParsedQuestion& parsed, const Answer& answer, const AnswerMeta& meta, const Zone& zone) {
  const Json out = {{"results", results_of(parsed.question, answer)}, {"meta", meta_of(parsed.question, answer, meta)},
                    {"query", query_of(parsed, zone)}};
  return out.dump(-1, ' ', false, Json::error_handler_t::replace);
}

}  // namespace noctule

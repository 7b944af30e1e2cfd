// SPDX-License-Identifier: Apache-2.0
#include "question_parser.h"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "filter_parser.h"
#include "noctule/base/text.h"
#include "noctule/query/query.h"

namespace noctule {
namespace {

using Json = nlohmann::ordered_json;

std::unexpected<Error> invalid(std::string message) { return fail(ErrorCode::InvalidInput, std::move(message)); }

std::string shown(const Json& json) {
  return printable(json.dump(-1, ' ', false, Json::error_handler_t::replace), 120);
}

Result<Json> parse_object(std::string_view body) {
  if (body.size() > kQuestionBytesMax) return invalid(fmt::format("#: the question has {} bytes, at most {} are read", body.size(), kQuestionBytesMax));
  Json json = Json::parse(body, nullptr, false);
  if (json.is_discarded()) return invalid("#: the question is not JSON");
  if (!json.is_object()) return invalid("#: the question is not a JSON object");
  return json;
}

Result<std::string> site_of(const Json& json) {
  const auto found = json.find("site_id");
  if (found == json.end()) return invalid("#: Required property site_id was not present.");
  if (!found->is_string()) return invalid("#/site_id: expected the site's domain as a text");
  return found->get<std::string>();
}

// An array of at most size_max elements; an absent one is empty.
Result<const Json*> array_of(const Json& json, std::string_view key, size_t size_max) {
  static const Json empty = Json::array();
  const auto found = json.find(key);
  if (found == json.end() || found->is_null()) return &empty;
  if (!found->is_array()) return invalid(fmt::format("#/{}: expected a list", key));
  if (found->size() > size_max) return invalid(fmt::format("#/{}: {} elements, at most {} are allowed", key, found->size(), size_max));
  return &*found;
}

Result<void> parse_metrics(const Json& json, Question& question) {
  if (!json.contains("metrics")) return invalid("#: Required property metrics was not present.");
  NOCT_TRY(const Json* list, array_of(json, "metrics", kMetricsMax));
  if (list->empty()) return invalid("#/metrics: Expected a minimum of 1 items but got 0.");
  for (size_t i = 0; i < list->size(); ++i) {
    const Json& name = (*list)[i];
    const Metric* metric = name.is_string() ? find_metric(name.get_ref<const std::string&>()) : nullptr;
    if (metric == nullptr) return invalid(fmt::format("#/metrics/{}: Invalid metric {}", i, shown(name)));
    if (std::ranges::find(question.metrics, metric) != question.metrics.end()) {
      return invalid(fmt::format("#/metrics: the metric {} is asked for twice", shown(name)));
    }
    question.metrics.push_back(metric);
  }
  return {};
}

Result<void> parse_dimensions(const Json& json, Question& question) {
  NOCT_TRY(const Json* list, array_of(json, "dimensions", kDimensionsMax));
  for (size_t i = 0; i < list->size(); ++i) {
    const Json& name = (*list)[i];
    const auto use = name.is_string() ? find_dimension(name.get_ref<const std::string&>()) : std::nullopt;
    if (!use) return invalid(fmt::format("#/dimensions/{}: Invalid dimension {}", i, shown(name)));
    if (std::ranges::find(question.dimensions, *use) != question.dimensions.end()) {
      return invalid(fmt::format("#/dimensions: the dimension {} is asked for twice", shown(name)));
    }
    question.dimensions.push_back(*use);
  }
  return {};
}

Result<RangeAsked> parse_date_range(const Json& json) {
  const auto found = json.find("date_range");
  if (found == json.end()) return invalid("#: Required property date_range was not present.");
  if (found->is_string()) return parse_range(found->get_ref<const std::string&>());
  if (found->is_array() && found->size() == 2 && (*found)[0].is_string() && (*found)[1].is_string()) {
    return parse_range((*found)[0].get_ref<const std::string&>(), (*found)[1].get_ref<const std::string&>());
  }
  return invalid(fmt::format("#/date_range: Invalid date range {}", shown(*found)));
}

std::optional<Order> find_order(std::string_view name, const Question& question) {
  for (const Metric* metric : question.metrics) {
    if (metric->name == name) return Order{.metric = metric};
  }
  for (size_t i = 0; i < question.dimensions.size(); ++i) {
    if (question.dimensions[i].name() == name) return Order{.metric = nullptr, .dimension = i};
  }
  return std::nullopt;
}

// Without an order of one's own: time first and ascending, then the first metric descending.
std::vector<Order> default_order(const Question& question) {
  std::vector<Order> out;
  for (size_t i = 0; i < question.dimensions.size() && out.empty(); ++i) {
    if (question.dimensions[i].dimension->level == Level::Time) out.push_back({.metric = nullptr, .dimension = i, .descending = false});
  }
  out.push_back({.metric = question.metrics.front()});
  return out;
}

Result<void> parse_order(const Json& json, Question& question) {
  NOCT_TRY(const Json* list, array_of(json, "order_by", kOrdersMax));
  for (size_t i = 0; i < list->size(); ++i) {
    const Json& entry = (*list)[i];
    const bool pair = entry.is_array() && entry.size() == 2 && entry[0].is_string() && entry[1].is_string();
    const auto order = pair ? find_order(entry[0].get_ref<const std::string&>(), question) : std::nullopt;
    if (!order || (entry[1] != "asc" && entry[1] != "desc")) {
      return invalid(fmt::format("#/order_by/{}: Invalid order_by entry {}: expected [a metric or dimension of this question, \"asc\" or \"desc\"]",
                                 i, shown(entry)));
    }
    question.order.push_back(*order);
    question.order.back().descending = entry[1] == "desc";
  }
  if (question.order.empty()) question.order = default_order(question);
  return {};
}

Result<void> parse_include(const Json& json, Question& question) {
  const auto found = json.find("include");
  if (found == json.end() || found->is_null()) return {};
  if (!found->is_object()) return invalid("#/include: expected an object");
  struct Option {
    std::string_view name;
    bool Question::*member;
  };
  constexpr Option kOptions[] = {{"imports", &Question::imports},         {"time_labels", &Question::time_labels},
                                 {"total_rows", &Question::total_rows},   {"explain", &Question::explain},
                                 {"trim_relative_date_range", &Question::trim}};
  for (const auto& [key, value] : found->items()) {
    const auto option = std::ranges::find(kOptions, key, &Option::name);
    if (option == std::end(kOptions)) return invalid(fmt::format("#/include/{}: unknown; there are imports, time_labels, total_rows, explain, trim_relative_date_range", printable(key, 60)));
    if (!value.is_boolean()) return invalid(fmt::format("#/include/{}: expected true or false", key));
    question.*(option->member) = value.get<bool>();
  }
  return {};
}

Result<int64_t> whole_number(const Json& json, std::string_view key, int64_t otherwise, int64_t lowest, int64_t highest) {
  const auto found = json.find(key);
  if (found == json.end()) return otherwise;
  if (!found->is_number_integer() || *found < lowest || *found > highest) {
    return invalid(fmt::format("#/pagination/{}: expected a whole number from {} to {}", key, lowest, highest));
  }
  return found->get<int64_t>();
}

Result<void> parse_pagination(const Json& json, Question& question) {
  question.limit = kRowsMax;
  const auto found = json.find("pagination");
  if (found == json.end() || found->is_null()) return {};
  if (!found->is_object()) return invalid("#/pagination: expected an object");
  for (const auto& [key, value] : found->items()) {
    if (key != "limit" && key != "offset") return invalid(fmt::format("#/pagination/{}: unknown; there are limit and offset", printable(key, 60)));
  }
  NOCT_TRY(question.limit, whole_number(*found, "limit", kRowsMax, 1, kRowsMax));
  NOCT_TRY(question.offset, whole_number(*found, "offset", 0, 0, kOffsetMax));
  return {};
}

Result<void> check_keys(const Json& json) {
  constexpr std::string_view kKeys[] = {"site_id", "metrics", "date_range", "dimensions", "filters", "order_by", "include", "pagination"};
  for (const auto& [key, value] : json.items()) {
    if (std::ranges::find(kKeys, key) == std::end(kKeys)) {
      return invalid(fmt::format("#/{}: Schema does not allow additional properties.", printable(key, 60)));
    }
  }
  return {};
}

bool has_dimension(const Question& question, std::string_view name) {
  return std::ranges::any_of(question.dimensions, [&](const DimensionUse& use) { return use.dimension->name == name; });
}

// What a metric needs of the rest of the question.
Result<void> check_metric(const Metric& metric, const Question& question) {
  const bool event_dimension = std::ranges::any_of(question.dimensions, [](const DimensionUse& use) { return use.dimension->level == Level::Event; });
  switch (metric.requirement) {
    case Requires::Nothing: return {};
    case Requires::Dimensions:
      if (!question.dimensions.empty()) return {};
      return invalid(fmt::format("Metric `{}` can only be queried with non-empty dimensions.", metric.name));
    case Requires::Page:
      if (has_dimension(question, "event:page") || has_filter_of(question.filters, "event:page")) return {};
      return invalid(fmt::format("Metric `{}` can only be queried with event:page filters or dimensions.", metric.name));
    case Requires::Goal:
      if (has_dimension(question, "event:goal") || has_filter_of(question.filters, Special::Goal)) return {};
      return invalid(fmt::format("Metric `{}` can only be queried with event:goal filters or dimensions.", metric.name));
    case Requires::NoEventDimension:
      if (!event_dimension) return {};
      return invalid(fmt::format("Session metric(s) `{}` cannot be queried along with event dimensions.", metric.name));
  }
  return {};
}

Result<void> check_whole(const Question& question) {
  for (const Metric* metric : question.metrics) {
    if (auto checked = check_metric(*metric, question); !checked) return checked;
  }
  const auto times = std::ranges::count_if(question.dimensions, [](const DimensionUse& use) { return use.dimension->level == Level::Time; });
  if (times > 1) return invalid("#/dimensions: at most one time dimension is allowed");
  if (question.time_labels && times == 0) return invalid("Invalid include.time_labels: requires a time dimension.");
  return {};
}

}  // namespace

Result<ParsedQuestion> parse_question(std::string_view body) {
  NOCT_TRY(const Json json, parse_object(body));
  ParsedQuestion parsed;
  Question& question = parsed.question;
  if (auto checked = check_keys(json); !checked) return std::unexpected(std::move(checked).error());
  NOCT_TRY(parsed.site_id, site_of(json));
  if (auto done = parse_metrics(json, question); !done) return std::unexpected(std::move(done).error());
  NOCT_TRY(parsed.range, parse_date_range(json));
  if (auto done = parse_dimensions(json, question); !done) return std::unexpected(std::move(done).error());
  NOCT_TRY(const Json* filters, array_of(json, "filters", kFiltersMax));
  NOCT_TRY(question.filters, parse_filters(*filters));
  if (auto done = parse_order(json, question); !done) return std::unexpected(std::move(done).error());
  if (auto done = parse_include(json, question); !done) return std::unexpected(std::move(done).error());
  if (auto done = parse_pagination(json, question); !done) return std::unexpected(std::move(done).error());
  if (auto done = check_whole(question); !done) return std::unexpected(std::move(done).error());
  parsed.filters_json = filters->dump(-1, ' ', false, Json::error_handler_t::replace);
  if (json.contains("include") && json["include"].is_object()) parsed.include_json = json["include"].dump();
  return parsed;
}

Result<std::string> site_of_query(std::string_view body) {
  NOCT_TRY(const Json json, parse_object(body));
  return site_of(json);
}

}  // namespace noctule

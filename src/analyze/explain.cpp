// SPDX-License-Identifier: Apache-2.0
#include "explain.h"

#include <fmt/format.h>

#include "noctule/base/text.h"
#include "tables.h"

namespace noctule {
namespace {

template <typename T>
Result<void> take(std::optional<T>& slot, std::optional<T> value, std::string_view key, std::string_view text) {
  if (!value) return fail(ErrorCode::InvalidInput, fmt::format("--explain: \"{}\" is no {}", printable(text, 40), key));
  slot = value;
  return {};
}

// Ids are in lower case; people write names as they see them.
std::string to_lower_copy(std::string_view text) {
  std::string out;
  for (const char c : text) out += to_lower(c);
  return out;
}

}  // namespace

Result<ArrivalFilter> ArrivalFilter::parse(std::string_view text) {
  ArrivalFilter filter;
  if (text == "all") return filter;
  while (!text.empty()) {
    const size_t comma = text.find(',');
    const std::string_view condition = text.substr(0, comma);
    text = comma == std::string_view::npos ? std::string_view{} : text.substr(comma + 1);
    const size_t equals = condition.find('=');
    const std::string_view key = condition.substr(0, equals);
    const std::string_view value = equals == std::string_view::npos ? std::string_view{} : condition.substr(equals + 1);
    Result<void> taken;
    if (key == "app") {
      filter.app_ = Knowledge::builtin().find_app(to_lower_copy(value));
      if (filter.app_ == AppId::None) taken = fail(ErrorCode::InvalidInput, fmt::format("--explain: no app is called \"{}\"", printable(value, 40)));
    } else if (key == "grade") {
      taken = take(filter.grade_, parse_grade(value), key, value);
    } else if (key == "channel") {
      taken = take(filter.channel_, parse_channel(value), key, value);
    } else if (key == "private") {
      taken = take(filter.private_, parse_private(value), key, value);
    } else if (key == "line") {
      taken = take(filter.line_, parse_decimal(value), "line number", value);
    } else if (key == "page") {
      filter.page_ = value;
    } else if (key == "file") {
      filter.file_ = value;
    } else {
      taken = fail(ErrorCode::InvalidInput,
                   fmt::format("--explain: \"{}\" is no condition; expected \"all\" or app=, grade=, channel=, private=, page=, file=, "
                               "line= joined by commas", printable(condition, 40)));
    }
    if (!taken) return std::unexpected(std::move(taken).error());
  }
  return filter;
}

bool ArrivalFilter::admits(const Arrival& arrival, const ArrivalVerdict& verdict, std::string_view page, std::string_view path) const {
  return (app_ == AppId::None || verdict.app == app_) && (!grade_ || verdict.grade == *grade_) &&
         (!channel_ || verdict.channel == *channel_) && (!private_ || verdict.is_private == *private_) &&
         (!line_ || line_of(arrival.origin) == *line_) && page.find(page_) != std::string_view::npos && path.ends_with(file_);
}

std::vector<ExplainedArrival> explain_arrivals(Engine& engine, const Findings& findings, const ArrivalFilter& filter, size_t count_max) {
  const Knowledge& knowledge = Knowledge::builtin();
  std::vector<ExplainedArrival> out;
  const auto& arrivals = findings.tracked.arrivals;
  for (size_t i = 0; i < arrivals.size() && out.size() < count_max; ++i) {
    const Arrival& arrival = arrivals[i];
    const ArrivalVerdict& verdict = findings.verdicts[i];
    const std::string_view page = engine.names().name(arrival.page);
    const std::string path = engine.inputs()[file_of(arrival.origin)].shown_path();
    if (!filter.admits(arrival, verdict, page, path)) continue;
    ExplainedArrival row;
    row.instant_ms = arrival.instant_ms;
    row.file = path;
    row.line = line_of(arrival.origin);
    row.page = page;
    row.app = knowledge.app(verdict.app).id;
    row.channel = verdict.channel;
    row.ga4 = ga4_of(engine, findings, i);
    row.grade = verdict.grade;
    row.is_private = verdict.is_private;
    row.corroboration = arrival.corroboration;
    for (const RuleId id : verdict.rules) {
      if (id == RuleId::None) break;
      const RuleInfo& rule = knowledge.rule(id);
      row.rules.push_back({rule.id, rule.text, rule.source});
    }
    out.push_back(std::move(row));
  }
  return out;
}

}  // namespace noctule

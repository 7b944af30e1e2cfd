// SPDX-License-Identifier: Apache-2.0
#include "explain.h"

#include <fmt/format.h>

#include <unordered_map>

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

ExplainedArrival::CameFrom came_from(const Engine& engine, const Arrival& arrival, bool is_host_known) {
  using CameFrom = ExplainedArrival::CameFrom;
  if (arrival.has(HitFlag::ReferrerUnknown)) return CameFrom::NotLogged;
  if (is_host_known) return CameFrom::Elsewhere;
  switch (engine.verdicts().referrers.at(arrival.referrer).cls) {
    case ReferrerClass::None: return CameFrom::Nowhere;
    case ReferrerClass::Internal: return CameFrom::OwnPage;
    default: return CameFrom::Unreadable;
  }
}

// When each click or recipient id came first, and how often since. Arrivals are shown to it in order of time.
class IdHistory {
 public:
  // What was known of the arrival's ids before it: of the one that came first.
  [[nodiscard]] std::optional<ExplainedArrival::Echo> before(const Arrival& arrival) const {
    const Seen* first = nullptr;
    for (const uint64_t id : {arrival.click_id, arrival.recipient_id}) {
      const auto it = id == 0 ? seen_.end() : seen_.find(id);
      if (it != seen_.end() && (first == nullptr || it->second.first_ms < first->first_ms)) first = &it->second;
    }
    if (first == nullptr) return std::nullopt;
    return ExplainedArrival::Echo{arrival.instant_ms - first->first_ms, first->visits};
  }

  void add(const Arrival& arrival) {
    for (const uint64_t id : {arrival.click_id, arrival.recipient_id}) {
      if (id != 0) ++seen_.try_emplace(id, Seen{arrival.instant_ms, 0}).first->second.visits;
    }
  }

 private:
  struct Seen {
    int64_t first_ms;
    uint64_t visits;
  };
  std::unordered_map<uint64_t, Seen> seen_;
};

// What the rest of the log adds to the arrival's own line.
void add_company(ExplainedArrival& row, const Findings& findings, size_t index, const IdHistory& ids) {
  if (const auto match = findings.matches.find(index); match != findings.matches.end()) {
    const UnfurlMatch& paste = match->second;
    row.paste = {Knowledge::builtin().app(paste.app).id, paste.lag_ms, paste.chance, paste.chance <= kChanceMax};
  }
  if (index < findings.echoes.size() && findings.echoes[index]) row.echo = ids.before(findings.tracked.arrivals[index]);
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
  IdHistory ids;
  for (size_t i = 0; i < arrivals.size() && out.size() < count_max; ++i) {
    if (i > 0) ids.add(arrivals[i - 1]);
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
    if (arrival.referrer_host != 0) row.referrer_host = engine.names().name(arrival.referrer_host);
    row.came_from = came_from(engine, arrival, !row.referrer_host.empty());
    add_company(row, findings, i, ids);
    out.push_back(std::move(row));
  }
  return out;
}

}  // namespace noctule

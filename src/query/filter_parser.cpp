// SPDX-License-Identifier: Apache-2.0
#include "filter_parser.h"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "noctule/base/text.h"
#include "question_parser.h"

namespace noctule {
namespace {

using Json = nlohmann::ordered_json;

struct OperatorName {
  std::string_view name;
  Operator op;
};
constexpr OperatorName kOperators[] = {
    {"is", Operator::Is},           {"is_not", Operator::IsNot},           {"contains", Operator::Contains},
    {"contains_not", Operator::ContainsNot}, {"matches", Operator::Matches}, {"matches_not", Operator::MatchesNot},
    {"and", Operator::And},         {"or", Operator::Or},                  {"not", Operator::Not},
    {"has_done", Operator::HasDone}, {"has_not_done", Operator::HasNotDone}};

class Parser {
 public:
  Result<std::vector<Filter>> parse_list(const Json& list, std::string_view place, int depth) {
    std::vector<Filter> out;
    for (size_t i = 0; i < list.size(); ++i) {
      NOCT_TRY(Filter filter, parse(list[i], fmt::format("{}/{}", place, i), depth));
      out.push_back(std::move(filter));
    }
    return out;
  }

 private:
  static std::unexpected<Error> invalid(std::string_view place, const Json& filter, std::string_view why) {
    return fail(ErrorCode::InvalidInput,
                fmt::format("{}: Invalid filter {}: {}", place, printable(filter.dump(-1, ' ', false, Json::error_handler_t::replace), 160), why));
  }

  Result<Filter> parse(const Json& json, const std::string& place, int depth) {
    if (++count_ > kFiltersMax) return invalid(place, json, fmt::format("more than {} filters", kFiltersMax));
    if (depth >= kFilterDepthMax) return invalid(place, json, fmt::format("nested deeper than {}", kFilterDepthMax));
    if (!json.is_array() || json.size() < 2 || json.size() > 4 || !json[0].is_string()) {
      return invalid(place, json, "expected [operator, dimension, list of values], or [and|or|not|has_done|has_not_done, filters]");
    }
    const auto op = std::ranges::find(kOperators, json[0].get_ref<const std::string&>(), &OperatorName::name);
    if (op == std::end(kOperators)) return invalid(place, json, "unknown operator");
    Filter filter{.op = op->op};
    if (!filter.is_simple()) return parse_combined(json, place, depth, std::move(filter));
    if (auto done = parse_simple(json, place, filter); !done) return std::unexpected(std::move(done).error());
    return filter;
  }

  Result<Filter> parse_combined(const Json& json, const std::string& place, int depth, Filter filter) {
    if (json.size() != 2 || !json[1].is_array()) return invalid(place, json, "expected [operator, filters]");
    const bool behavioral = filter.is_behavioral();
    if (behavioral && behavioral_) return invalid(place, json, "behavioral filters cannot be nested");
    behavioral_ = behavioral_ || behavioral;
    if (filter.op == Operator::And || filter.op == Operator::Or) {
      if (json[1].empty()) return invalid(place, json, "expected at least one filter");
      NOCT_TRY(filter.children, parse_list(json[1], fmt::format("{}/1", place), depth + 1));
    } else {
      NOCT_TRY(Filter child, parse(json[1], fmt::format("{}/1", place), depth + 1));
      filter.children.push_back(std::move(child));
    }
    if (behavioral) behavioral_ = false;
    return filter;
  }

  Result<void> parse_simple(const Json& json, const std::string& place, Filter& filter) {
    if (json.size() < 3 || !json[1].is_string()) return invalid(place, json, "expected [operator, dimension, list of values]");
    const std::string& name = json[1].get_ref<const std::string&>();
    if (name == "segment") return invalid(place, json, "there are no segments here; write their filters out");
    const auto use = find_dimension(name);
    if (!use) return invalid(place, json, "unknown dimension");
    if (use->dimension->level == Level::Time) return invalid(place, json, "time cannot be filtered; set date_range");
    filter.dimension = *use;
    const bool of_goals = use->dimension->special == Special::Goal;
    if (of_goals && filter.op != Operator::Is && filter.op != Operator::IsNot && filter.op != Operator::Contains) {
      return invalid(place, json, "event:goal takes is, is_not and contains");
    }
    if (auto done = parse_clauses(json, place, filter); !done) return done;
    return json.size() == 4 ? parse_modifiers(json, place, filter) : Result<void>();
  }

  Result<void> parse_clauses(const Json& json, const std::string& place, Filter& filter) {
    const Json& clauses = json[2];
    if (!clauses.is_array() || clauses.empty()) return invalid(place, json, "expected a list of at least one value");
    if (clauses.size() > kClausesMax) return invalid(place, json, fmt::format("more than {} values", kClausesMax));
    const bool pattern = filter.op == Operator::Matches || filter.op == Operator::MatchesNot;
    if (pattern && (patterns_ += clauses.size()) > kPatternsMax) return invalid(place, json, fmt::format("more than {} patterns", kPatternsMax));
    const size_t bytes_max = pattern ? kPatternBytesMax : kClauseBytesMax;
    for (const Json& clause : clauses) {
      if (!clause.is_string() && !clause.is_number_integer()) return invalid(place, json, "values are texts");
      filter.clauses.push_back(clause.is_string() ? clause.get<std::string>() : clause.dump());
      if (filter.clauses.back().size() > bytes_max) return invalid(place, json, fmt::format("a value is longer than {} bytes", bytes_max));
    }
    return {};
  }

  Result<void> parse_modifiers(const Json& json, const std::string& place, Filter& filter) {
    const Json& modifiers = json[3];
    const bool alone = modifiers.is_object() && (modifiers.empty() || (modifiers.size() == 1 && modifiers.contains("case_sensitive")));
    if (!alone || (!modifiers.empty() && !modifiers["case_sensitive"].is_boolean())) {
      return invalid(place, json, "the only modifier is {\"case_sensitive\": true or false}");
    }
    if (modifiers.empty()) return {};
    if (filter.op == Operator::Matches || filter.op == Operator::MatchesNot) {
      return invalid(place, json, "patterns say themselves that case does not matter: (?i)");
    }
    filter.case_sensitive = modifiers["case_sensitive"].get<bool>();
    return {};
  }

  size_t count_ = 0, patterns_ = 0;
  bool behavioral_ = false;
};

}  // namespace

Result<std::vector<Filter>> parse_filters(const Json& list) { return Parser().parse_list(list, "#/filters", 0); }

}  // namespace noctule

#pragma once
// SPDX-License-Identifier: Apache-2.0
// question_parser: the JSON of a question, checked. Errors are those of whoever asks and name the place as a JSON pointer, the
// way Plausible's do: `#/metrics/0: Invalid metric "visitor"`.
#include <string>
#include <string_view>

#include "date_range.h"
#include "noctule/base/result.h"
#include "question.h"

namespace noctule {

// Limits, as documented in docs/query.md.
inline constexpr size_t kQuestionBytesMax = 65'536;
inline constexpr size_t kMetricsMax = 20, kDimensionsMax = 6, kOrdersMax = 10;
inline constexpr int kFilterDepthMax = 8;
inline constexpr size_t kFiltersMax = 100, kClausesMax = 500, kClauseBytesMax = 2'048;
inline constexpr size_t kPatternsMax = 10, kPatternBytesMax = 200;
inline constexpr int64_t kRowsMax = 10'000, kOffsetMax = 1'000'000;

struct ParsedQuestion {
  Question question;           // its range is still to be resolved
  RangeAsked range;
  // For the answer's "query": parts as they were sent, JSON.
  std::string site_id, filters_json = "[]", include_json = "{}";
};

[[nodiscard]] Result<ParsedQuestion> parse_question(std::string_view body);

}  // namespace noctule

// SPDX-License-Identifier: Apache-2.0
// The JSON of a question, to the statement that is made of it: limits hold, and every value is bound, none is written.
#include <algorithm>
#include <cstddef>
#include <cstdint>

#include "events_sql.h"
#include "expect.h"
#include "question_parser.h"

namespace {

using namespace noctule;
using fuzzing::expect;

constexpr int64_t kNowMs = 1'780'272'000'000;

// An engine whose words hold no parameter that it was not given.
class PlainDialect final : public Dialect {
 public:
  [[nodiscard]] std::string local_date(std::string_view, std::string_view) const override { return "local_date(time)"; }
  [[nodiscard]] std::string truncate_time(std::string_view, std::string_view, std::string_view) const override { return "hour(time)"; }
  [[nodiscard]] std::string json_text(std::string_view, std::string_view parameter) const override { return std::string(parameter); }
  [[nodiscard]] std::string matches(std::string_view column, std::string_view parameter) const override {
    return std::string(column) + " ~ " + std::string(parameter);
  }
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const auto parsed = parse_question({reinterpret_cast<const char*>(data), size});
  if (!parsed) {
    expect(parsed.error().code == ErrorCode::InvalidInput && !parsed.error().message.empty());
    return 0;
  }
  static const Zone zone = *Zone::find("UTC");
  Question question = parsed->question;
  expect(!question.metrics.empty() && question.metrics.size() <= kMetricsMax && question.dimensions.size() <= kDimensionsMax);
  expect(question.limit >= 1 && question.limit <= kRowsMax && question.offset >= 0 && question.offset <= kOffsetMax);
  question.range = resolve_range(parsed->range, zone, kNowMs, kNowMs - 86'400'000LL * 365, question.trim);
  expect(question.range.from_ms <= question.range.to_ms && question.range.first_day <= question.range.last_day);
  const EventsQuestion asked{.dimensions = question.dimensions, .filters = question.filters, .sums = question.sums(),
                             .scope = {1, 1, "", {{question.range.from_ms, question.range.to_ms}}}, .range = question.range};
  const Statement statement = events_sql(asked, zone, PlainDialect()).statement();
  expect(static_cast<size_t>(std::ranges::count(statement.sql, '?')) == statement.parameters.size());
  return 0;
}

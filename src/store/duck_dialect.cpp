// SPDX-License-Identifier: Apache-2.0
#include "duck_dialect.h"

#include <fmt/format.h>

#include <algorithm>

namespace noctule {
namespace {

// The names come from our own code; this keeps a mistake there from becoming an injection.
bool is_word(std::string_view text) {
  return !text.empty() && std::ranges::all_of(text, [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '/' || c == '+' || c == '-';
  });
}

class DuckDialect final : public Dialect {
 public:
  [[nodiscard]] std::string local_date(std::string_view column, std::string_view zone) const override {
    return fmt::format("CAST({} AS DATE)", local_time(column, zone));
  }

  [[nodiscard]] std::string truncate_time(std::string_view unit, std::string_view column, std::string_view zone) const override {
    NOCT_ASSERT(is_word(unit));
    return fmt::format("date_trunc('{}', {})", unit, local_time(column, zone));
  }

  // A JSON pointer, in which every key can be said: ~ and / are escaped (RFC 6901).
  [[nodiscard]] std::string json_text(std::string_view column, std::string_view parameter) const override {
    return fmt::format("json_extract_string({}, '/' || replace(replace({}, '~', '~0'), '/', '~1'))", column, parameter);
  }

  [[nodiscard]] std::string matches(std::string_view column, std::string_view parameter) const override {
    return fmt::format("regexp_matches({}, {})", column, parameter);
  }

 private:
  static std::string local_time(std::string_view column, std::string_view zone) {
    NOCT_ASSERT(is_word(zone));
    if (zone == "UTC") return fmt::format("CAST({} AS TIMESTAMP)", column);
    return fmt::format("timezone('{}', timezone('UTC', CAST({} AS TIMESTAMP)))", zone, column);
  }
};

}  // namespace

const Dialect& duck_dialect() {
  static const DuckDialect dialect;
  return dialect;
}

}  // namespace noctule

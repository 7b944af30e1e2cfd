// SPDX-License-Identifier: Apache-2.0
#include "json.h"

#include <fmt/format.h>

#include <charconv>
#include <cmath>

#include "noctule/base/text.h"
#include "noctule/collect/collector.h"

namespace noctule {
namespace {

static_assert(kBodyPadding >= simdjson::SIMDJSON_PADDING);
constexpr std::string_view kReplacement = "\\uFFFD";

// The value of \uXXXX at that place, -1 where there is none.
int unit_at(std::string_view text, size_t at) {
  if (text.substr(at, 2) != "\\u") return -1;
  const int high = hex_byte(text, at + 2), low = hex_byte(text, at + 4);
  return high < 0 || low < 0 ? -1 : high * 256 + low;
}
bool is_high(int unit) { return unit >= 0xD800 && unit < 0xDC00; }
bool is_low(int unit) { return unit >= 0xDC00 && unit < 0xE000; }

std::string replace_half_pairs(std::string_view body) {
  std::string out;
  for (size_t at = 0; at < body.size();) {
    if (body[at] != '\\') {
      out += body[at++];
      continue;
    }
    const int unit = unit_at(body, at);
    if (is_high(unit) && is_low(unit_at(body, at + 6))) {
      out += body.substr(at, 12);
      at += 12;
    } else if (is_high(unit) || is_low(unit)) {
      out += kReplacement;
      at += 6;
    } else {
      out += body.substr(at, 2);  // the escaped letter with it: of "\\u" the u begins nothing
      at += 2;
    }
  }
  return out;
}

}  // namespace

std::optional<JsonValue> JsonReader::read(std::string_view body) {
  if (body.size() > kBodySizeMax) return std::nullopt;
  JsonValue value;
  const auto error = parser_.parse(body.data(), body.size(), false).get(value);
  if (!error) return value;
  if (error != simdjson::STRING_ERROR) return std::nullopt;
  return read_copy(replace_half_pairs(body));
}

std::optional<JsonValue> JsonReader::read_copy(std::string_view text) {
  if (text.size() > kBodySizeMax) return std::nullopt;
  copy_.assign(text);
  copy_.append(kBodyPadding, ' ');
  JsonValue value;
  if (parser_.parse(copy_.data(), text.size(), false).get(value)) return std::nullopt;
  return value;
}

std::string_view text_of(JsonValue value) {
  std::string_view text;
  return value.get(text) ? std::string_view() : text;
}

std::optional<double> number_of(JsonValue value) {
  double number = 0;
  if (!value.get(number)) return number;
  const std::string_view text = trim(text_of(value));
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (text.empty() || error != std::errc() || end != text.data() + text.size() || !std::isfinite(number)) return std::nullopt;
  return number;
}

bool is_true(JsonValue value) {
  bool truth = false;
  if (!value.get(truth)) return truth;
  if (const std::string_view text = text_of(value); !text.empty()) return text == "1" || text == "true" || text == "on";
  return number_of(value).value_or(0) != 0;
}

std::optional<std::string_view> scalar_of(JsonValue value, std::string& scratch) {
  switch (value.type()) {
    case simdjson::dom::element_type::STRING: return text_of(value);
    case simdjson::dom::element_type::BOOL: return bool(value) ? "true" : "false";
    case simdjson::dom::element_type::INT64: scratch = fmt::to_string(int64_t(value)); return scratch;
    case simdjson::dom::element_type::UINT64: scratch = fmt::to_string(uint64_t(value)); return scratch;
    case simdjson::dom::element_type::DOUBLE: scratch = fmt::to_string(double(value)); return scratch;
    default: return std::nullopt;
  }
}

}  // namespace noctule

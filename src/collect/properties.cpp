// SPDX-License-Identifier: Apache-2.0
#include "properties.h"

#include <fmt/format.h>

#include "json_text.h"
#include "noctule/base/text.h"
#include "noctule/collect/cleaning.h"
#include "noctule/detect/knowledge.h"
#include "opaque.h"
#include "page.h"
#include "text_cleaning.h"

namespace noctule {
namespace {

bool is_address(std::string_view value) {
  return starts_with_ignoring_case(value, "http://") || starts_with_ignoring_case(value, "https://");
}

bool is_left_out(std::string_view key, std::string_view value) {
  if (says_who(key) || says_who(value)) return true;
  return Knowledge::builtin().is_personal(fmt::format("{}={}", key, value));
}

std::string kept_value(std::string_view value, ConsentMode mode) {
  std::string clean;
  if (is_address(value)) clean = clean_referrer(value);
  else if (mode == ConsentMode::Consented || !is_opaque(value)) append_clean(value, kPropertyValueSizeMax, clean);
  return clean.empty() ? std::string(kHidden) : clean;
}

}  // namespace

void append_properties(std::span<const RawProperty> properties, ConsentMode mode, std::string& out) {
  char mark = '{';
  std::string key;
  for (const RawProperty& property : properties) {
    key.clear();
    append_clean(property.key, kPropertyKeySizeMax, key);
    if (key.empty() || (!is_address(property.value) && is_left_out(key, property.value))) continue;
    out += mark;
    append_quoted(key, out);
    out += ':';
    append_quoted(kept_value(property.value, mode), out);
    mark = ',';
  }
  if (mark == ',') out += '}';
}

}  // namespace noctule

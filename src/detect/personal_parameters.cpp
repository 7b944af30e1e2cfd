// SPDX-License-Identifier: Apache-2.0
#include "personal_parameters.h"

#include <fmt/format.h>

#include <algorithm>

#include "noctule/base/text.h"
#include "noctule/detect/knowledge.h"
#include "tsv.h"

namespace noctule {
namespace {

// "Session-ID" -> "sessionid"; brackets as in "user[email]" leave the last name.
std::string plain_name(std::string_view name) {
  std::string plain;
  for (const char c : name) {
    if (c == '[') plain.clear();
    else if (c != '-' && c != '_' && c != '.' && c != ']') plain += to_lower(c);
  }
  return plain;
}

}  // namespace

Result<PersonalParameters> PersonalParameters::read(std::string_view text) {
  NOCT_TRY(const TsvTable table, TsvTable::parse("personal_parameters", text, {"name", "text", "source"}));
  PersonalParameters parameters;
  for (const auto& row : table.rows()) {
    const std::string name = plain_name(row[0]);
    if (name.empty() || name != row[0] || row[1].empty() || row[2].empty()) {
      return fail(ErrorCode::InvalidInput, fmt::format("personal_parameters.tsv: '{}': expected a plain name, a text, a source", row[0]));
    }
    parameters.names_.push_back(name);
  }
  std::ranges::sort(parameters.names_);
  if (const auto twice = std::ranges::adjacent_find(parameters.names_); twice != parameters.names_.end()) {
    return fail(ErrorCode::InvalidInput, fmt::format("personal_parameters.tsv: '{}' is there twice", *twice));
  }
  return parameters;
}

bool PersonalParameters::has(std::string_view parameter) const {
  const std::string decoded = percent_decode(parameter);
  const size_t equals = decoded.find('=');
  if (equals == std::string::npos) return contains_email_address(decoded);
  return std::ranges::binary_search(names_, plain_name(std::string_view(decoded).substr(0, equals))) ||
         contains_email_address(std::string_view(decoded).substr(equals + 1));
}

bool contains_email_address(std::string_view text) {
  const std::string decoded = percent_decode(text);
  for (size_t at = decoded.find('@'); at != std::string::npos; at = decoded.find('@', at + 1)) {
    const auto is_part = [](char c) { return is_alpha(c) || is_digit(c) || c == '.' || c == '-' || c == '_' || c == '+'; };
    if (at == 0 || !is_part(decoded[at - 1])) continue;
    size_t end = at + 1;
    while (end < decoded.size() && is_part(decoded[end])) ++end;
    const size_t dot = decoded.find('.', at + 1);
    if (dot != std::string::npos && dot > at + 1 && dot + 1 < end) return true;
  }
  return false;
}

}  // namespace noctule

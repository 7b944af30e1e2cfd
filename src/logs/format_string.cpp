// SPDX-License-Identifier: Apache-2.0
// Which kind of format string a text is, and the string out of a configuration's whole directive.
#include <fmt/format.h>

#include "pattern.h"

namespace noctule {
namespace {

// "$name" or "${name".
bool has_variable(std::string_view text) {
  for (size_t at = text.find('$'); at != std::string_view::npos; at = text.find('$', at + 1)) {
    const char next = at + 1 < text.size() ? text[at + 1] : '\0';
    if (is_alpha(next) || next == '_' || next == '{') return true;
  }
  return false;
}

std::string_view take_word(std::string_view& text) {
  text = trim(text);
  const size_t end = std::min(text.find_first_of(" \t\n"), text.size());
  const std::string_view word = text.substr(0, end);
  text = trim(text.substr(end));
  return word;
}

// What stands between the quotes of one string, which is taken off the text; false where there is none.
bool take_quoted(std::string_view& text, std::string_view& inside) {
  if (text.empty() || (text[0] != '\'' && text[0] != '"')) return false;
  size_t end = 1;
  while (end < text.size() && text[end] != text[0]) end += text[end] == '\\' ? 2 : 1;
  if (end >= text.size()) return false;
  inside = text.substr(1, end - 1);
  text = trim(text.substr(end + 1));
  return true;
}

void read_escape_parameter(std::string_view& text, Pattern::Escaping& escaping) {
  if (!trim(text).starts_with("escape=")) return;
  const std::string_view word = take_word(text);
  if (word == "escape=json") escaping = Pattern::Escaping::Json;
  if (word == "escape=none") escaping = Pattern::Escaping::None;
}

// log_format name escape=json '...' '...';
Result<std::string> unwrap_nginx(std::string_view text, Pattern::Escaping& escaping) {
  take_word(text);
  take_word(text);
  read_escape_parameter(text, escaping);
  std::string format;
  std::string_view part;
  while (take_quoted(text, part)) format += part;
  if (format.empty() || (!text.empty() && text != ";")) {
    return fail(ErrorCode::InvalidInput, fmt::format("log_format: after the name quoted strings and ; are expected, found is "
                                                     "\"{}\"", printable(text, 60)));
  }
  return format;
}

// LogFormat "..." nickname
Result<std::string> unwrap_apache(std::string_view text) {
  take_word(text);
  std::string_view format;
  if (!take_quoted(text, format)) return fail(ErrorCode::InvalidInput, "LogFormat: a quoted string is expected after it");
  return std::string(format);
}

}  // namespace

bool looks_like_format_string(std::string_view text) {
  return has_variable(text) || text.find('%') != std::string_view::npos;
}

Result<Pattern> compile_format_string(std::string_view text, bool needs_time) {
  text = trim(text);
  Pattern::Escaping escaping = Pattern::Escaping::Backslash;
  std::string format(text);
  if (starts_with_ignoring_case(text, "LogFormat ")) {
    NOCT_TRY(format, unwrap_apache(text));
  } else if (text.starts_with("log_format ")) {
    NOCT_TRY(format, unwrap_nginx(text, escaping));
  } else if (text.starts_with("escape=")) {
    read_escape_parameter(text, escaping);
    format = text;
  }
  NOCT_TRY(Pattern pattern, has_variable(format) ? compile_nginx_format(format) : compile_apache_format(format));
  pattern.escaping = escaping;
  return simplify(std::move(pattern), needs_time);
}

}  // namespace noctule

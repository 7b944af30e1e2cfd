// SPDX-License-Identifier: Apache-2.0
#include "noctule/detect/page_address.h"

#include <fmt/format.h>

#include "noctule/base/text.h"

namespace noctule {
namespace {

constexpr size_t kParametersMax = 64;

bool is_unreserved(char c) { return is_alpha(c) || is_digit(c) || c == '-' || c == '.' || c == '_' || c == '~'; }
bool is_ascii(char c) { return static_cast<unsigned char>(c) < 0x80; }

// Escapes undone where they say nothing: of unreserved letters and of bytes beyond ASCII.
std::string undo_escapes(std::string_view path) {
  std::string out;
  out.reserve(path.size());
  for (size_t i = 0; i < path.size(); ++i) {
    const int value = path[i] == '%' ? hex_byte(path, i + 1) : -1;
    if (value < 0) {
      out += path[i];
      continue;
    }
    const char byte = static_cast<char>(value);
    if (is_unreserved(byte) || !is_ascii(byte)) out += byte;
    else out.append(fmt::format("%{:02X}", static_cast<unsigned char>(byte)));
    i += 2;
  }
  return out;
}

std::string escape_what_is_no_utf8(std::string_view path) {
  std::string out;
  out.reserve(path.size());
  while (!path.empty()) {
    const size_t length = utf8_length(path);
    if (length == 0) out.append(fmt::format("%{:02X}", static_cast<unsigned char>(path[0])));
    else out += path.substr(0, length);
    path.remove_prefix(length == 0 ? 1 : length);
  }
  return out;
}

std::string hide_personal_segments(std::string_view path) {
  std::string out;
  while (true) {
    const size_t slash = path.find('/');
    const std::string_view segment = path.substr(0, slash);
    out += contains_email_address(segment) ? "***" : segment;
    if (slash == std::string_view::npos) return out;
    out += '/';
    path.remove_prefix(slash + 1);
  }
}

}  // namespace

std::string normal_path(std::string_view path) {
  bool is_plain = true, has_at = false;
  for (const char c : path) {
    is_plain = is_plain && is_ascii(c) && c != '%' && c != ';';
    has_at = has_at || c == '@';
  }
  if (is_plain && !has_at) return std::string(path);
  std::string normal = escape_what_is_no_utf8(undo_escapes(path));
  if (const size_t session = lower(normal).find(";jsessionid="); session != std::string::npos) {
    normal.erase(session, normal.find_first_of(";/", session + 1) - session);
  }
  return hide_personal_segments(normal);
}

std::string content_query(std::string_view query, const Knowledge& knowledge) {
  std::string content;
  for (size_t parameters = 0; !query.empty() && parameters < kParametersMax; ++parameters) {
    const size_t ampersand = query.find('&');
    const std::string_view parameter = query.substr(0, ampersand);
    query = ampersand == std::string_view::npos ? std::string_view{} : query.substr(ampersand + 1);
    if (parameter.empty() || knowledge.classify_query(parameter) != QueryVerdict{} || knowledge.is_personal(parameter)) continue;
    if (!content.empty()) content += '&';
    content += parameter;
  }
  return content;
}

}  // namespace noctule

// SPDX-License-Identifier: Apache-2.0
#include "field_values.h"

#include <array>

#include "noctule/base/text.h"

namespace noctule {
namespace {

constexpr std::array<bool, 256> make_table(std::string_view extra) {
  std::array<bool, 256> table{};
  for (int c = 0; c < 256; ++c) table[c] = is_digit(static_cast<char>(c)) || is_alpha(static_cast<char>(c));
  for (const char c : extra) table[static_cast<unsigned char>(c)] = true;
  return table;
}
// '_' stands in host names that resolvers return; '%' begins an IPv6 zone.
constexpr auto kAddressBytes = make_table(".:-_%");
constexpr auto kHostBytes = make_table(".-_");

bool all_in(std::string_view text, const std::array<bool, 256>& table) {
  for (const char c : text) {
    if (!table[static_cast<unsigned char>(c)]) return false;
  }
  return !text.empty();
}

}  // namespace

bool read_status(std::string_view text, uint16_t& status) {
  if (text.size() == 1 && (text[0] == '-' || text[0] == '0')) return true;
  if (text.size() != 3 || !is_digit(text[0]) || !is_digit(text[1]) || !is_digit(text[2])) return false;
  status = static_cast<uint16_t>((text[0] - '0') * 100 + (text[1] - '0') * 10 + (text[2] - '0'));
  return true;
}

bool read_bytes(std::string_view text, int64_t& bytes) {
  if (text.size() == 1 && text[0] == '-') return true;
  if (text.empty() || text.size() > 18) return false;  // 18 digits fit int64_t
  int64_t value = 0;
  for (const char c : text) {
    if (!is_digit(c)) return false;
    value = value * 10 + (c - '0');
  }
  bytes = value;
  return true;
}

bool is_ip_address(std::string_view text) {
  if (text.find(':') != std::string_view::npos) {
    int colons = 0;
    for (const char c : text.substr(0, text.find('%'))) {
      if (c == ':') ++colons;
      else if (hex_value(c) < 0 && c != '.') return false;
    }
    return colons >= 2 && text.size() <= 64;
  }
  int parts = 0;
  while (!text.empty()) {
    const size_t dot = text.find('.');
    const std::string_view part = text.substr(0, dot);
    if (part.empty() || part.size() > 3 || ++parts > 4) return false;
    for (const char c : part) {
      if (!is_digit(c)) return false;
    }
    text = dot == std::string_view::npos ? std::string_view{} : text.substr(dot + 1);
    if (dot != std::string_view::npos && text.empty()) return false;
  }
  return parts == 4;
}

bool is_address_list(std::string_view text) {
  if (text.empty()) return false;
  while (true) {
    const size_t comma = text.find(',');
    const std::string_view part = trim(text.substr(0, comma));
    if (!is_ip_address(without_port(part)) && part != "unknown" && part != "_") return false;
    if (comma == std::string_view::npos) return true;
    text.remove_prefix(comma + 1);
  }
}

bool read_address(std::string_view text, LogRecord& record) {
  if (text == "-" || text == "unix:") return true;
  if (text.find(',') != std::string_view::npos) {
    if (!is_address_list(text)) return false;
    record.forwarded_for = text;
    text = trim(text.substr(0, text.find(',')));
  }
  record.address = without_port(text);
  if (!all_in(record.address, kAddressBytes)) return false;
  return record.address.find(':') == std::string_view::npos || is_ip_address(record.address);
}

std::string_view read_host(std::string_view text) {
  const std::string_view host = without_port(text);
  if (host == "-" || host == "_" || !all_in(host, text.starts_with('[') ? kAddressBytes : kHostBytes)) return {};
  return host;
}

bool looks_like_host(std::string_view text) {
  const std::string_view host = read_host(text);
  return !host.empty() && (host.find('.') != std::string_view::npos || host == "localhost");
}

bool is_method(std::string_view text) {
  if (text.empty() || text.size() > 32) return false;
  for (const char c : text) {
    if (!is_alpha(c) && c != '-' && c != '_') return false;
  }
  return is_alpha(text[0]);
}

void read_target(std::string_view target, LogRecord& record) {
  record.target = target;
  if (target.empty() || target[0] == '/') return;
  const auto url = split_url(target);
  if (!url) return;
  const std::string_view host = read_host(url->host);
  if (host.empty()) return;
  if (record.host.empty()) record.host = host;
  if (record.scheme.empty()) record.scheme = url->scheme;
  const size_t path = target.find_first_of("/?#", url->scheme.size() + 3);
  record.target = path == std::string_view::npos ? std::string_view("/") : target.substr(path);
}

void read_request(std::string_view request, LogRecord& record) {
  const size_t space = request.find(' ');
  if (space == std::string_view::npos || !is_method(request.substr(0, space))) return;
  std::string_view target = request.substr(space + 1), protocol;
  if (const size_t last = target.rfind(' '); last != std::string_view::npos) {
    const std::string_view word = target.substr(last + 1);
    const size_t slash = word.find('/');
    if (slash != std::string_view::npos && slash + 1 < word.size() && is_method(word.substr(0, slash)) &&
        is_digit(word[slash + 1])) {
      protocol = word;
      target = target.substr(0, last);
    }
  }
  target = trim(target);
  if (target.empty()) return;
  const bool is_path = target[0] == '/' || target[0] == '*' || target.find("://") != std::string_view::npos;
  if (protocol.empty() && !is_path) return;
  record.method = request.substr(0, space);
  record.protocol = protocol;
  read_target(target, record);
}

}  // namespace noctule

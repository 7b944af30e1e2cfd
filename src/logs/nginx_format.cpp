// SPDX-License-Identifier: Apache-2.0
// nginx's log_format: https://nginx.org/en/docs/http/ngx_http_log_module.html#log_format
#include <fmt/format.h>

#include <algorithm>

#include "pattern.h"

namespace noctule {
namespace {

struct Variable {
  std::string_view name;
  Piece::Kind kind;
  Role role;
};
using Kind = Piece::Kind;

// Variables are without number (map and set make new ones): what is not here is read over.
constexpr Variable kVariables[] = {
    {"time_local", Kind::AnyTime, Role::AnyTime},       {"time_iso8601", Kind::AnyTime, Role::AnyTime},
    {"msec", Kind::AnyTime, Role::AnyTime},             {"remote_addr", Kind::Value, Role::Address},
    {"binary_remote_addr", Kind::Value, Role::Ignored}, {"proxy_add_x_forwarded_for", Kind::Value, Role::ForwardedFor},
    {"request", Kind::Value, Role::Request},            {"request_method", Kind::Value, Role::Method},
    {"request_uri", Kind::Value, Role::Target},         {"uri", Kind::Value, Role::Path},
    {"document_uri", Kind::Value, Role::Path},          {"args", Kind::Value, Role::Query},
    {"query_string", Kind::Value, Role::Query},         {"server_protocol", Kind::Value, Role::Protocol},
    {"host", Kind::Value, Role::Host},                  {"server_name", Kind::Value, Role::Host},
    {"scheme", Kind::Value, Role::Scheme},              {"status", Kind::Value, Role::Status},
    {"body_bytes_sent", Kind::Value, Role::Bytes},      {"bytes_sent", Kind::Value, Role::Bytes},
    {"is_args", Kind::IsArgs, Role::Ignored},           {"remote_port", Kind::Port, Role::Ignored},
    {"server_port", Kind::Port, Role::Ignored},         {"realip_remote_addr", Kind::Value, Role::Ignored},
};

bool is_name_byte(char c) { return is_alpha(c) || is_digit(c) || c == '_'; }

// Sites that shorten addresses do it with a map: "$remote_addr_anon", "$anonymized_ip".
bool looks_like_shortened_address(std::string_view name) {
  const bool is_address = name.find("remote_addr") != std::string_view::npos || name.find("ip") != std::string_view::npos;
  return is_address && (name.find("anon") != std::string_view::npos || name.find("mask") != std::string_view::npos);
}

Piece make_piece(std::string_view name, std::string_view as_written, size_t place) {
  Piece piece{.kind = Kind::Value, .role = Role::Ignored, .text = std::string(as_written), .place = place, .time_items = {}};
  for (const Variable& row : kVariables) {
    if (row.name != name) continue;
    piece.kind = row.kind;
    piece.role = row.role;
    return piece;
  }
  if (name.starts_with("http_")) {
    std::string header(name.substr(5));
    std::replace(header.begin(), header.end(), '_', '-');
    piece.role = role_of_header(header);
  } else if (looks_like_shortened_address(name)) {
    piece.role = Role::Address;
  }
  return piece;
}

}  // namespace

Result<Pattern> compile_nginx_format(std::string_view format) {
  Pattern pattern;
  pattern.name = "nginx-format";
  size_t at = 0;
  while (at < format.size()) {
    if (format[at] != '$') {
      const size_t end = std::min(format.find('$', at), format.size());
      add_literal(pattern, format.substr(at, end - at), at + 1);
      at = end;
      continue;
    }
    const bool braced = at + 1 < format.size() && format[at + 1] == '{';
    const size_t begin = at + (braced ? 2 : 1);
    size_t end = begin;
    while (end < format.size() && is_name_byte(format[end])) ++end;
    const bool closed = !braced || (end < format.size() && format[end] == '}');
    if (end == begin || !closed) {
      return fail(ErrorCode::InvalidInput,
                  fmt::format("format string, character {}: after $ a variable's name is expected{}", at + 1,
                              braced ? ", then }" : ""));
    }
    const size_t next = end + (braced ? 1 : 0);
    pattern.pieces.push_back(make_piece(format.substr(begin, end - begin), format.substr(at, next - at), at + 1));
    at = next;
  }
  return pattern;
}

}  // namespace noctule

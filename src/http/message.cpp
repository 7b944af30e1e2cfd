// SPDX-License-Identifier: Apache-2.0
#include "noctule/http/message.h"

#include <fmt/format.h>

#include <algorithm>

#include "noctule/base/text.h"

namespace noctule {
namespace {

constexpr std::array<std::string_view, kFields> kFieldNames = {
    "Accept", "Accept-Encoding", "Accept-Language", "Access-Control-Request-Method", "Authorization", "Connection", "Content-Type",
    "Cookie", "DNT", "Expect", "Forwarded", "Host", "If-None-Match", "Origin", "Purpose", "Referer", "Sec-Fetch-Site", "Sec-GPC",
    "Sec-Purpose", "Transfer-Encoding", "User-Agent", "X-CSRF-Token", "X-Debug-Request", "X-Forwarded-For", "X-Forwarded-Proto"};

struct Reason {
  int status;
  std::string_view text;
};
constexpr Reason kReasons[] = {
    {200, "OK"}, {201, "Created"}, {202, "Accepted"}, {204, "No Content"}, {303, "See Other"}, {304, "Not Modified"},
    {400, "Bad Request"}, {401, "Unauthorized"}, {403, "Forbidden"}, {404, "Not Found"}, {405, "Method Not Allowed"},
    {406, "Not Acceptable"}, {408, "Request Timeout"}, {409, "Conflict"}, {410, "Gone"}, {411, "Length Required"},
    {413, "Content Too Large"}, {414, "URI Too Long"}, {415, "Unsupported Media Type"}, {417, "Expectation Failed"},
    {422, "Unprocessable Content"}, {429, "Too Many Requests"}, {431, "Request Header Fields Too Large"},
    {500, "Internal Server Error"}, {501, "Not Implemented"}, {503, "Service Unavailable"}, {505, "HTTP Version Not Supported"},
    {507, "Insufficient Storage"}};

bool has_body(int status) { return status >= 200 && status != 204 && status != 304; }

std::string decode_form(std::string_view text) {
  std::string spaced(text);
  std::ranges::replace(spaced, '+', ' ');
  return percent_decode(spaced);
}

}  // namespace

std::string_view name_of(Method method) {
  constexpr std::array<std::string_view, 8> kNames = {"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "OTHER"};
  return kNames[static_cast<size_t>(method)];
}

std::optional<Field> find_field(std::string_view name) {
  for (size_t i = 0; i < kFields; ++i) {
    if (kFieldNames[i].size() == name.size() && equals_ignoring_case(kFieldNames[i], name)) return static_cast<Field>(i);
  }
  return std::nullopt;
}

std::string_view Request::header(std::string_view name) const {
  for (const HeaderView& line : headers) {
    if (equals_ignoring_case(line.name, name)) return line.value;
  }
  return {};
}

std::string_view Request::cookie(std::string_view name) const {
  for (const HeaderView& line : headers) {
    if (!equals_ignoring_case(line.name, "Cookie")) continue;
    std::string_view rest = line.value;
    while (!rest.empty()) {
      const size_t end = std::min(rest.find(';'), rest.size());
      const std::string_view pair = trim(rest.substr(0, end));
      rest.remove_prefix(std::min(end + 1, rest.size()));
      if (pair.size() > name.size() && pair[name.size()] == '=' && pair.starts_with(name)) return pair.substr(name.size() + 1);
    }
  }
  return {};
}

std::optional<std::string> Request::query_value(std::string_view name) const {
  std::string_view rest = query;
  while (!rest.empty()) {
    const size_t end = std::min(rest.find('&'), rest.size());
    const std::string_view pair = rest.substr(0, end);
    rest.remove_prefix(std::min(end + 1, rest.size()));
    const size_t equals = std::min(pair.find('='), pair.size());
    if (decode_form(pair.substr(0, equals)) == name) return decode_form(pair.substr(std::min(equals + 1, pair.size())));
  }
  return std::nullopt;
}

std::string_view reason_of(int status) {
  const auto found = std::ranges::find(kReasons, status, &Reason::status);
  return found == std::end(kReasons) ? "Unknown" : found->text;
}

Prepared prepare_reply(int status, std::string_view headers, std::string_view body) {
  Prepared reply{status, fmt::format("HTTP/1.1 {} {}\r\n{}", status, reason_of(status), headers), std::string(body)};
  if (has_body(status)) reply.head += fmt::format("Content-Length: {}\r\n", body.size());
  return reply;
}

void Response::add(std::string_view name, std::string_view value) {
  headers.append(name).append(": ");
  for (const char c : value) headers += static_cast<unsigned char>(c) < 0x20 || c == 0x7f ? ' ' : c;
  headers.append("\r\n");
}

void Response::json(int status_code, std::string content) { text(status_code, "application/json", std::move(content)); }

void Response::text(int status_code, std::string_view type, std::string content) {
  status = status_code;
  content_type = type;
  body = std::move(content);
}

void Response::fail_with(int status_code, std::string_view message) { json(status_code, fmt::format("{{\"error\":{}}}", json_quoted(message))); }

void Response::redirect(std::string_view location) {
  status = 303;
  body.clear();
  add("Location", location);
}

std::string json_quoted(std::string_view text) {
  std::string out = "\"";
  out.reserve(text.size() + 2);
  while (!text.empty()) {
    const auto c = static_cast<unsigned char>(text.front());
    size_t length = 1;
    if (c == '"' || c == '\\') {
      out += '\\';
      out += text.front();
    } else if (c < 0x20 || c == 0x7f) {
      out += fmt::format("\\u{:04x}", c);
    } else if (c < 0x80) {
      out += text.front();
    } else if (length = utf8_length(text); length != 0) {
      out.append(text.substr(0, length));
    } else {
      length = 1;
      out.append("\\ufffd");
    }
    text.remove_prefix(length);
  }
  return out += '"';
}

}  // namespace noctule

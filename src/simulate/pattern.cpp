// SPDX-License-Identifier: Apache-2.0
#include "pattern.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>

#include "addresses.h"
#include "noctule/base/text.h"
#include "url_text.h"

namespace noctule::sim {
namespace {

void append_peer(LineContext& context, const Hit& hit, std::string& out) { append_address(out, context.peer(hit)); }
void append_dash(LineContext&, const Hit&, std::string& out) { out.push_back('-'); }
void append_clf(LineContext& context, const Hit&, std::string& out) { out += context.clock.clf(); }
void append_bracketed_clf(LineContext& context, const Hit&, std::string& out) { out.append("[").append(context.clock.clf()).append("]"); }
void append_iso(LineContext& context, const Hit&, std::string& out) { out.append(context.clock.iso()).append("+00:00"); }
void append_msec(LineContext& context, const Hit&, std::string& out) {
  fmt::format_to(std::back_inserter(out), "{}.{:03}", context.clock.second(), context.clock.millisecond());
}
void append_method(LineContext&, const Hit& hit, std::string& out) { out += text_of(hit.method); }
void append_uri(LineContext& context, const Hit& hit, std::string& out) { append_target(out, hit.target, context.texts); }
void append_protocol(LineContext&, const Hit& hit, std::string& out) { out += text_of(hit.protocol); }
void append_request(LineContext& context, const Hit& hit, std::string& out) {
  append_method(context, hit, out);
  out.push_back(' ');
  append_uri(context, hit, out);
  out.push_back(' ');
  append_protocol(context, hit, out);
}
void append_only_path(LineContext& context, const Hit& hit, std::string& out) { append_path(out, hit.target, context.texts); }
void append_arguments(LineContext& context, const Hit& hit, std::string& out) { append_query(out, hit.target, context.texts); }
void append_marked_arguments(LineContext& context, const Hit& hit, std::string& out) {
  const size_t before = out.size();
  out.push_back('?');
  append_query(out, hit.target, context.texts);
  if (out.size() == before + 1) out.pop_back();
}
void append_status(LineContext&, const Hit& hit, std::string& out) { append_number(out, hit.status); }
void append_bytes(LineContext&, const Hit& hit, std::string& out) { append_number(out, bytes_of(hit)); }
void append_bytes_or_dash(LineContext&, const Hit& hit, std::string& out) {
  if (bytes_of(hit) == 0) {
    out.push_back('-');
  } else {
    append_number(out, bytes_of(hit));
  }
}
void append_seconds(LineContext&, const Hit& hit, std::string& out) {
  fmt::format_to(std::back_inserter(out), "{}.{:03}", hit.duration_ms / 1'000, hit.duration_ms % 1'000);
}
void append_microseconds(LineContext&, const Hit& hit, std::string& out) { append_number(out, uint64_t{hit.duration_ms} * 1'000); }
void append_from(LineContext& context, const Hit& hit, std::string& out) {
  if (hit.referrer.text == TextId::None) {
    out.push_back('-');
  } else {
    append_referrer(out, hit.referrer, context.texts, context.host);
  }
}
void append_agent(LineContext& context, const Hit& hit, std::string& out) { append_or_dash(out, context.texts.text(hit.user_agent)); }
void append_forwarded(LineContext& context, const Hit& hit, std::string& out) {
  if (context.cdn_edge) {
    append_address(out, hit.client);
  } else {
    out.push_back('-');
  }
}
void append_package(LineContext& context, const Hit& hit, std::string& out) { append_or_dash(out, context.texts.text(hit.package)); }
void append_purpose(LineContext&, const Hit& hit, std::string& out) { append_or_dash(out, text_of(hit.purpose)); }
void append_host(LineContext& context, const Hit&, std::string& out) { out += context.host; }
void append_scheme(LineContext&, const Hit&, std::string& out) { out += "https"; }
void append_server_port(LineContext&, const Hit&, std::string& out) { out += "443"; }
void append_client_port(LineContext&, const Hit& hit, std::string& out) { append_number(out, port_of(hit)); }
void append_percent(LineContext&, const Hit&, std::string& out) { out.push_back('%'); }

constexpr uint8_t kTarget = static_cast<uint8_t>(Trace::Target), kReferrer = static_cast<uint8_t>(Trace::Referrer),
                  kAgent = static_cast<uint8_t>(Trace::UserAgent);

struct VariableRow {
  std::string_view spelling;  // lower case
  WriteLine append;
  uint8_t shows = 0;
};
constexpr VariableRow kVariables[] = {
    {"$remote_addr", append_peer},
    {"$remote_user", append_dash},
    {"$time_local", append_clf},
    {"$time_iso8601", append_iso},
    {"$msec", append_msec},
    {"$request", append_request, kTarget},
    {"$request_method", append_method},
    {"$request_uri", append_uri, kTarget},
    {"$uri", append_only_path},
    {"$args", append_arguments, kTarget},
    {"$query_string", append_arguments, kTarget},
    {"$server_protocol", append_protocol},
    {"$status", append_status},
    {"$body_bytes_sent", append_bytes},
    {"$bytes_sent", append_bytes},
    {"$request_time", append_seconds},
    {"$http_referer", append_from, kReferrer},
    {"$http_user_agent", append_agent, kAgent},
    {"$http_x_forwarded_for", append_forwarded},
    {"$http_x_requested_with", append_package, kAgent},
    {"$http_sec_purpose", append_purpose},
    {"$host", append_host},
    {"$http_host", append_host},
    {"$server_name", append_host},
    {"$scheme", append_scheme},
    {"$server_port", append_server_port},
    {"$remote_port", append_client_port},
    {"%h", append_peer},
    {"%a", append_peer},
    {"%l", append_dash},
    {"%u", append_dash},
    {"%t", append_bracketed_clf},
    {"%r", append_request, kTarget},
    {"%m", append_method},
    {"%q", append_marked_arguments, kTarget},
    {"%s", append_status},
    {"%b", append_bytes_or_dash},
    {"%v", append_host},
    {"%p", append_server_port},
    {"%%", append_percent},
    {"%{referer}i", append_from, kReferrer},
    {"%{user-agent}i", append_agent, kAgent},
    {"%{x-forwarded-for}i", append_forwarded},
    {"%{x-requested-with}i", append_package, kAgent},
    {"%{sec-purpose}i", append_purpose},
    {"%{host}i", append_host},
};

// Apache tells some directives apart by their case alone: %b and %B, %u and %U.
struct CapitalRow {
  char letter;
  WriteLine append;
};
constexpr CapitalRow kCapitals[] = {{'B', append_bytes}, {'O', append_bytes}, {'D', append_microseconds}, {'U', append_only_path},
                                    {'H', append_protocol}, {'V', append_host}};

bool is_name_byte(char c) { return is_alpha(c) || is_digit(c) || c == '_'; }

// Length of the variable that begins here, with its sign.
size_t size_of_nginx_variable(std::string_view text) {
  return static_cast<size_t>(std::ranges::find_if_not(text.substr(1), is_name_byte) - text.begin());
}

size_t size_of_apache_directive(std::string_view text) {
  size_t at = 1;
  while (at < text.size() && (text[at] == '>' || text[at] == '<')) ++at;
  if (at < text.size() && text[at] == '{') at = std::min(text.find('}', at), text.size() - 1) + 1;
  return std::min(at + 1, text.size());
}

Result<VariableRow> find_variable(std::string_view spelling) {
  std::string key(spelling);
  std::erase_if(key, [](char c) { return c == '>' || c == '<'; });
  if (key.size() == 2 && key[0] == '%') {
    const auto capital = std::ranges::find(kCapitals, key[1], &CapitalRow::letter);
    if (capital != std::end(kCapitals)) return VariableRow{"", capital->append, 0};
  }
  key = lower(key);
  const auto row = std::ranges::find(kVariables, key, &VariableRow::spelling);
  if (row == std::end(kVariables)) {
    return fail(ErrorCode::InvalidInput, fmt::format("cannot write {} in a log format: it is not known", printable(spelling, 60)));
  }
  return *row;
}

void append_text(Pattern& pattern, std::string_view text) {
  if (pattern.parts.empty() || pattern.parts.back().append != nullptr) pattern.parts.push_back({nullptr, ""});
  pattern.parts.back().text += text;
}

}  // namespace

bool is_pattern(std::string_view format) { return format.find_first_of("$%") != std::string_view::npos; }

Result<Pattern> compile_pattern(std::string_view format) {
  const bool is_nginx = format.find('$') != std::string_view::npos;
  Pattern pattern;
  while (!format.empty()) {
    const size_t mark = std::min(format.find(is_nginx ? '$' : '%'), format.size());
    if (mark > 0) append_text(pattern, format.substr(0, mark));
    format.remove_prefix(mark);
    if (format.empty()) break;
    const size_t size = is_nginx ? size_of_nginx_variable(format) : size_of_apache_directive(format);
    NOCT_TRY(const VariableRow row, find_variable(format.substr(0, size)));
    pattern.parts.push_back({row.append, ""});
    pattern.shows |= row.shows;
    format.remove_prefix(size);
  }
  append_text(pattern, "\n");
  return pattern;
}

void write_pattern(LineContext& context, const Hit& hit, std::string& out) {
  for (const PatternPart& part : context.pattern) {
    if (part.append != nullptr) {
      part.append(context, hit, out);
    } else {
      out += part.text;
    }
  }
}

}  // namespace noctule::sim

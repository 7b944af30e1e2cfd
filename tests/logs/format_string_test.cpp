// SPDX-License-Identifier: Apache-2.0
// Property: what a server writes by a format string comes back from the parser that was made of the same string.
#include <fmt/format.h>
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "noctule/base/civil_time.h"
#include "noctule/logs/log_format.h"

namespace noctule {
namespace {

struct Request {
  int64_t instant_ms = 0;
  int offset_minutes = 0;
  std::string address, forwarded_for, method, path, query, protocol, host, scheme, referrer, agent, requested_with, purpose;
  int status = 200;
  int64_t bytes = 0;
};

constexpr const char* kMonths[] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};

std::string offset_text(int minutes, std::string_view separator) {
  return fmt::format("{}{:02}{}{:02}", minutes < 0 ? '-' : '+', std::abs(minutes) / 60, separator, std::abs(minutes) % 60);
}

std::string common_time(const Request& request) {
  const CivilTime c = civil_from_instant_ms(request.instant_ms, request.offset_minutes);
  return fmt::format("{:02}/{}/{:04}:{:02}:{:02}:{:02} {}", c.day, kMonths[c.month - 1], c.year, c.hour, c.minute, c.second,
                     offset_text(request.offset_minutes, ""));
}

std::string iso_time(const Request& request) {
  const CivilTime c = civil_from_instant_ms(request.instant_ms, request.offset_minutes);
  return fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}{}", c.year, c.month, c.day, c.hour, c.minute, c.second,
                     offset_text(request.offset_minutes, ":"));
}

std::string split_time(const Request& request) {
  const CivilTime c = civil_from_instant_ms(request.instant_ms, request.offset_minutes);
  return fmt::format("{:02}/{}/{:04} {:02}:{:02}:{:02}.{:03} {}", c.day, kMonths[c.month - 1], c.year, c.hour, c.minute,
                     c.second, c.millisecond, offset_text(request.offset_minutes, ""));
}

std::string msec(const Request& request) {
  return fmt::format("{}.{:03}", request.instant_ms / 1'000, request.instant_ms % 1'000);
}

std::string dash_if_empty(const std::string& value) { return value.empty() ? "-" : value; }
std::string target(const Request& r) { return r.query.empty() ? r.path : fmt::format("{}?{}", r.path, r.query); }
std::string request_line(const Request& r) { return fmt::format("{} {} {}", r.method, target(r), r.protocol); }

// One value of a format string: how it is named in either, and what the server writes for it.
struct Part {
  const char* nginx;
  const char* apache;
  std::string (*write)(const Request&);
  bool always_quoted;  // the value may hold blanks
};

const Part kTimes[] = {
    {"$time_local", "%t", common_time, false},
    {"$time_iso8601", "%{%Y-%m-%dT%H:%M:%S%z}t", iso_time, false},
    {"$msec", "%{%d/%b/%Y %T}t.%{msec_frac}t %{%z}t", split_time, false},
};
const Part kTargets[] = {
    {"$request", "%r", request_line, true},
    {"$request_uri", "%U%q", target, false},
    {"$uri$is_args$args", "%U%q", target, false},
    {"$scheme://$host$request_uri", "%{X-Forwarded-Proto}i://%{Host}i%U%q",
     [](const Request& r) { return fmt::format("{}://{}{}", r.scheme, r.host, target(r)); }, false},
};
const Part kOthers[] = {
    {"$remote_addr", "%a", [](const Request& r) { return r.address; }, false},
    {"$remote_addr:$remote_port", "%h:%{remote}p", [](const Request& r) { return fmt::format("{}:4711", r.address); }, false},
    {"$status", "%>s", [](const Request& r) { return std::to_string(r.status); }, false},
    {"$body_bytes_sent", "%b", [](const Request& r) { return std::to_string(r.bytes); }, false},
    {"$http_referer", "%{Referer}i", [](const Request& r) { return dash_if_empty(r.referrer); }, true},
    {"$http_user_agent", "%{User-Agent}i", [](const Request& r) { return dash_if_empty(r.agent); }, true},
    {"$http_x_forwarded_for", "%{X-Forwarded-For}i", [](const Request& r) { return dash_if_empty(r.forwarded_for); }, true},
    {"$http_x_requested_with", "%{X-Requested-With}i", [](const Request& r) { return dash_if_empty(r.requested_with); }, true},
    {"$http_sec_purpose", "%{Sec-Purpose}i", [](const Request& r) { return dash_if_empty(r.purpose); }, true},
    {"$upstream_response_time", "%D", [](const Request&) { return std::string("0.012"); }, false},
};

enum class Server { Nginx, Apache, NginxJson };

std::string escape(std::string_view value, Server server) {
  std::string out;
  for (const char c : value) {
    const auto byte = static_cast<unsigned char>(c);
    if (server == Server::NginxJson && (c == '"' || c == '\\')) out += fmt::format("\\{}", c);
    else if (server == Server::NginxJson && byte < 0x20) out += fmt::format("\\u{:04X}", byte);
    else if (server == Server::NginxJson) out.push_back(c);
    else if (server == Server::Apache && (c == '"' || c == '\\')) out += fmt::format("\\{}", c);
    else if (c == '"' || c == '\\' || byte < 0x20 || byte > 0x7E) out += fmt::format("\\x{:02X}", byte);
    else out.push_back(c);
  }
  return out;
}

// A line that a server wrote, and the format string it wrote it by.
struct Written {
  std::string format, line;
};

void add(Written& written, const Part& part, const Request& request, Server server, bool is_quoted) {
  const std::string_view quote = is_quoted || part.always_quoted ? "\"" : "";
  const bool is_apache_time = server == Server::Apache && part.write == common_time;
  const std::string value = server == Server::Nginx && std::string_view(part.nginx) == "$msec" ? msec(request)
                            : server == Server::NginxJson && std::string_view(part.nginx) == "$msec" ? msec(request)
                            : is_apache_time ? fmt::format("[{}]", common_time(request)) : part.write(request);
  const std::string_view blank = written.format.empty() ? "" : " ";
  written.format += fmt::format("{}{}{}{}", blank, quote, server == Server::Apache ? part.apache : part.nginx, quote);
  written.line += fmt::format("{}{}{}{}", blank, quote, escape(value, server), quote);
}

std::string text_of(std::string_view bytes, int size_max) {
  return *rc::gen::resize(size_max, rc::gen::container<std::string>(rc::gen::elementOf(std::string(bytes))));
}

constexpr std::string_view kUrlBytes = "abcXYZ019-_.~/%=&+;";
constexpr std::string_view kAgentBytes = "Mozilla/5.0 (X11; rv:1) \"\\'[]{}\xC3\xA9\xA4\t\x01";

Request any_request() {
  Request r;
  r.instant_ms = *rc::gen::inRange<int64_t>(1'100'000'000'000, 2'000'000'000'000);
  r.offset_minutes = *rc::gen::inRange(-11 * 4, 14 * 4) * 15;
  r.address = *rc::gen::element<std::string>("192.0.2.7", "198.51.100.255", "host-1.example.org");
  r.forwarded_for = *rc::gen::element<std::string>("", "203.0.113.4", "203.0.113.4, 198.51.100.9");
  r.method = *rc::gen::element<std::string>("GET", "POST", "HEAD", "PROPFIND");
  r.path = fmt::format("/{}", text_of(kUrlBytes, 30));
  r.query = text_of(kUrlBytes, 30);
  r.protocol = *rc::gen::element<std::string>("HTTP/1.0", "HTTP/1.1", "HTTP/2.0", "HTTP/3");
  r.host = *rc::gen::element<std::string>("www.example.org", "example.org");
  r.scheme = *rc::gen::element<std::string>("http", "https");
  r.referrer = *rc::gen::element<std::string>("", "https://example.org/a?b=c", "android-app://org.example.app/");
  r.agent = text_of(kAgentBytes, 60);
  if (r.agent == "-") r.agent.clear();
  r.requested_with = *rc::gen::element<std::string>("", "org.example.app", "XMLHttpRequest");
  r.purpose = *rc::gen::element<std::string>("", "prefetch", "prefetch;prerender");
  r.status = *rc::gen::inRange(100, 600);
  r.bytes = *rc::gen::inRange<int64_t>(0, int64_t{1} << 50);
  return r;
}

bool has(const std::vector<const Part*>& parts, std::string_view nginx) {
  return std::any_of(parts.begin(), parts.end(), [&](const Part* part) {
    return std::string_view(part->nginx).find(nginx) != std::string_view::npos;
  });
}

void check(const LogRecord& record, const Request& request, const std::vector<const Part*>& parts, Server server) {
  const bool has_ms = has(parts, "$msec");
  RC_ASSERT(record.instant_ms == (has_ms ? request.instant_ms : request.instant_ms / 1'000 * 1'000));
  if (!has_ms || server == Server::Apache) RC_ASSERT(record.offset_minutes == request.offset_minutes);
  RC_ASSERT(record.target == target(request));
  if (has(parts, "$remote_addr")) RC_ASSERT(record.address == request.address);
  if (has(parts, "$status")) RC_ASSERT(record.status == request.status);
  if (has(parts, "$body_bytes_sent")) RC_ASSERT(record.bytes == request.bytes);
  if (has(parts, "$http_referer")) RC_ASSERT(record.referrer == request.referrer);
  if (has(parts, "$http_user_agent")) RC_ASSERT(record.user_agent == request.agent);
  if (has(parts, "$http_x_forwarded_for")) RC_ASSERT(record.forwarded_for == request.forwarded_for);
  if (has(parts, "$http_x_requested_with")) RC_ASSERT(record.requested_with == request.requested_with);
  if (has(parts, "$http_sec_purpose")) RC_ASSERT(record.purpose == request.purpose);
  if (has(parts, "$scheme")) RC_ASSERT(record.host == request.host && record.scheme == request.scheme);
}

RC_GTEST_PROP(FormatString, a_record_written_by_a_format_string_comes_back_from_its_parser, ()) {
  const auto server = *rc::gen::element(Server::Nginx, Server::Apache, Server::NginxJson);
  const Request request = any_request();
  std::vector<const Part*> parts{&kTimes[*rc::gen::inRange(size_t{0}, std::size(kTimes))],
                                 &kTargets[*rc::gen::inRange(size_t{0}, std::size(kTargets))]};
  for (const Part& part : kOthers) {
    if (*rc::gen::arbitrary<bool>()) parts.push_back(&part);
  }
  for (size_t i = parts.size(); i > 1; --i) std::swap(parts[i - 1], parts[*rc::gen::inRange(size_t{0}, i)]);
  Written written;
  for (const Part* part : parts) add(written, *part, request, server, *rc::gen::arbitrary<bool>());
  RC_LOG() << written.format << '\n' << written.line;
  const std::string format = server == Server::NginxJson ? fmt::format("escape=json {}", written.format) : written.format;
  const auto compiled = LogFormat::from_name_or_string(format);
  RC_ASSERT(compiled.has_value());
  LogRecord record;
  LineProblem problem;
  const auto parser = compiled->make_parser();
  RC_ASSERT(parser->parse(written.line, record, problem) == LineResult::Parsed);
  check(record, request, parts, server);
}

RC_GTEST_PROP(FormatString, no_text_is_more_than_an_error_or_a_format, (const std::string& text)) {
  for (const std::string& format : {text, fmt::format("%t %r {}", text), fmt::format("$time_local $request {}", text)}) {
    const auto compiled = LogFormat::from_name_or_string(format);
    if (!compiled) RC_ASSERT(compiled.error().code == ErrorCode::InvalidInput && !compiled.error().message.empty());
  }
}

// Whatever the bytes: an answer, and a column inside the line.
RC_GTEST_PROP(EveryFormat, any_bytes_give_an_answer_with_a_column_inside_the_line, (const std::string& line)) {
  for (const std::string_view name : LogFormat::names()) {
    const auto parser = LogFormat::from_name_or_string(name)->make_parser();
    LogRecord record;
    LineProblem problem;
    const LineResult result = parser->parse(line, record, problem);
    RC_ASSERT(result == LineResult::Parsed || !problem.expected.empty());
    if (result == LineResult::Malformed) RC_ASSERT(problem.column <= line.size() + 1);
  }
}

}  // namespace
}  // namespace noctule

// SPDX-License-Identifier: Apache-2.0
// JSON lines. nginx: the log_format with escape=json that its users hand around; Caddy and Traefik: their own access logs.
#include <fmt/format.h>

#include <iterator>

#include "addresses.h"
#include "url_text.h"
#include "writers.h"

namespace noctule::sim {
namespace {

// What the encoder behind a log escapes beyond what JSON demands. Go's own writes & < > as \u0026 and so on.
enum class Escaping : uint8_t { Plain, Html };

void append_json_text(std::string& out, std::string_view text, Escaping escaping) {
  for (const char c : text) {
    const bool html = escaping == Escaping::Html && (c == '&' || c == '<' || c == '>');
    if (html || static_cast<unsigned char>(c) < 0x20) {
      fmt::format_to(std::back_inserter(out), "\\u{:04x}", static_cast<unsigned>(static_cast<unsigned char>(c)));
      continue;
    }
    if (c == '"' || c == '\\') out.push_back('\\');
    out.push_back(c);
  }
}

// ,"key":"value"
void append_member(std::string& out, std::string_view key, std::string_view value, Escaping escaping) {
  out += ",\"";
  out += key;
  out += "\":\"";
  append_json_text(out, value, escaping);
  out.push_back('"');
}

// ,"Key":["value"], the shape of Caddy's headers; nothing for an empty value.
void append_header(std::string& out, std::string_view key, std::string_view value) {
  if (value.empty()) return;
  if (out.back() != '{') out.push_back(',');
  out.push_back('"');
  out += key;
  out += "\":[\"";
  append_json_text(out, value, Escaping::Plain);
  out += "\"]";
}

std::string target_of(const LineContext& context, const Hit& hit) {
  std::string text;
  append_target(text, hit.target, context.texts);
  return text;
}

std::string referrer_of(const LineContext& context, const Hit& hit) {
  std::string text;
  if (hit.referrer.text != TextId::None) append_referrer(text, hit.referrer, context.texts, context.host);
  return text;
}

std::string peer_of(const LineContext& context, const Hit& hit) {
  std::string text;
  append_address(text, context.peer(hit));
  return text;
}

std::string forwarded_for(const LineContext& context, const Hit& hit) {
  std::string text;
  if (context.cdn_edge) append_address(text, hit.client);
  return text;
}

}  // namespace

void write_nginx_json(LineContext& context, const Hit& hit, std::string& out) {
  const auto member = [&](std::string_view key, std::string_view value) { append_member(out, key, value, Escaping::Plain); };
  fmt::format_to(std::back_inserter(out), "{{\"time_iso8601\":\"{}+00:00\"", context.clock.iso());
  member("remote_addr", peer_of(context, hit));
  member("request_method", text_of(hit.method));
  member("request_uri", target_of(context, hit));
  member("server_protocol", text_of(hit.protocol));
  member("scheme", "https");
  member("host", context.host);
  fmt::format_to(std::back_inserter(out), ",\"status\":{},\"body_bytes_sent\":{},\"request_time\":{}.{:03}", hit.status, bytes_of(hit),
                 hit.duration_ms / 1'000, hit.duration_ms % 1'000);
  member("http_referer", referrer_of(context, hit));
  member("http_user_agent", context.texts.text(hit.user_agent));
  member("http_x_forwarded_for", forwarded_for(context, hit));
  member("http_x_requested_with", context.texts.text(hit.package));
  member("http_sec_purpose", text_of(hit.purpose));
  out += "}\n";
}

void write_caddy_json(LineContext& context, const Hit& hit, std::string& out) {
  const std::string peer = peer_of(context, hit);
  fmt::format_to(std::back_inserter(out),
                 "{{\"level\":\"info\",\"ts\":{}.{:03},\"logger\":\"http.log.access\",\"msg\":\"handled request\",\"request\":{{\"remote_ip\":\"{}\","
                 "\"remote_port\":\"{}\",\"client_ip\":\"{}\",\"proto\":\"{}\",\"method\":\"{}\",\"host\":\"{}\",\"uri\":\"",
                 context.clock.second(), context.clock.millisecond(), peer, port_of(hit), peer, text_of(hit.protocol), text_of(hit.method), context.host);
  append_json_text(out, target_of(context, hit), Escaping::Plain);
  out += "\",\"headers\":{";
  append_header(out, "User-Agent", context.texts.text(hit.user_agent));
  append_header(out, "Referer", referrer_of(context, hit));
  append_header(out, "X-Forwarded-For", forwarded_for(context, hit));
  append_header(out, "X-Requested-With", context.texts.text(hit.package));
  append_header(out, "Sec-Purpose", text_of(hit.purpose));
  fmt::format_to(std::back_inserter(out), "}}}},\"bytes_read\":0,\"user_id\":\"\",\"duration\":{}.{:03},\"size\":{},\"status\":{}}}\n",
                 hit.duration_ms / 1'000, hit.duration_ms % 1'000, bytes_of(hit), hit.status);
}

void write_traefik_json(LineContext& context, const Hit& hit, std::string& out) {
  const std::string peer = peer_of(context, hit);
  const auto member = [&](std::string_view key, std::string_view value) {
    if (!value.empty()) append_member(out, key, value, Escaping::Html);
  };
  const std::string instant = fmt::format("{}.{:03}Z", context.clock.iso(), context.clock.millisecond());
  const std::string_view bracket_open = context.peer(hit).is_v4() ? "" : "[", bracket_close = context.peer(hit).is_v4() ? "" : "]";
  fmt::format_to(std::back_inserter(out), "{{\"ClientAddr\":\"{}{}{}:{}\",\"ClientHost\":\"{}\",\"ClientPort\":\"{}\",\"ClientUsername\":\"-\"", bracket_open,
                 peer, bracket_close, port_of(hit), peer, port_of(hit));
  fmt::format_to(std::back_inserter(out), ",\"DownstreamContentSize\":{},\"DownstreamStatus\":{},\"Duration\":{},\"OriginStatus\":{}", bytes_of(hit),
                 hit.status, uint64_t{hit.duration_ms} * 1'000'000, hit.status);
  member("RequestAddr", context.host);
  member("RequestHost", context.host);
  member("RequestMethod", text_of(hit.method));
  member("RequestPath", target_of(context, hit));
  member("RequestPort", "-");
  member("RequestProtocol", text_of(hit.protocol));
  member("RequestScheme", "https");
  member("RouterName", "site@docker");
  member("StartUTC", instant);
  member("entryPointName", "websecure");
  member("level", "info");
  out += ",\"msg\":\"\"";
  member("request_Referer", referrer_of(context, hit));
  member("request_Sec-Purpose", text_of(hit.purpose));
  member("request_User-Agent", context.texts.text(hit.user_agent));
  member("request_X-Forwarded-For", forwarded_for(context, hit));
  member("request_X-Requested-With", context.texts.text(hit.package));
  member("time", fmt::format("{}Z", context.clock.iso()));
  out += "}\n";
}

}  // namespace noctule::sim

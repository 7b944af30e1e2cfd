// SPDX-License-Identifier: Apache-2.0
#include "json_lines.h"

#include <span>

#include "json_walk.h"
#include "record_builder.h"

namespace noctule {
namespace {

struct KeyRow {
  std::string_view path;  // in lower case
  Role role;
  bool takes_over = false;  // it counts even where another key of its role came before
};

// Where an nginx log_format is JSON, its author chose the names. These are the names of the variables themselves and what
// published configurations, Elastic Common Schema, Envoy, Google's load balancer and Cloudflare's Logpush use.
constexpr KeyRow kNginxKeys[] = {
    {"time_iso8601", Role::AnyTime}, {"time_local", Role::AnyTime}, {"timestamp", Role::AnyTime},
    {"@timestamp", Role::AnyTime}, {"time", Role::AnyTime}, {"date", Role::AnyTime}, {"datetime", Role::AnyTime},
    {"msec", Role::AnyTime}, {"ts", Role::AnyTime}, {"time_msec", Role::AnyTime}, {"start_time", Role::AnyTime},
    {"edgestarttimestamp", Role::AnyTime}, {"nginx.time_iso8601", Role::AnyTime},
    {"remote_addr", Role::Address}, {"ip", Role::Address}, {"client_ip", Role::Address}, {"clientip", Role::Address},
    {"client", Role::Address}, {"remote_ip", Role::Address}, {"remoteaddr", Role::Address}, {"remote_host", Role::Address},
    {"client_addr", Role::Address}, {"source_ip", Role::Address}, {"client.ip", Role::Address},
    {"source.ip", Role::Address}, {"client.address", Role::Address}, {"source.address", Role::Address},
    {"httprequest.remoteip", Role::Address}, {"downstream_remote_address", Role::Address},
    {"http_x_forwarded_for", Role::ForwardedFor}, {"x_forwarded_for", Role::ForwardedFor},
    {"x-forwarded-for", Role::ForwardedFor}, {"forwarded_for", Role::ForwardedFor}, {"xff", Role::ForwardedFor},
    {"proxy_add_x_forwarded_for", Role::ForwardedFor}, {"http_cf_connecting_ip", Role::ForwardedFor},
    {"http_x_real_ip", Role::ForwardedFor},
    {"request", Role::Request}, {"request_line", Role::Request}, {"http_request", Role::Request},
    {"request_method", Role::Method}, {"method", Role::Method}, {"verb", Role::Method}, {"http_method", Role::Method},
    {"http.request.method", Role::Method}, {"httprequest.requestmethod", Role::Method},
    {"clientrequestmethod", Role::Method},
    {"request_uri", Role::Target}, {"uri", Role::Path}, {"url", Role::Path}, {"path", Role::Path},
    {"request_path", Role::Path}, {"target", Role::Target}, {"url.original", Role::Target},
    {"httprequest.requesturl", Role::Target}, {"clientrequesturi", Role::Target}, {"requesturi", Role::Target},
    {"url.path", Role::Path},
    {"args", Role::Query}, {"query_string", Role::Query}, {"query", Role::Query}, {"url.query", Role::Query},
    {"server_protocol", Role::Protocol}, {"protocol", Role::Protocol}, {"proto", Role::Protocol},
    {"http_version", Role::Protocol}, {"httpversion", Role::Protocol}, {"http.version", Role::Protocol},
    {"httprequest.protocol", Role::Protocol}, {"clientrequestprotocol", Role::Protocol},
    {"http_host", Role::Host}, {"host", Role::Host}, {"server_name", Role::Host}, {"vhost", Role::Host},
    {"domain", Role::Host}, {"authority", Role::Host}, {"url.domain", Role::Host},
    {"clientrequesthost", Role::Host}, {"site", Role::Host}, {"virtual_host", Role::Host},
    {"scheme", Role::Scheme}, {"request_scheme", Role::Scheme}, {"url.scheme", Role::Scheme},
    {"http_x_forwarded_proto", Role::Scheme}, {"clientrequestscheme", Role::Scheme},
    {"status", Role::Status}, {"status_code", Role::Status}, {"response", Role::Status}, {"code", Role::Status},
    {"response_code", Role::Status}, {"response_status", Role::Status}, {"http_status", Role::Status},
    {"http.response.status_code", Role::Status}, {"httprequest.status", Role::Status},
    {"edgeresponsestatus", Role::Status},
    {"body_bytes_sent", Role::Bytes}, {"bytes_sent", Role::Bytes}, {"bytes", Role::Bytes}, {"size", Role::Bytes},
    {"length", Role::Bytes}, {"response_size", Role::Bytes}, {"body_bytes", Role::Bytes}, {"sent_bytes", Role::Bytes},
    {"http.response.body.bytes", Role::Bytes}, {"httprequest.responsesize", Role::Bytes},
    {"edgeresponsebytes", Role::Bytes},
    {"http_referer", Role::Referrer}, {"http_referrer", Role::Referrer}, {"referer", Role::Referrer},
    {"referrer", Role::Referrer}, {"http.request.referrer", Role::Referrer}, {"httprequest.referer", Role::Referrer},
    {"clientrequestreferer", Role::Referrer},
    {"http_user_agent", Role::UserAgent}, {"user_agent", Role::UserAgent}, {"agent", Role::UserAgent},
    {"useragent", Role::UserAgent}, {"user-agent", Role::UserAgent}, {"ua", Role::UserAgent},
    {"user_agent.original", Role::UserAgent}, {"httprequest.useragent", Role::UserAgent},
    {"clientrequestuseragent", Role::UserAgent}, {"http_useragent", Role::UserAgent},
    {"http_x_requested_with", Role::RequestedWith}, {"x_requested_with", Role::RequestedWith},
    {"requested_with", Role::RequestedWith},
    {"http_sec_purpose", Role::Purpose}, {"sec_purpose", Role::Purpose}, {"http_purpose", Role::Purpose},
    {"purpose", Role::Purpose}, {"http_x_moz", Role::Purpose},
};

// https://caddyserver.com/docs/caddyfile/directives/log; remote_addr is of versions before 2.5. client_ip is the visitor
// behind proxies that Caddy was told to trust.
constexpr KeyRow kCaddyKeys[] = {
    {"ts", Role::AnyTime}, {"time", Role::AnyTime}, {"timestamp", Role::AnyTime}, {"request.client_ip", Role::Address, true},
    {"request.remote_ip", Role::Address}, {"request.remote_addr", Role::Address},
    {"request.proto", Role::Protocol}, {"request.method", Role::Method}, {"request.host", Role::Host},
    {"request.uri", Role::Target}, {"status", Role::Status}, {"size", Role::Bytes},
    {"request.headers.referer", Role::Referrer}, {"request.headers.user-agent", Role::UserAgent},
    {"request.headers.x-forwarded-for", Role::ForwardedFor}, {"request.headers.x-requested-with", Role::RequestedWith},
    {"request.headers.sec-purpose", Role::Purpose}, {"request.headers.purpose", Role::Purpose},
    {"request.headers.x-moz", Role::Purpose},
};

// https://doc.traefik.io/traefik/observability/access-logs/; headers only where they are kept by configuration.
constexpr KeyRow kTraefikKeys[] = {
    {"startutc", Role::AnyTime}, {"startlocal", Role::AnyTime}, {"time", Role::AnyTime}, {"clienthost", Role::Address, true},
    {"clientaddr", Role::Address}, {"requestmethod", Role::Method}, {"requestpath", Role::Target},
    {"requestprotocol", Role::Protocol}, {"requesthost", Role::Host}, {"requestaddr", Role::Host},
    {"requestscheme", Role::Scheme}, {"downstreamstatus", Role::Status}, {"downstreamcontentsize", Role::Bytes},
    {"request_referer", Role::Referrer}, {"request_user-agent", Role::UserAgent},
    {"request_x-forwarded-for", Role::ForwardedFor}, {"request_x-requested-with", Role::RequestedWith},
    {"request_sec-purpose", Role::Purpose}, {"request_purpose", Role::Purpose},
};

struct JsonLayout {
  std::span<const KeyRow> keys;
  std::string_view request_key;  // a line without it is an entry of the server about itself; empty: every line is a request
  std::string_view server_note;  // why such a line is ignored
  FieldSet always;               // columns that the log has even where a line lacks the key
};

constexpr FieldSet make_set(std::initializer_list<Field> fields) {
  FieldSet set;
  for (const Field field : fields) set.add(field);
  return set;
}

constexpr JsonLayout kNginx{.keys = kNginxKeys, .request_key = {}, .server_note = {}, .always = {}};
constexpr JsonLayout kCaddy{.keys = kCaddyKeys,
                            .request_key = "request.uri",
                            .server_note = "a message of Caddy, no request",
                            .always = make_set({Field::Referrer, Field::UserAgent, Field::ForwardedFor,
                                                Field::RequestedWith, Field::Purpose})};
constexpr JsonLayout kTraefik{.keys = kTraefikKeys,
                              .request_key = "requestpath",
                              .server_note = "a message of Traefik, no request",
                              .always = {}};

class JsonParser final : public ParserBase, private JsonVisitor {
 public:
  JsonParser(const JsonLayout& layout, ZoneClock zone)
      : layout_(&layout), builder_(std::move(zone)), known_(layout.always), fields_(layout.always), walk_(std::make_unique<JsonWalk>()) {}

  [[nodiscard]] FieldSet fields() const override { return fields_; }
  [[nodiscard]] bool is_stateless() const override { return builder_.zone().is_utc(); }
  [[nodiscard]] bool is_self_describing() const override { return true; }
  void adapt_to(std::span<const std::string_view> first_lines) override {
    known_.add_all(columns_named_in(*clone(), first_lines));
    fields_ = known_;
  }
  [[nodiscard]] std::unique_ptr<LineParser> clone() const override {
    auto copy = std::make_unique<JsonParser>(*layout_, builder_.zone());
    copy->known_ = copy->fields_ = known_;
    return copy;
  }

 protected:
  LineResult parse_line(std::string_view line, LogRecord& record, LineProblem& problem) override {
    const size_t brace = line.find_first_not_of(" \t");
    if (brace == std::string_view::npos || line[brace] != '{') {
      return fail_at(problem, "line", "a JSON object", brace + 1), LineResult::Malformed;
    }
    builder_.begin(record, scratch_);
    fields_ = known_;
    bad_ = {};
    is_bad_ = has_request_key_ = has_target_key_ = is_error_entry_ = has_message_ = false;
    if (!walk_->walk(line, *this)) return fail_at(problem, "line", "a whole JSON object", 1), LineResult::Malformed;
    if (is_message()) return ignore(problem, "line", layout_->server_note);
    if (is_bad_) return problem = bad_, LineResult::Malformed;
    if (!builder_.finish(problem)) return LineResult::Malformed;
    if (!has_target_key_) return fail_at(problem, "request", "a key with the request or its path", 0), LineResult::Malformed;
    return LineResult::Parsed;
  }

 private:
  static constexpr std::string_view kErrorLogger = "http.log.error";

  // Caddy logs a failed request twice: as an error, and as an access.
  [[nodiscard]] bool is_message() const {
    if (layout_->request_key.empty()) return false;
    return is_error_entry_ || (!has_request_key_ && has_message_);
  }

  void visit(std::string_view path, std::string_view value) override {
    char lowered[JsonWalk::kPathSizeMax];
    for (size_t i = 0; i < path.size(); ++i) lowered[i] = to_lower(path[i]);
    const std::string_view key(lowered, path.size());
    if (key == layout_->request_key) has_request_key_ = true;
    if (key == "msg" || key == "message" || key == "level") has_message_ = true;
    if (key == "logger" && value.starts_with(kErrorLogger)) is_error_entry_ = true;
    for (const KeyRow& row : layout_->keys) {
      if (row.path != key) continue;
      add_fields_of(row.role, fields_);
      has_target_key_ |= field_of(row.role) == Field::Target;
      if (row.takes_over && row.role == Role::Address) builder_.forget_address();
      put(row.role, value);
      return;
    }
  }

  void put(Role role, std::string_view value) {
    LineProblem problem;
    if (builder_.put(role, value, 0, problem) || is_bad_) return;
    if (role == Role::AnyTime) return;  // another key may hold the time; if none does, finish() says so
    bad_ = problem;
    is_bad_ = true;
  }

  const JsonLayout* layout_;
  RecordBuilder builder_;
  FieldSet known_;   // that the log has, as far as it was told
  FieldSet fields_;  // those and the current line's
  std::unique_ptr<JsonWalk> walk_;
  LineProblem bad_;
  bool is_bad_ = false, has_request_key_ = false, has_target_key_ = false, is_error_entry_ = false, has_message_ = false;
};

Result<std::unique_ptr<LineParser>> make(const JsonLayout& layout, const LogFormatOptions& options) {
  NOCT_TRY(ZoneClock zone, ZoneClock::make(options.time_zone));
  return std::make_unique<JsonParser>(layout, std::move(zone));
}

}  // namespace

Result<std::unique_ptr<LineParser>> make_nginx_json_parser(const LogFormatOptions& options) { return make(kNginx, options); }
Result<std::unique_ptr<LineParser>> make_caddy_json_parser(const LogFormatOptions& options) { return make(kCaddy, options); }
Result<std::unique_ptr<LineParser>> make_traefik_json_parser(const LogFormatOptions& options) {
  return make(kTraefik, options);
}

}  // namespace noctule

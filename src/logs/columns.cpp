// SPDX-License-Identifier: Apache-2.0
// Layouts: "Access logs for your Application Load Balancer", "Access logs for your Classic Load Balancer" and "Amazon S3
// server access log format" of the AWS documentation.
#include "columns.h"

#include "record_builder.h"
#include "token.h"

namespace noctule {
namespace {

// type time elb client:port target:port 3 durations elb_status target_status received sent "request" "agent" cipher
// protocol target_group "trace" "domain" ...
constexpr Role kAlbRoles[] = {Role::Ignored, Role::AnyTime, Role::Ignored, Role::Address, Role::Ignored, Role::Ignored,
                              Role::Ignored, Role::Ignored, Role::Status,  Role::Ignored, Role::Ignored, Role::Bytes,
                              Role::Request, Role::UserAgent};
// The same without type and, before 2014-10, without what follows the request.
constexpr Role kElbRoles[] = {Role::AnyTime, Role::Ignored, Role::Address, Role::Ignored, Role::Ignored, Role::Ignored,
                              Role::Ignored, Role::Status,  Role::Ignored, Role::Ignored, Role::Bytes,   Role::Request,
                              Role::UserAgent};
// owner bucket [time] address requester request_id operation key "request" status error bytes object_size total_time
// turn_around "referrer" "agent" version_id host_id signature cipher authentication host_header tls ...
constexpr Role kS3Roles[] = {Role::Ignored,  Role::Ignored,   Role::AnyTime, Role::Address, Role::Ignored, Role::Ignored,
                             Role::Ignored,  Role::Ignored,   Role::Request, Role::Status,  Role::Ignored, Role::Bytes,
                             Role::Ignored,  Role::Ignored,   Role::Ignored, Role::Referrer, Role::UserAgent, Role::Ignored,
                             Role::Ignored,  Role::Ignored,   Role::Ignored, Role::Ignored, Role::Host};

constexpr ColumnLayout kAlb{.roles = kAlbRoles, .columns_min = 14, .scheme_column = 0};
constexpr ColumnLayout kElb{.roles = kElbRoles, .columns_min = 12};
constexpr ColumnLayout kS3{.roles = kS3Roles, .columns_min = 17, .operation_column = 6};

constexpr std::string_view kTypes[] = {"http", "https", "h2", "grpcs", "ws", "wss"};

class ColumnParser final : public ParserBase {
 public:
  ColumnParser(const ColumnLayout& layout, ZoneClock zone) : layout_(layout), builder_(std::move(zone)) {
    for (const Role role : layout.roles) add_fields_of(role, fields_);
    fields_.add(Field::Host);  // the target is logged with scheme and host, or the host has a column
  }

  [[nodiscard]] FieldSet fields() const override { return fields_; }
  [[nodiscard]] std::unique_ptr<LineParser> clone() const override { return std::make_unique<ColumnParser>(*this); }

 protected:
  LineResult parse_line(std::string_view line, LogRecord& record, LineProblem& problem) override {
    Scanner scan(line);
    builder_.begin(record, scratch_);
    std::string_view request, operation;
    Token token;
    size_t count = 0;
    for (; count < layout_.roles.size() && next_token(scan, Quoting::Backslash, token); ++count) {
      const Role role = layout_.roles[count];
      if (static_cast<int>(count) == layout_.scheme_column && !is_type(token.text)) {
        return fail_at(problem, "type", "http, https, h2, grpcs, ws or wss", token.column), LineResult::Malformed;
      }
      if (static_cast<int>(count) == layout_.operation_column) operation = token.text;
      if (role == Role::Request) request = token.text;
      const std::string_view value = token.is_quoted ? scratch_.unescape(token.text) : token.text;
      if (!builder_.put(role, value, token.column, problem)) return LineResult::Malformed;
    }
    if (count < layout_.columns_min) return fail_at(problem, "line", "more columns", scan.column()), LineResult::Malformed;
    if (!builder_.finish(problem)) return LineResult::Malformed;
    if (layout_.scheme_column >= 0 && record.scheme.empty()) record.scheme = scheme_of(line.substr(0, line.find(' ')));
    return judge(request, operation, problem);
  }

 private:
  static bool is_type(std::string_view text) {
    for (const std::string_view type : kTypes) {
      if (text == type) return true;
    }
    return false;
  }

  static std::string_view scheme_of(std::string_view type) { return type == "http" || type == "ws" ? "http" : "https"; }

  // A balancer that passes TCP on knows no request; S3 logs what it does by itself (lifecycle rules).
  static LineResult judge(std::string_view request, std::string_view operation, LineProblem& problem) {
    if (request.starts_with("- - -")) return ignore(problem, "request", "a TCP connection, no HTTP request");
    if (request == "-" && operation.starts_with("S3.")) return ignore(problem, "request", "an operation of S3 itself");
    return LineResult::Parsed;
  }

  ColumnLayout layout_;
  RecordBuilder builder_;
  FieldSet fields_;
};

Result<std::unique_ptr<LineParser>> make_column_parser(const ColumnLayout& layout, const LogFormatOptions& options) {
  NOCT_TRY(ZoneClock zone, ZoneClock::make(options.time_zone));
  return std::make_unique<ColumnParser>(layout, std::move(zone));
}

}  // namespace

Result<std::unique_ptr<LineParser>> make_alb_parser(const LogFormatOptions& options) {
  return make_column_parser(kAlb, options);
}
Result<std::unique_ptr<LineParser>> make_elb_parser(const LogFormatOptions& options) {
  return make_column_parser(kElb, options);
}
Result<std::unique_ptr<LineParser>> make_s3_parser(const LogFormatOptions& options) {
  return make_column_parser(kS3, options);
}

}  // namespace noctule

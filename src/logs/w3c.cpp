// SPDX-License-Identifier: Apache-2.0
#include "w3c.h"

#include <algorithm>

#include "record_builder.h"
#include "token.h"

namespace noctule {
namespace {

struct NamedRole {
  std::string_view name;  // in lower case
  Role role;
};

// IIS and its Advanced Logging, CloudFront, NetScaler's NSWL, Incapsula, SHOUTcast and Wowza, from their manuals.
constexpr NamedRole kRoles[] = {
    {"date", Role::Date},
    {"time", Role::Clock},
    {"date-utc", Role::Date},
    {"time-utc", Role::Clock},
    {"date-local", Role::LocalDate},
    {"time-local", Role::LocalClock},
    {"c-ip", Role::Address},
    {"x-forwarded-for", Role::ForwardedFor},
    {"cs(x-forwarded-for)", Role::ForwardedFor},
    {"s-xff", Role::ForwardedFor},
    {"cs-method", Role::Method},
    {"cs-uri", Role::Url},
    {"cs-uri-stem", Role::Path},
    {"cs-uri-query", Role::Query},
    {"cs-version", Role::Protocol},
    {"cs-protocol-version", Role::Protocol},
    {"cs-protocol", Role::Scheme},
    {"cs-uri-scheme", Role::Scheme},
    {"x-host-header", Role::Host},
    {"cs-host", Role::Host},
    {"cs(host)", Role::Host},
    {"sc-status", Role::Status},
    {"c-status", Role::Status},
    {"sc-bytes", Role::Bytes},
    {"cs(referer)", Role::Referrer},
    {"cs(referrer)", Role::Referrer},
    {"cs-referer", Role::Referrer},
    {"cs(user-agent)", Role::UserAgent},
    {"cs-user-agent", Role::UserAgent},
    {"c-user-agent", Role::UserAgent},
    {"cs(x-requested-with)", Role::RequestedWith},
    {"cs(sec-purpose)", Role::Purpose},
    {"cs(purpose)", Role::Purpose},
};

Role role_of(std::string_view name) {
  for (const NamedRole& row : kRoles) {
    if (equals_ignoring_case(row.name, name)) return row.role;
  }
  return Role::Ignored;
}

bool separates(char c) { return c == ' ' || c == '\t'; }

class W3cParser final : public ParserBase {
 public:
  enum class Flavour { Any, CloudFront };

  W3cParser(Flavour flavour, ZoneClock zone) : flavour_(flavour), builder_(std::move(zone)) {}

  [[nodiscard]] FieldSet fields() const override { return fields_; }
  [[nodiscard]] bool is_stateless() const override { return false; }
  [[nodiscard]] std::unique_ptr<LineParser> clone() const override { return std::make_unique<W3cParser>(*this); }

  // False where the names lack what a request needs.
  bool read_directive(std::string_view line) {
    if (starts_with_ignoring_case(line, kFields)) {
      read_fields(line.substr(kFields.size()));
    } else if (starts_with_ignoring_case(line, kDate)) {
      std::string_view rest = trim(line.substr(kDate.size()));
      TimeParts parts;
      if (read_date(rest, parts) > 0) date_ = parts;
    }
    return fields_.has(Field::Time) && fields_.has(Field::Target);
  }

 protected:
  LineResult parse_directive(std::string_view line, LogRecord&, LineProblem& problem) override {
    read_directive(line);
    problem = {"line", "a blank line or a directive", 0};
    return LineResult::Skipped;
  }

  LineResult parse_line(std::string_view line, LogRecord& record, LineProblem& problem) override {
    if (roles_.empty()) return malformed(problem, "#Fields", "a #Fields line before the first request", 0);
    if (flavour_ == Flavour::CloudFront && !has_edge_location_) {
      return malformed(problem, "#Fields", "x-edge-location among the fields", 0);
    }
    if (has_stream_event_) return ignore(problem, "line", "an event of a media stream, no HTTP request");
    builder_.begin(record, scratch_);
    if (!read_values(line, problem)) return LineResult::Malformed;
    if (is_ftp_command()) return ignore(problem, "method", "a command of an FTP session, no HTTP request");
    if (!builder_.time().has_date) builder_.time() = with_clock_of(date_, builder_.time());
    return builder_.finish(problem) ? LineResult::Parsed : LineResult::Malformed;
  }

 private:
  static constexpr std::string_view kFields = "#Fields:", kDate = "#Date:";

  static LineResult malformed(LineProblem& problem, std::string_view field, std::string_view expected, size_t column) {
    problem = {field, expected, column};
    return LineResult::Malformed;
  }

  // A log without a date column says the day in its #Date line.
  static TimeParts with_clock_of(TimeParts date, const TimeParts& clock) {
    date.civil.hour = clock.civil.hour;
    date.civil.minute = clock.civil.minute;
    date.civil.second = clock.civil.second;
    date.civil.millisecond = clock.civil.millisecond;
    date.has_clock = clock.has_clock;
    date.has_offset = clock.has_offset;
    return date;
  }

  void read_fields(std::string_view names) {
    roles_.clear();
    fields_ = FieldSet();
    has_edge_location_ = has_stream_event_ = false;
    may_be_ftp_ = true;
    while (true) {
      while (!names.empty() && separates(names[0])) names.remove_prefix(1);
      if (names.empty() || roles_.size() == kColumnsMax) break;
      const size_t end = std::min(names.find(' '), names.find('\t'));
      add_column(names.substr(0, end));
      names.remove_prefix(std::min(end, names.size()));
    }
  }

  void add_column(std::string_view name) {
    const Role role = role_of(name);
    roles_.push_back(role);
    add_fields_of(role, fields_);
    if (equals_ignoring_case(name, "x-edge-location")) has_edge_location_ = true;
    if (equals_ignoring_case(name, "x-event")) has_stream_event_ = true;
    if (role == Role::UserAgent || role == Role::Protocol) may_be_ftp_ = false;
  }

  bool read_values(std::string_view line, LineProblem& problem) {
    const bool has_tabs = line.find('\t') != std::string_view::npos;
    Scanner scan(line);
    Token token;
    for (size_t i = 0; i < roles_.size(); ++i) {
      if (!(has_tabs ? next_tab_value(scan, token) : next_token(scan, Quoting::Doubled, token))) {
        return fail_at(problem, "line", "a value for each name in #Fields", scan.column());
      }
      if (!builder_.put(roles_[i], decode(roles_[i], token, has_tabs), token.column, problem)) return false;
      if (roles_[i] == Role::Method) is_ftp_method_ = token.text.starts_with('[');
    }
    scan.skip_all(' ');
    return scan.done() || fail_at(problem, "line", "no more values than #Fields has names", scan.column());
  }

  static bool next_tab_value(Scanner& scan, Token& token) {
    token.column = scan.column();
    if (scan.done()) return false;
    token.text = scan.until_or_end('\t');
    token.is_quoted = false;
    scan.skip(1);
    return true;
  }

  std::string_view decode(Role role, const Token& token, bool has_tabs) {
    if (token.is_quoted) return scratch_.undouble_quotes(token.text);
    switch (role) {
      case Role::UserAgent: return scratch_.decode_w3c_agent(token.text);
      case Role::ForwardedFor: return has_tabs ? scratch_.decode_percent(token.text) : scratch_.decode_plus(token.text);
      case Role::Path:
      case Role::Query:
      case Role::Referrer: return has_tabs ? scratch_.undo_double_percent(token.text) : token.text;
      default: return token.text;
    }
  }

  // The FTP service of IIS numbers its sessions: "[2]USER".
  [[nodiscard]] bool is_ftp_command() const { return may_be_ftp_ && is_ftp_method_; }

  static constexpr size_t kColumnsMax = 256;
  Flavour flavour_;
  RecordBuilder builder_;
  std::vector<Role> roles_;  // of the columns as the last #Fields names them
  FieldSet fields_;
  TimeParts date_;  // of the last #Date
  bool has_edge_location_ = false, has_stream_event_ = false, may_be_ftp_ = true;
  bool is_ftp_method_ = false;  // of the current line
};

Result<std::unique_ptr<LineParser>> make(W3cParser::Flavour flavour, const LogFormatOptions& options) {
  NOCT_TRY(ZoneClock zone, ZoneClock::make(options.time_zone));
  return std::make_unique<W3cParser>(flavour, std::move(zone));
}

}  // namespace

Result<std::unique_ptr<LineParser>> make_w3c_parser(const LogFormatOptions& options) {
  return make(W3cParser::Flavour::Any, options);
}

Result<std::unique_ptr<LineParser>> make_cloudfront_parser(const LogFormatOptions& options) {
  return make(W3cParser::Flavour::CloudFront, options);
}

Result<std::unique_ptr<LineParser>> make_w3c_parser_of_fields(std::string_view directive, const LogFormatOptions& options) {
  NOCT_TRY(ZoneClock zone, ZoneClock::make(options.time_zone));
  auto parser = std::make_unique<W3cParser>(W3cParser::Flavour::Any, std::move(zone));
  if (!parser->read_directive(directive)) {
    return fail(ErrorCode::InvalidInput, "the #Fields line names no time, or neither cs-uri-stem nor cs-uri");
  }
  return parser;
}

}  // namespace noctule

// SPDX-License-Identifier: Apache-2.0
#include "haproxy.h"

#include <algorithm>

#include "record_builder.h"

namespace noctule {
namespace {

// A captured header has no name in the log; what it holds is told from its looks.
Role guess_role(std::string_view value) {
  if (is_address_list(value)) return Role::ForwardedFor;
  if (value.find("://") != std::string_view::npos && value.find(' ') == std::string_view::npos) return Role::Referrer;
  const size_t slash = value.find('/');
  if (slash != std::string_view::npos && slash > 0 && slash + 1 < value.size() && is_alpha(value[0])) return Role::UserAgent;
  if (looks_like_host(value)) return Role::Host;
  return Role::Ignored;
}

class HaproxyParser final : public ParserBase {
 public:
  explicit HaproxyParser(ZoneClock zone) : builder_(std::move(zone)) {
    for (const Role role : {Role::Address, Role::AnyTime, Role::Status, Role::Bytes, Role::Request}) {
      add_fields_of(role, known_);
    }
    fields_ = known_;
  }

  [[nodiscard]] FieldSet fields() const override { return fields_; }
  [[nodiscard]] bool is_stateless() const override { return builder_.zone().is_utc(); }
  [[nodiscard]] std::unique_ptr<LineParser> clone() const override { return std::make_unique<HaproxyParser>(*this); }
  // What a captured header holds is seen where it holds something.
  [[nodiscard]] bool is_self_describing() const override { return true; }
  void adapt_to(std::span<const std::string_view> first_lines) override {
    known_.add_all(columns_named_in(*clone(), first_lines));
    fields_ = known_;
  }

 protected:
  LineResult parse_line(std::string_view line, LogRecord& record, LineProblem& problem) override {
    Scanner scan(line);
    builder_.begin(record, scratch_);
    fields_ = known_;
    if (!starts_like_connection(line)) return judge_other(line, problem);
    if (!read_front(scan, problem)) return LineResult::Malformed;
    if (is_connection_error(scan.rest())) return ignore(problem, "line", "a connection error, no HTTP request");
    if (is_tcp_line(scan.rest())) return ignore(problem, "line", "a TCP connection, no HTTP request");
    if (!read_rest(scan, problem) || !builder_.finish(problem)) return LineResult::Malformed;
    return LineResult::Parsed;
  }

 private:
  // "address:port [".
  static bool starts_like_connection(std::string_view line) {
    const size_t blank = line.find(' ');
    if (blank == std::string_view::npos || line.substr(blank + 1, 1) != "[") return false;
    const std::string_view peer = line.substr(0, blank);
    return peer.starts_with("unix:") || peer.find(':') != std::string_view::npos;
  }

  // What HAProxy says about itself: "Proxy x started.", "Connect from 192.0.2.1:1 to ...", "Server a/b is DOWN, ...".
  static LineResult judge_other(std::string_view line, LineProblem& problem) {
    constexpr std::string_view kStarts[] = {"Proxy ", "Connect from ", "Server ", "Health check ", "Backup Server ",
                                            "backend ", "Stopping ", "Pausing ", "Enabling ", "Loading ", "New worker ",
                                            "Backend ", "Frontend ", "[NOTICE]", "[WARNING]", "[ALERT]"};
    for (const std::string_view start : kStarts) {
      if (line.starts_with(start)) return ignore(problem, "line", "a message of HAProxy, no HTTP request");
    }
    return fail_at(problem, "address", "address:port and [day/Mon/year:hh:mm:ss.ms]", 1), LineResult::Malformed;
  }

  bool read_front(Scanner& scan, LineProblem& problem) {
    std::string_view text;
    size_t column = scan.column();
    if (!scan.until(' ', text) || !builder_.put(Role::Address, without_last_port(text), column, problem)) return false;
    scan.skip(2);
    column = scan.column();
    if (!scan.until(']', text) || !builder_.put(Role::AnyTime, text, column, problem)) {
      return fail_at(problem, "time", "day/Mon/year:hh:mm:ss.ms]", column);
    }
    scan.skip(1);
    return scan.eat(' ') || fail_at(problem, "line", "a blank after the time", scan.column());
  }

  // The port is always logged, also behind an IPv6 address without brackets.
  static std::string_view without_last_port(std::string_view text) {
    return text.starts_with('[') ? text : text.substr(0, text.rfind(':'));
  }

  // "frontend/1: SSL handshake failure"
  static bool is_connection_error(std::string_view rest) {
    const size_t blank = rest.find(' ');
    return blank != std::string_view::npos && blank > 0 && rest[blank - 1] == ':';
  }

  // Behind frontend and server a TCP line has three durations, an HTTP line five.
  static bool is_tcp_line(std::string_view rest) {
    for (int words = 0; words < 2; ++words) {
      const size_t blank = rest.find(' ');
      if (blank == std::string_view::npos) return false;
      rest.remove_prefix(blank + 1);
    }
    const std::string_view durations = rest.substr(0, rest.find(' '));
    return std::count(durations.begin(), durations.end(), '/') == 2;
  }

  bool read_rest(Scanner& scan, LineProblem& problem) {
    return skip_word(scan, "frontend", problem) && skip_word(scan, "server", problem) &&
           skip_word(scan, "durations", problem) && put_word(scan, Role::Status, problem) &&
           put_word(scan, Role::Bytes, problem) && skip_word(scan, "cookie", problem) &&
           skip_word(scan, "cookie", problem) && skip_word(scan, "termination state", problem) &&
           skip_word(scan, "connections", problem) && skip_word(scan, "queues", problem) && read_captures(scan, problem) &&
           read_request_line(scan, problem);
  }

  static bool skip_word(Scanner& scan, std::string_view field, LineProblem& problem) {
    std::string_view word;
    const size_t column = scan.column();
    if (!scan.until(' ', word) || word.empty()) return fail_at(problem, field, "a word and a blank", column);
    scan.skip(1);
    return true;
  }

  bool put_word(Scanner& scan, Role role, LineProblem& problem) {
    std::string_view word;
    const size_t column = scan.column();
    if (!scan.until(' ', word) || word == "-1") {  // -1: the client was gone before there was a status
      if (word != "-1") return fail_at(problem, problem_of(role, column).field, problem_of(role, column).expected, column);
      word = "-";
    }
    if (!builder_.put(role, word, column, problem)) return false;
    scan.skip(1);
    return true;
  }

  // {of the request|...} {of the response|...}: either may be missing, and a single one is taken for the request's.
  bool read_captures(Scanner& scan, LineProblem& problem) {
    for (int block = 0; scan.peek() == '{'; ++block) {
      const size_t column = scan.column();
      const size_t end = scan.rest().find("} ");
      if (end == std::string_view::npos) return fail_at(problem, "captured headers", "} and a blank", column);
      if (block == 0 && !put_captures(scan.rest().substr(1, end - 1), column, problem)) return false;
      scan.skip(end + 2);
    }
    return true;
  }

  bool put_captures(std::string_view values, size_t column, LineProblem& problem) {
    while (true) {
      const size_t bar = values.find('|');
      const std::string_view value = values.substr(0, bar);
      const Role role = guess_role(value);
      add_fields_of(role, fields_);
      if (!builder_.put(role, value, column, problem)) return false;
      if (bar == std::string_view::npos) return true;
      values.remove_prefix(bar + 1);
    }
  }

  bool read_request_line(Scanner& scan, LineProblem& problem) {
    std::string_view raw;
    const size_t column = scan.column();
    if (!scan.quoted(raw)) return read_cut_request(scan, problem);
    return builder_.put(Role::Request, raw, column, problem);
  }

  // A request line longer than HAProxy's buffer (1024 bytes, tune.http.logurilen) is logged without its closing quote.
  bool read_cut_request(Scanner& scan, LineProblem& problem) {
    const size_t column = scan.column();
    constexpr size_t kLogUriSizeMin = 1'000;
    if (!scan.eat('"') || scan.left() < kLogUriSizeMin) return fail_at(problem, "request", "a quoted request line", column);
    return builder_.put(Role::Request, scan.rest(), column, problem);
  }

  RecordBuilder builder_;
  FieldSet known_;   // that the log has, as far as it was told
  FieldSet fields_;  // those and the current line's
};

}  // namespace

Result<std::unique_ptr<LineParser>> make_haproxy_parser(const LogFormatOptions& options) {
  NOCT_TRY(ZoneClock zone, ZoneClock::make(options.time_zone));
  return std::make_unique<HaproxyParser>(std::move(zone));
}

}  // namespace noctule

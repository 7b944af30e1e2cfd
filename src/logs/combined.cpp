// SPDX-License-Identifier: Apache-2.0
#include "combined.h"

namespace noctule {
namespace {

using Host = CombinedShape::Host;
using Tail = CombinedShape::Tail;

class CombinedParser final : public ParserBase {
 public:
  explicit CombinedParser(const CombinedShape& shape) : shape_(shape) {}

  [[nodiscard]] FieldSet fields() const override {
    FieldSet set;
    for (const Field field : {Field::Time, Field::Address, Field::Method, Field::Target, Field::Protocol, Field::Status,
                              Field::Bytes}) {
      set.add(field);
    }
    if (shape_.host != Host::None) set.add(Field::Host);
    if (shape_.has_agent) set.add(Field::Referrer), set.add(Field::UserAgent);
    if (shape_.tail == Tail::Fields) set.add(Field::ForwardedFor);
    return set;
  }
  [[nodiscard]] std::unique_ptr<LineParser> clone() const override { return std::make_unique<CombinedParser>(*this); }

 protected:
  LineResult parse_line(std::string_view line, LogRecord& record, LineProblem& problem) override {
    Scanner scan(line);
    const bool read = read_client(scan, record, problem) && read_time(scan, record, problem) &&
                      read_request_field(scan, record, problem) && read_numbers(scan, record, problem) &&
                      (!shape_.has_agent || read_agent(scan, record, problem)) && read_tail(scan, record, problem);
    return read ? LineResult::Parsed : LineResult::Malformed;
  }

 private:
  bool read_client(Scanner& scan, LogRecord& record, LineProblem& problem) {
    std::string_view text;
    if (shape_.host == Host::First) {
      const size_t column = scan.column();
      if (!scan.until(' ', text)) return fail_at(problem, "host", "a host name and a blank", column);
      record.host = read_host(text);
      if (record.host.empty() && text != "_" && text != "-" && text != "*") {
        return fail_at(problem, "host", "a host name", column);
      }
      scan.skip(1);
    }
    return read_client_address(scan, record, problem) && read_users(scan, record, problem);
  }

  static bool read_client_address(Scanner& scan, LogRecord& record, LineProblem& problem) {
    const size_t column = scan.column();
    std::string_view text, part;
    const char* from = scan.rest().data();
    do {  // "client, proxy, proxy": each part but the last ends in a comma
      scan.skip_all(' ');
      if (!scan.until(' ', part)) return fail_at(problem, "address", "an address and a blank", column);
    } while (part.ends_with(','));
    text = {from, static_cast<size_t>(part.data() + part.size() - from)};
    if (!read_address(text, record)) return fail_at(problem, "address", "an address or a host name", column);
    scan.skip(1);
    return true;
  }

  // "ident user [": a user's name may hold blanks; an ident that is an address or a host name is a column of another
  // member of the family.
  bool read_users(Scanner& scan, LogRecord& record, LineProblem& problem) const {
    const size_t column = scan.column();
    std::string_view ident, part;
    if (scan.peek() == '[' || !scan.until(' ', ident) || ident.empty() || ident == "|") {
      return fail_at(problem, "ident", "an ident, a user and [", column);
    }
    if (shape_.host == Host::Second) {
      record.host = read_host(ident);
      if (!looks_like_host(ident)) return fail_at(problem, "host", "a host name", column);
    } else if (looks_like_host(ident) || is_ip_address(ident)) {
      return fail_at(problem, "ident", "an ident, not a host", column);
    }
    scan.skip(1);
    const size_t user_column = scan.column();
    const char* const from = scan.rest().data();
    do {
      if (!scan.until('[', part)) return fail_at(problem, "time", "[day/Mon/year:hh:mm:ss +hhmm]", user_column);
      scan.skip(1);
    } while (!(is_digit(scan.peek()) && scan.peek(2) == '/'));
    const std::string_view user(from, scan.column() - 1 - user_column);
    if (user.size() >= 2 && !holds_tag(user)) return true;
    return fail_at(problem, "user", "a user and a blank", user_column);
  }

  // "nginx: " of a syslog line, of which "Jan" and "5" were taken for client and ident.
  static bool holds_tag(std::string_view user) { return user.size() > 2 && user.find(": ") != std::string_view::npos; }

  bool read_time(Scanner& scan, LogRecord& record, LineProblem& problem) {
    const size_t column = scan.column();
    Stamp stamp;
    if (scan.left() < CommonClock::kSize || !clock_.read(scan.rest().data(), stamp)) {
      return fail_at(problem, "time", "[day/Mon/year:hh:mm:ss +hhmm]", column);
    }
    record.instant_ms = stamp.instant_ms;
    record.offset_minutes = stamp.offset_minutes;
    scan.skip(CommonClock::kSize);
    if (!scan.eat("] ")) return fail_at(problem, "time", "] and a blank", scan.column());
    return !shape_.has_seconds || read_seconds(scan, problem);
  }

  static bool read_seconds(Scanner& scan, LineProblem& problem) {
    const size_t column = scan.column();
    std::string_view number;
    if (!scan.eat('(') || !scan.until(' ', number) || !parse_decimal(number) || !scan.eat(" s) ")) {
      return fail_at(problem, "duration", "(seconds s)", column);
    }
    return true;
  }

  bool read_request_field(Scanner& scan, LogRecord& record, LineProblem& problem) {
    std::string_view raw;
    const size_t column = scan.column();
    if (!scan.quoted(raw)) return fail_at(problem, "request", "a quoted request line", column);
    read_request(text_of(raw), record);
    if (!scan.eat(' ')) return fail_at(problem, "request", "a blank after the request", scan.column());
    return true;
  }

  bool read_numbers(Scanner& scan, LogRecord& record, LineProblem& problem) const {
    size_t column = scan.column();
    std::string_view text;
    if (!scan.until(' ', text) || !read_status(text, record.status)) {
      return fail_at(problem, "status", "three digits", column);
    }
    scan.skip(1);
    column = scan.column();
    text = scan.until_or_end(' ');
    if (!read_bytes(text, record.bytes)) return fail_at(problem, "bytes", "a number or -", column);
    return true;
  }

  bool read_agent(Scanner& scan, LogRecord& record, LineProblem& problem) {
    std::string_view raw;
    const size_t column = scan.column();
    if (!scan.eat(' ') || !scan.quoted(raw)) return fail_at(problem, "referrer", "a quoted referrer", column);
    record.referrer = empty_if_dash(text_of(raw));
    const size_t agent_column = scan.column();
    if (!scan.eat(' ') || (!scan.quoted(raw) && !read_cut_agent(scan, raw))) {
      return fail_at(problem, "user agent", "a quoted user agent", agent_column);
    }
    record.user_agent = empty_if_dash(text_of(raw));
    return true;
  }

  // A line that ends inside its user agent was cut when it was written (a full disk, a limit of the logger). All that
  // tells about the request is there.
  [[nodiscard]] bool read_cut_agent(Scanner& scan, std::string_view& raw) const {
    if (shape_.tail != Tail::None || scan.left() < 2 || !scan.eat('"')) return false;
    raw = scan.until_or_end('\0');
    return scan.done();
  }

  // Traefik writes fields as they came: a backslash in them is one.
  std::string_view text_of(std::string_view raw) { return shape_.tail == Tail::Traefik ? raw : scratch_.unescape(raw); }

  // Also behind those four come, in later versions, columns of their own.
  static bool read_traefik_tail(Scanner& scan, LineProblem& problem) {
    const size_t column = scan.column();
    std::string_view count, router, server;
    scan.eat(' ');
    count = scan.until_or_end(' ');
    const bool read = digits(count) >= 0 && scan.eat(' ') && scan.quoted(router) && scan.eat(' ') && scan.quoted(server) &&
                      scan.eat(' ') && scan.until_or_end(' ').ends_with("ms");
    return read || fail_at(problem, "line", "a count, the router, the server and a duration in ms", column);
  }

  bool read_tail(Scanner& scan, LogRecord& record, LineProblem& problem) {
    if (shape_.tail == Tail::Traefik) return read_traefik_tail(scan, problem);
    if (shape_.tail == Tail::None) {
      while (scan.peek() == ' ') scan.skip(1);
      return scan.done() || fail_at(problem, "line", "the end of the line", scan.column());
    }
    while (!scan.done()) {
      const size_t column = scan.column();
      if (!scan.eat(' ')) return fail_at(problem, "line", "a blank and another field", column);
      std::string_view field;
      if (scan.peek() != '"') field = read_bare_field(scan);
      else if (!scan.quoted(field)) return fail_at(problem, "line", "a quoted field", column);
      if (record.forwarded_for.empty() && is_forwarded_for(field)) record.forwarded_for = field;
    }
    return true;
  }

  // A word, or a list of them with commas between.
  static std::string_view read_bare_field(Scanner& scan) {
    const char* const from = scan.rest().data();
    std::string_view word = scan.until_or_end(' ');
    while (word.ends_with(',') && scan.eat(' ')) word = scan.until_or_end(' ');
    return {from, static_cast<size_t>(word.data() + word.size() - from)};
  }

  // An address with a port is the upstream's.
  static bool is_forwarded_for(std::string_view field) {
    if (field.size() < 3 || !is_address_list(field)) return false;
    const size_t colon = field.find(':');
    return colon == std::string_view::npos || field.find('.') == std::string_view::npos || field.find("::ffff:") == 0;
  }

  CombinedShape shape_;
  CommonClock clock_;
};

}  // namespace

std::unique_ptr<LineParser> make_combined_parser(const CombinedShape& shape) {
  return std::make_unique<CombinedParser>(shape);
}

}  // namespace noctule

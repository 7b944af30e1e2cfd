// SPDX-License-Identifier: Apache-2.0
// Syslog: RFC 3164 section 4.1, RFC 5424 section 6, and rsyslog's RSYSLOG_FileFormat (ISO time instead of the old one).
#include "wrapping.h"

#include <algorithm>
#include <chrono>
#include <string>
#include <vector>

#include "zone_clock.h"

namespace noctule {
namespace {

constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";

// "<190>"
void eat_priority(Scanner& scan) {
  if (scan.peek() != '<') return;
  size_t digits = 0;
  while (digits < 3 && is_digit(scan.peek(1 + digits))) ++digits;
  if (digits > 0 && scan.peek(1 + digits) == '>') scan.skip(digits + 2);
}

// "Jan  5 07:26:48 "
bool read_old_time(Scanner& scan, TimeParts& time) {
  const std::string_view text = scan.rest();
  if (text.size() < 16 || text[3] != ' ' || text[6] != ' ' || text[15] != ' ') return false;
  time.civil.month = month_number(text.data());
  time.civil.day = text[4] == ' ' && is_digit(text[5]) ? text[5] - '0' : two_digits(text.data() + 4);
  if (time.civil.month == 0 || time.civil.day < 1 || read_clock(text.substr(7), time) != 8) return false;
  time.has_date = true;
  scan.skip(16);
  return true;
}

bool read_iso(Scanner& scan, TimeParts& time) {
  if (!is_digit(scan.peek()) || scan.peek(4) != '-') return false;
  const size_t used = read_any_time(scan.rest(), time);
  if (used == 0 || scan.peek(used) != ' ') return false;
  scan.skip(used + 1);
  return true;
}

// "nginx[123]: " or "nginx: "; the programme's name may be missing its colon in no syslog that was met.
bool read_tag(Scanner& scan, std::string_view& programme) {
  const std::string_view text = scan.rest();
  constexpr size_t kTagSizeMax = 128;
  const size_t end = text.substr(0, kTagSizeMax).find_first_of(": [");
  if (end == std::string_view::npos || end == 0 || text[end] == ' ') return false;
  size_t colon = end;
  if (text[end] == '[') {
    colon = text.substr(0, kTagSizeMax).find(']', end);
    if (colon == std::string_view::npos || ++colon >= text.size() || text[colon] != ':') return false;
  }
  programme = text.substr(0, end);
  scan.skip(colon + 1);
  scan.eat(' ');
  return true;
}

// [id name="value"] any number of times, or "-".
bool skip_structured_data(Scanner& scan) {
  if (scan.eat('-')) return true;
  if (scan.peek() != '[') return false;
  bool in_quotes = false;
  for (; !scan.done(); scan.skip(1)) {
    const char c = scan.peek();
    if (c == '\\' && in_quotes) scan.skip(1);
    else if (c == '"') in_quotes = !in_quotes;
    else if (c == ']' && !in_quotes && scan.peek(1) != '[') return scan.skip(1), true;
  }
  return false;
}

// After "<34>": 1 TIME HOST PROGRAMME PROCESS MESSAGE_ID DATA message
bool read_new_syslog(Scanner& scan, Wrap& wrap) {
  if (!scan.eat("1 ")) return false;
  if (!scan.eat("- ") && !read_iso(scan, wrap.time)) return false;
  std::string_view words[4];
  for (std::string_view& word : words) {
    if (!scan.until(' ', word)) return false;
    scan.skip(1);
  }
  wrap.programme = words[1] == "-" ? std::string_view{} : words[1];
  if (!skip_structured_data(scan)) return false;
  scan.eat(' ');
  scan.eat(kByteOrderMark);
  return true;
}

bool read_old_syslog(Scanner& scan, Wrap& wrap) {
  wrap.lacks_year = read_old_time(scan, wrap.time);
  if (!wrap.lacks_year && !read_iso(scan, wrap.time)) return false;
  std::string_view host;
  if (read_tag(scan, wrap.programme)) return true;  // nginx's nohostname
  if (!scan.until(' ', host) || host.empty()) return false;
  scan.skip(1);
  if (!read_tag(scan, wrap.programme)) wrap.programme = "--";  // a note of the syslog itself
  return true;
}

std::optional<Wrap> read_syslog(std::string_view line) {
  Scanner scan(line);
  Wrap wrap;
  eat_priority(scan);
  const bool had_priority = scan.column() > 1;
  const bool read = (had_priority && scan.peek() == '1' && scan.peek(1) == ' ') ? read_new_syslog(scan, wrap)
                                                                                : read_old_syslog(scan, wrap);
  if (!read) return std::nullopt;
  wrap.size = scan.column() - 1;
  return wrap;
}

// "web-1  | "
std::optional<Wrap> read_compose(std::string_view line) {
  const auto is_name_byte = [](char c) { return is_alpha(c) || is_digit(c) || c == '-' || c == '_' || c == '.'; };
  size_t at = 0;
  while (at < line.size() && is_name_byte(line[at])) ++at;
  const size_t name_size = at;
  while (at < line.size() && line[at] == ' ') ++at;
  if (name_size == 0 || !line.substr(at).starts_with("| ")) return std::nullopt;
  return Wrap{.size = at + 2, .programme = line.substr(0, name_size), .time = {}, .lacks_year = false};
}

// containerd: "2026-01-05T06:26:48.123456789Z stdout F "
std::optional<Wrap> read_containerd(std::string_view line) {
  Scanner scan(line);
  Wrap wrap;
  if (!read_iso(scan, wrap.time) || (!scan.eat("stdout ") && !scan.eat("stderr ")) || (!scan.eat("F ") && !scan.eat("P "))) {
    return std::nullopt;
  }
  wrap.size = scan.column() - 1;
  return wrap;
}

constexpr Wrapping kWrappings[] = {
    {"containerd-", read_containerd}, {"compose-", read_compose}, {"syslog-", read_syslog}};  // more specific ones first

// Programmes whose unreadable lines are unreadable requests; what others say is none of a web log's business.
constexpr std::string_view kWebServers[] = {"nginx", "apache", "apache2", "httpd", "haproxy", "caddy", "traefik",
                                            "lighttpd", "tomcat", "varnishncsa", "envoy", "openresty", "h2o"};

class WrappedParser final : public ParserBase {
 public:
  WrappedParser(const Wrapping& wrapping, std::unique_ptr<LineParser> inner, const LogFormatOptions& options, ZoneClock zone)
      : wrapping_(wrapping), inner_(std::move(inner)), options_(options), zone_(std::move(zone)) {}
  WrappedParser(const WrappedParser& other)
      : ParserBase(other), wrapping_(other.wrapping_), inner_(other.inner_->clone()), options_(other.options_),
        zone_(other.zone_), programmes_(other.programmes_) {}

  [[nodiscard]] FieldSet fields() const override {
    FieldSet set = inner_->fields();
    set.add(Field::Time);
    return set;
  }
  [[nodiscard]] bool is_stateless() const override { return inner_->is_stateless() && zone_.is_utc(); }
  [[nodiscard]] bool is_self_describing() const override { return inner_->is_self_describing(); }
  void adapt_to(std::span<const std::string_view> first_lines) override {
    const auto probe = inner_->clone();
    std::vector<std::string_view> inner_lines;
    LogRecord record;
    LineProblem problem;
    for (const std::string_view line : first_lines) {
      const std::optional<Wrap> wrap = wrapping_.read(line);
      if (!wrap) continue;
      inner_lines.push_back(line.substr(wrap->size));
      if (probe->parse(inner_lines.back(), record, problem) == LineResult::Parsed) note_programme(wrap->programme);
    }
    inner_->adapt_to(inner_lines);
  }
  [[nodiscard]] std::unique_ptr<LineParser> clone() const override { return std::make_unique<WrappedParser>(*this); }

 protected:
  LineResult parse_line(std::string_view line, LogRecord& record, LineProblem& problem) override {
    const std::optional<Wrap> wrap = wrapping_.read(line);
    if (!wrap) return fail_at(problem, "line", "what syslog or the container puts before it", 1), LineResult::Malformed;
    const LineResult result = inner_->parse(line.substr(wrap->size), record, problem);
    if (result == LineResult::Malformed) {
      if (!may_log_requests(wrap->programme)) return ignore(problem, "line", kOtherProgramme);
      if (problem.column > 0) problem.column += wrap->size;
      return result;
    }
    if (result == LineResult::Parsed && !inner_->fields().has(Field::Time)) return set_time(*wrap, record, problem);
    return result;
  }
  LineResult parse_directive(std::string_view line, LogRecord& record, LineProblem& problem) override {
    return ParserBase::parse_directive(line, record, problem);
  }

 private:
  [[nodiscard]] bool may_log_requests(std::string_view programme) const {
    return programme.empty() || std::ranges::find(programmes_, programme) != programmes_.end() ||
           std::find(std::begin(kWebServers), std::end(kWebServers), programme) != std::end(kWebServers);
  }

  void note_programme(std::string_view programme) {
    if (programmes_.size() < kProgrammesMax && std::ranges::find(programmes_, programme) == programmes_.end()) {
      programmes_.emplace_back(programme);
    }
  }

  LineResult set_time(const Wrap& wrap, LogRecord& record, LineProblem& problem) {
    TimeParts time = wrap.time;
    if (wrap.lacks_year && !choose_year(time.civil)) time.has_date = false;
    if (!time.has_date || !is_valid_civil(time.civil)) {
      problem = {"time", "a time before the line", 1};
      return LineResult::Malformed;
    }
    const Stamp stamp = time.has_offset ? Stamp{instant_ms_from_civil(time.civil, time.offset_minutes), time.offset_minutes}
                                        : zone_.read(time.civil);
    record.instant_ms = stamp.instant_ms;
    record.offset_minutes = stamp.offset_minutes;
    return LineResult::Parsed;
  }

  // The last year in which the stamp is not after the newest instant; a day's grace for clocks and zones.
  bool choose_year(CivilTime& civil) const {
    if (options_.year_without_date != 0) {
      civil.year = options_.year_without_date;
      return is_valid_civil(civil);
    }
    constexpr int64_t kDayMs = 86'400'000;
    const int64_t newest_ms = options_.newest_instant_ms != 0 ? options_.newest_instant_ms : now_ms();
    civil.year = civil_from_instant_ms(newest_ms + kDayMs, 0).year;
    constexpr int kYearsBack = 8;  // 29 February may be eight years ago (1896 to 1904)
    for (int back = 0; back <= kYearsBack; ++back, --civil.year) {
      if (is_valid_civil(civil) && instant_ms_from_civil(civil, 0) <= newest_ms + kDayMs) return true;
    }
    return false;
  }

  static int64_t now_ms() {
    return std::chrono::duration_cast<std::chrono::milliseconds>(std::chrono::system_clock::now().time_since_epoch()).count();
  }

  Wrapping wrapping_;
  std::unique_ptr<LineParser> inner_;
  LogFormatOptions options_;
  ZoneClock zone_;
  static constexpr size_t kProgrammesMax = 16;
  std::vector<std::string> programmes_;  // that wrote requests among the first lines
};

}  // namespace

std::span<const Wrapping> wrappings() { return kWrappings; }

Result<std::unique_ptr<LineParser>> make_wrapped_parser(const Wrapping& wrapping, std::unique_ptr<LineParser> inner,
                                                        const LogFormatOptions& options) {
  NOCT_TRY(ZoneClock zone, ZoneClock::make(options.time_zone));
  return std::make_unique<WrappedParser>(wrapping, std::move(inner), options, std::move(zone));
}

}  // namespace noctule

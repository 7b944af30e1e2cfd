// SPDX-License-Identifier: Apache-2.0
// Apache's LogFormat, which lighttpd shares: https://httpd.apache.org/docs/2.4/mod/mod_log_config.html#formats
#include <fmt/format.h>

#include <algorithm>

#include "pattern.h"

namespace noctule {
namespace {

using Kind = Piece::Kind;

struct Directive {
  char letter;
  Kind kind;
  Role role;
};

constexpr Directive kDirectives[] = {
    {'h', Kind::Value, Role::Address},  {'a', Kind::Value, Role::Address}, {'A', Kind::Value, Role::Ignored},
    {'B', Kind::Value, Role::Bytes},    {'b', Kind::Value, Role::Bytes},   {'O', Kind::Value, Role::Bytes},
    {'C', Kind::Value, Role::Ignored},  {'D', Kind::Value, Role::Ignored}, {'e', Kind::Value, Role::Ignored},
    {'f', Kind::Value, Role::Ignored},  {'H', Kind::Value, Role::Protocol}, {'i', Kind::Value, Role::Ignored},
    {'I', Kind::Value, Role::Ignored},  {'k', Kind::Value, Role::Ignored}, {'l', Kind::Value, Role::Ignored},
    {'L', Kind::Value, Role::Ignored},  {'m', Kind::Value, Role::Method},  {'n', Kind::Value, Role::Ignored},
    {'o', Kind::Value, Role::Ignored},  {'p', Kind::Port, Role::Ignored},  {'P', Kind::Value, Role::Ignored},
    {'q', Kind::Value, Role::Query},    {'r', Kind::Value, Role::Request}, {'R', Kind::Value, Role::Ignored},
    {'s', Kind::Value, Role::Status},   {'S', Kind::Value, Role::Ignored}, {'T', Kind::Value, Role::Ignored},
    {'u', Kind::Value, Role::Ignored},  {'U', Kind::Value, Role::Path},    {'v', Kind::Value, Role::Host},
    {'V', Kind::Value, Role::Host},     {'X', Kind::Value, Role::Ignored}, {'x', Kind::Value, Role::Ignored},
    {'c', Kind::Value, Role::Ignored},
};

class Compiler {
 public:
  explicit Compiler(std::string_view format) : format_(format) { pattern_.name = "apache-format"; }

  Result<Pattern> run() {
    while (at_ < format_.size()) {
      if (format_[at_] == '%') {
        NOCT_TRY([[maybe_unused]] const bool done, read_directive());
      } else {
        read_literal();
      }
    }
    return std::move(pattern_);
  }

 private:
  [[nodiscard]] char peek() const { return at_ < format_.size() ? format_[at_] : '\0'; }

  // In a configuration the string stands between quotes, so that its own are escaped.
  void read_literal() {
    const size_t place = at_ + 1;
    char c = format_[at_++];
    if (c == '\\' && at_ < format_.size()) {
      const char next = format_[at_++];
      c = next == 'n' ? '\n' : next == 't' ? '\t' : next;
    }
    add_literal(pattern_, {&c, 1}, place);
  }

  Result<bool> read_directive() {
    const size_t begin = at_++;
    if (peek() == '%') {
      ++at_;
      add_literal(pattern_, "%", begin + 1);
      return true;
    }
    skip_conditions();
    std::string_view argument;
    if (peek() == '{') {
      const size_t close = format_.find('}', at_);
      if (close == std::string_view::npos) return refuse(begin, format_.size(), "} is missing");
      argument = format_.substr(at_ + 1, close - at_ - 1);
      at_ = close + 1;
    }
    skip_conditions();
    if (peek() == '^') at_ += std::min<size_t>(2, format_.size() - at_ - 1);  // %^FB, %{x}^ti: trailers and first byte
    if (at_ >= format_.size()) return refuse(begin, at_, "the format's letter is missing");
    return add_directive(begin, format_[at_++], argument);
  }

  // "!200,304" and the request of an internal redirect: "<", ">".
  void skip_conditions() {
    while (at_ < format_.size() && (is_digit(peek()) || peek() == '!' || peek() == ',' || peek() == '<' || peek() == '>')) ++at_;
  }

  [[nodiscard]] std::unexpected<Error> refuse(size_t begin, size_t end, std::string_view why) const {
    return fail(ErrorCode::InvalidInput, fmt::format("format string, character {}: \"{}\": {}", begin + 1,
                                                     printable(format_.substr(begin, end - begin), 60), why));
  }

  Result<bool> add_directive(size_t begin, char letter, std::string_view argument) {
    if (letter == 't') return add_time(begin, argument);
    const std::string_view as_written = format_.substr(begin, at_ - begin);
    if (as_written.find('^') != std::string_view::npos) return add(Kind::Value, Role::Ignored, begin);
    for (const Directive& row : kDirectives) {
      if (row.letter != letter) continue;
      if (letter == 'i') return add(Kind::Value, role_of_header(argument), begin);
      if (letter == 'a' && argument == "c") return add(Kind::Value, Role::Ignored, begin);  // the proxy's, not the visitor's
      return add(row.kind, row.role, begin);
    }
    return refuse(begin, at_, "is no directive of LogFormat");
  }

  Result<bool> add(Kind kind, Role role, size_t begin, std::vector<TimeItem> items = {}) {
    pattern_.pieces.push_back({.kind = kind, .role = role, .text = std::string(format_.substr(begin, at_ - begin)),
                               .place = begin + 1, .time_items = std::move(items)});
    return true;
  }

  Result<bool> add_time(size_t begin, std::string_view argument) {
    if (argument.starts_with("begin:")) argument.remove_prefix(6);
    if (argument.starts_with("end:")) argument.remove_prefix(4);
    if (argument.empty()) {
      add_literal(pattern_, "[", begin + 1);
      NOCT_TRY([[maybe_unused]] const bool added, add(Kind::AnyTime, Role::AnyTime, begin));
      add_literal(pattern_, "]", begin + 1);
      return true;
    }
    if (argument == "sec") return add(Kind::CustomTime, Role::AnyTime, begin, {{'s', '\0'}});
    if (argument == "msec" || argument == "usec") return add(Kind::AnyTime, Role::AnyTime, begin);
    if (argument == "msec_frac") return add(Kind::CustomTime, Role::AnyTime, begin, {{kMilliFraction, '\0'}});
    if (argument == "usec_frac") return add(Kind::CustomTime, Role::AnyTime, begin, {{kMicroFraction, '\0'}});
    NOCT_TRY(auto items, compile_strftime(argument, begin + 1));
    return add(Kind::CustomTime, Role::AnyTime, begin, std::move(items));
  }

  std::string_view format_;
  size_t at_ = 0;
  Pattern pattern_;
};

}  // namespace

Result<Pattern> compile_apache_format(std::string_view format) { return Compiler(format).run(); }

}  // namespace noctule

#pragma once
// SPDX-License-Identifier: Apache-2.0
// Scanner: a cursor over one line. It moves only forward and never past the end; each step says whether it fitted.
// memchr does the searching: the C library picks its widest vector unit at run time.
#include <cstring>
#include <string_view>

#include "noctule/base/text.h"

namespace noctule {

class Scanner {
 public:
  explicit Scanner(std::string_view line) : begin_(line.data()), at_(begin_), end_(begin_ + line.size()) {}

  [[nodiscard]] bool done() const { return at_ == end_; }
  [[nodiscard]] size_t left() const { return static_cast<size_t>(end_ - at_); }
  [[nodiscard]] size_t column() const { return static_cast<size_t>(at_ - begin_) + 1; }
  [[nodiscard]] std::string_view rest() const { return {at_, left()}; }
  [[nodiscard]] char peek() const { return at_ == end_ ? '\0' : *at_; }
  [[nodiscard]] char peek(size_t ahead) const { return ahead < left() ? at_[ahead] : '\0'; }

  bool eat(char c) {
    if (at_ == end_ || *at_ != c) return false;
    ++at_;
    return true;
  }
  bool eat(std::string_view text) {
    if (!rest().starts_with(text)) return false;
    at_ += text.size();
    return true;
  }
  void skip(size_t bytes) { at_ += bytes < left() ? bytes : left(); }
  void skip_all(char c) {
    while (at_ != end_ && *at_ == c) ++at_;
  }

  // What stands before the next c, which stays unread. False, and nothing read, where no c follows.
  bool until(char c, std::string_view& out) {
    const char* found = find(at_, c);
    if (found == nullptr) return false;
    out = {at_, static_cast<size_t>(found - at_)};
    at_ = found;
    return true;
  }
  // Like until, but the end of the line ends it as well.
  std::string_view until_or_end(char c) {
    const char* found = find(at_, c);
    const std::string_view out{at_, static_cast<size_t>((found == nullptr ? end_ : found) - at_)};
    at_ += out.size();
    return out;
  }

  // A quoted field: what stands between '"' and the next '"' that is neither escaped by a backslash nor inside the text.
  // Servers that do not escape write quotes into the middle of a field: only one before a blank or the end closes it.
  bool quoted(std::string_view& out) {
    if (peek() != '"') return false;
    const char* from = at_ + 1;
    for (const char* quote = find(from, '"'); quote != nullptr; quote = find(quote + 1, '"')) {
      if (is_escaped(from, quote) || (quote + 1 != end_ && quote[1] != ' ' && quote[1] != '\t')) continue;
      out = {from, static_cast<size_t>(quote - from)};
      at_ = quote + 1;
      return true;
    }
    return false;
  }

 private:
  [[nodiscard]] const char* find(const char* from, char c) const {
    return from == end_ ? nullptr : static_cast<const char*>(std::memchr(from, c, static_cast<size_t>(end_ - from)));
  }
  static bool is_escaped(const char* from, const char* at) {
    const char* run = at;
    while (run != from && run[-1] == '\\') --run;
    return (at - run) % 2 == 1;
  }

  const char* begin_;
  const char* at_;
  const char* end_;
};

}  // namespace noctule

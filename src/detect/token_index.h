#pragma once
// SPDX-License-Identifier: Apache-2.0
// TokenIndex: finds which of some thousand small patterns occur in a text, in one pass over its three-byte windows.
// A pattern is a conjunction of literals, compared without case: "a & b & !c" holds where a and b occur and c does not.
//   ^abc  at the start      abc$  at the end      <abc  not after a letter or digit      abc>  not before one
//   =abc  with exact case   abc#  a digit follows                         the marks combine: ^=abc#
// Each pattern is filed under one three-byte window of its longest literal; the text's windows look it up and only then
// is the pattern verified. Building it takes under a millisecond, where compiling the same set for a regular-expression
// engine takes tens: a command-line program pays that on each start. Immutable; any number of threads may share one.
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "noctule/base/result.h"

namespace noctule {

struct TokenLiteral {
  std::string text;          // lower case unless exact
  bool exact = false, at_start = false, at_end = false, word_start = false, word_end = false, digit_follows = false;
  // Where it occurs first at or after `from`, npos when nowhere. lowered is text in lower case, of the same length.
  [[nodiscard]] size_t find(std::string_view text_seen, std::string_view lowered, size_t from = 0) const;
  [[nodiscard]] bool occurs_at(std::string_view text_seen, std::string_view lowered, size_t at) const;
};

struct TokenPattern {
  std::vector<TokenLiteral> required, forbidden;
  static Result<TokenPattern> parse(std::string_view pattern);
  [[nodiscard]] bool matches(std::string_view text, std::string_view lowered) const;
};

class TokenIndex {
 public:
  TokenIndex() = default;
  explicit TokenIndex(std::vector<TokenPattern> patterns);

  static constexpr size_t kNone = SIZE_MAX;
  // The lowest index of a pattern that matches, kNone when none does. lowered is text in lower case.
  [[nodiscard]] size_t find_first(std::string_view text, std::string_view lowered) const;
  [[nodiscard]] const TokenPattern& pattern(size_t index) const { return patterns_[index]; }

 private:
  static constexpr size_t kBuckets = 1U << 13;
  static size_t bucket_of(const char* window);
  struct Entry { uint32_t pattern; uint16_t literal; uint16_t offset; };
  std::vector<TokenPattern> patterns_;
  std::vector<uint32_t> starts_;   // of each bucket in entries_, one more at the end
  std::vector<Entry> entries_;     // by bucket, then by pattern
};

}  // namespace noctule

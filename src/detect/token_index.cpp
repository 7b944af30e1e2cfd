// SPDX-License-Identifier: Apache-2.0
#include "token_index.h"

#include <fmt/format.h>

#include <algorithm>

#include "noctule/base/text.h"
#include "tsv.h"

namespace noctule {
namespace {

bool is_word(char c) { return is_alpha(c) || is_digit(c); }

Result<TokenLiteral> parse_literal(std::string_view text) {
  TokenLiteral literal;
  for (bool more = true; more && !text.empty();) {
    switch (text.front()) {
      case '^': literal.at_start = true; break;
      case '<': literal.word_start = true; break;
      case '=': literal.exact = true; break;
      default: more = false;
    }
    if (more) text.remove_prefix(1);
  }
  for (bool more = true; more && !text.empty();) {
    switch (text.back()) {
      case '$': literal.at_end = true; break;
      case '>': literal.word_end = true; break;
      case '#': literal.digit_follows = true; break;
      default: more = false;
    }
    if (more) text.remove_suffix(1);
  }
  if (text.empty()) return fail(ErrorCode::InvalidInput, "empty literal in a pattern");
  literal.text = literal.exact ? std::string(text) : lower(text);
  return literal;
}

// Windows of common words make slow buckets: prefer the window whose bytes are least frequent in user agents. A letter
// is common, a digit or a mark less so; ties go to the end of the literal, where names differ.
size_t rarest_window(std::string_view text) {
  size_t best = 0;
  int best_score = -1;
  for (size_t at = 0; at + 3 <= text.size(); ++at) {
    int score = 0;
    for (char c : text.substr(at, 3)) score += std::string_view("aeiorntls /.0").contains(c) ? 0 : 1;
    if (score >= best_score) best_score = score, best = at;
  }
  return best;
}

}  // namespace

bool TokenLiteral::occurs_at(std::string_view text_seen, std::string_view lowered, size_t at) const {
  const std::string_view where = exact ? text_seen : lowered;
  if (at > where.size() || where.substr(at, text.size()) != text) return false;
  const size_t end = at + text.size();
  if (at_start && at != 0) return false;
  if (at_end && end != where.size()) return false;
  if (word_start && at > 0 && is_word(where[at - 1])) return false;
  if (word_end && end < where.size() && is_word(where[end])) return false;
  return !digit_follows || (end < where.size() && is_digit(where[end]));
}

size_t TokenLiteral::find(std::string_view text_seen, std::string_view lowered, size_t from) const {
  const std::string_view where = exact ? text_seen : lowered;
  if (at_start) return from == 0 && occurs_at(text_seen, lowered, 0) ? 0 : std::string_view::npos;
  for (size_t at = where.find(text, from); at != std::string_view::npos; at = where.find(text, at + 1)) {
    if (occurs_at(text_seen, lowered, at)) return at;
  }
  return std::string_view::npos;
}

Result<TokenPattern> TokenPattern::parse(std::string_view pattern) {
  TokenPattern result;
  for (std::string_view part : split(pattern, " & ")) {
    const bool forbidden = part.starts_with('!');
    if (forbidden) part.remove_prefix(1);
    NOCT_TRY(TokenLiteral literal, parse_literal(part));
    (forbidden ? result.forbidden : result.required).push_back(std::move(literal));
  }
  const bool indexable = std::ranges::any_of(result.required, [](const auto& l) { return l.text.size() >= 3; });
  if (!indexable) return fail(ErrorCode::InvalidInput, fmt::format("pattern '{}' needs a literal of 3 bytes", pattern));
  return result;
}

bool TokenPattern::matches(std::string_view text, std::string_view lowered) const {
  const auto occurs = [&](const TokenLiteral& l) { return l.find(text, lowered) != std::string_view::npos; };
  return std::ranges::all_of(required, occurs) && std::ranges::none_of(forbidden, occurs);
}

size_t TokenIndex::bucket_of(const char* window) {
  const auto byte = [&](int i) { return static_cast<uint32_t>(static_cast<unsigned char>(window[i])); };
  return ((byte(0) | byte(1) << 8 | byte(2) << 16) * 0x9E3779B1U) >> 19;  // the upper 13 bits
}

TokenIndex::TokenIndex(std::vector<TokenPattern> patterns) : patterns_(std::move(patterns)) {
  std::vector<std::pair<size_t, Entry>> filed;
  for (uint32_t p = 0; p < patterns_.size(); ++p) {
    const auto& required = patterns_[p].required;
    const auto longest = std::ranges::max_element(required, {}, [](const auto& l) { return l.text.size(); });
    const std::string folded = lower(longest->text);
    const size_t offset = rarest_window(folded);
    filed.push_back({bucket_of(folded.data() + offset),
                     {p, static_cast<uint16_t>(longest - required.begin()), static_cast<uint16_t>(offset)}});
  }
  std::ranges::sort(filed, {}, [](const auto& pair) { return std::pair(pair.first, pair.second.pattern); });
  starts_.assign(kBuckets + 1, 0);
  for (const auto& [bucket, entry] : filed) {
    ++starts_[bucket + 1];
    entries_.push_back(entry);
  }
  for (size_t b = 0; b < kBuckets; ++b) starts_[b + 1] += starts_[b];
}

size_t TokenIndex::find_first(std::string_view text, std::string_view lowered) const {
  size_t best = kNone;
  for (size_t at = 0; at + 3 <= lowered.size(); ++at) {
    const size_t bucket = bucket_of(lowered.data() + at);
    for (uint32_t e = starts_[bucket]; e < starts_[bucket + 1]; ++e) {
      const Entry& entry = entries_[e];
      if (entry.pattern >= best) break;  // a bucket is in the order of patterns
      const TokenPattern& pattern = patterns_[entry.pattern];
      if (at < entry.offset || !pattern.required[entry.literal].occurs_at(text, lowered, at - entry.offset)) continue;
      if (pattern.matches(text, lowered)) best = entry.pattern;
    }
  }
  return best;
}

}  // namespace noctule

// SPDX-License-Identifier: Apache-2.0
#include "excerpt.h"

#include <algorithm>
#include <vector>

#include "noctule/base/text.h"

namespace noctule {
namespace {

constexpr size_t kExcerptBytesMax = 100;
constexpr std::string_view kHidden = "…";
// So much of a line is looked through, and so much of that shown at most: no address begins in what is shown and ends outside.
constexpr size_t kSearchedBytes = 4096;
constexpr size_t kShownBytes = kSearchedBytes - 512;

// A character of the line, as written or unescaped, and the bytes that it takes there.
struct Letter {
  char value;
  size_t begin, end;
};
using Letters = std::vector<Letter>;
using Marks = std::vector<bool>;  // one per byte of the line: is hidden

bool is_separator(char c) { return c == '.' || c == ':' || c == '-' || c == '_' || c == '@'; }

// Where the two digits of an escape that begins here are: %2E, %252E (escaped twice), \x2E, \u002E. npos: none begins here.
size_t escape_digits(std::string_view line, size_t at) {
  const std::string_view rest = line.substr(at);
  if (rest.starts_with("\\x")) return at + 2;
  if (rest.starts_with("\\u00")) return at + 4;
  if (!rest.starts_with('%')) return std::string_view::npos;
  size_t digits = at + 1;
  while (line.substr(digits).starts_with("25") && hex_byte(line, digits + 2) >= 0) digits += 2;
  return digits;
}

Letters as_written(std::string_view line) {
  Letters letters;
  for (size_t i = 0; i < line.size(); ++i) letters.push_back({line[i], i, i + 1});
  return letters;
}

Letters with_separators_unescaped(std::string_view line) {
  Letters letters;
  for (size_t i = 0; i < line.size(); i = letters.back().end) {
    const size_t digits = escape_digits(line, i);
    const int value = digits == std::string_view::npos ? -1 : hex_byte(line, digits);
    const bool is_escape = value >= 0 && is_separator(static_cast<char>(value));
    letters.push_back(is_escape ? Letter{static_cast<char>(value), i, digits + 2} : Letter{line[i], i, i + 1});
  }
  return letters;
}

void hide(size_t begin, size_t end, Marks& hidden) {
  std::fill(hidden.begin() + static_cast<ptrdiff_t>(begin), hidden.begin() + static_cast<ptrdiff_t>(end), true);
}

// 192.0.2.7 somewhere in the word: four groups of digits, the inner ones of at most three.
bool holds_ipv4(std::string_view word, char separator) {
  size_t groups = 0, digits = 0;
  for (const char c : word) {
    if (is_digit(c)) {
      if (++digits == 1) ++groups;
      if (groups == 4) return true;
      continue;
    }
    // A group of more than three can only be the first: its last digits are.
    if (c != separator || digits == 0) groups = 0;
    else if (digits > 3) groups = 1;
    digits = 0;
  }
  return false;
}

// 2001:db8::1 somewhere in the word: a gap, or more groups than a date with its time has.
bool holds_ipv6(std::string_view word, char separator) {
  const char gap[] = {separator, separator};
  return word.contains(std::string_view(gap, 2)) || std::ranges::count(word, separator) >= 5;
}

template <class IsPart, class HoldsAddress>
void hide_words(const Letters& letters, IsPart is_part, HoldsAddress holds_address, Marks& hidden) {
  std::string word;
  for (size_t i = 0; i < letters.size(); ++i) {
    word.clear();
    const size_t begin = i;
    for (; i < letters.size() && is_part(letters[i].value); ++i) word.push_back(letters[i].value);
    if (!word.empty() && holds_address(word)) hide(letters[begin].begin, letters[i - 1].end, hidden);
  }
}

void hide_ip_addresses(const Letters& letters, Marks& hidden) {
  hide_words(letters, [](char c) { return hex_value(c) >= 0 || c == '.' || c == ':'; },
             [](const std::string& word) { return holds_ipv4(word, '.') || holds_ipv6(word, ':'); }, hidden);
  // Names of clients spell their addresses with other separators: client-192-0-2-7, 2001-db8--1.
  hide_words(letters, [](char c) { return is_digit(c) || c == '_'; }, [](const std::string& word) { return holds_ipv4(word, '_'); }, hidden);
  hide_words(letters, [](char c) { return hex_value(c) >= 0 || c == '-'; },
             [](const std::string& word) {
               const bool has_digit = std::ranges::any_of(word, is_digit);
               return has_digit && (holds_ipv4(word, '-') || holds_ipv6(word, '-'));
             },
             hidden);
}

// What ends the part before the @ unless that is quoted (RFC 5322, 3.2.3: specials).
bool ends_mailbox(char c) {
  return static_cast<unsigned char>(c) <= ' ' || c == '\x7f' || std::string_view("\"<>()[],;:\\@").contains(c);
}

size_t mailbox_begin(std::string_view line, size_t at_sign) {
  size_t begin = at_sign;
  if (begin > 0 && line[begin - 1] == '"') {  // "ann smith"@example.org
    for (size_t quote = begin - 1; quote-- > 0;) {
      if (line[quote] == '"' && (quote == 0 || line[quote - 1] != '\\')) return quote;
    }
    return 0;
  }
  while (begin > 0 && !ends_mailbox(line[begin - 1])) --begin;
  return begin;
}

void hide_mailboxes(std::string_view line, const Letters& letters, Marks& hidden) {
  size_t looked_to = 0;  // of several @ in a row each looks back to the one before only
  for (const Letter& letter : letters) {
    if (letter.value != '@') continue;
    hide(std::max(looked_to, mailbox_begin(line, letter.begin)), letter.begin, hidden);
    looked_to = letter.begin;
  }
}

}  // namespace

std::string excerpt_without_addresses(std::string_view line) {
  line = line.substr(0, kSearchedBytes);
  Marks hidden(line.size(), false);
  for (const Letters& letters : {as_written(line), with_separators_unescaped(line)}) {
    hide_ip_addresses(letters, hidden);
    hide_mailboxes(line, letters, hidden);
  }
  std::string out;
  for (size_t i = 0; i < std::min(line.size(), kShownBytes); ++i) {
    if (!hidden[i]) out.push_back(line[i]);
    else if (i == 0 || !hidden[i - 1]) out.append(kHidden);
  }
  return printable(out, kExcerptBytesMax);
}

}  // namespace noctule

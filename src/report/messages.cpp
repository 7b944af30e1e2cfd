// SPDX-License-Identifier: Apache-2.0
#include "noctule/report/messages.h"

#include <algorithm>
#include <array>

#include "embedded_text.h"
#include "noctule/base/result.h"
#include "noctule/base/text.h"
#include "numbers.h"

namespace noctule {
namespace {

std::string_view take_until(std::string_view& rest, char separator) {
  const size_t at = std::min(rest.find(separator), rest.size());
  const std::string_view taken = rest.substr(0, at);
  rest.remove_prefix(std::min(at + 1, rest.size()));
  return taken;
}

std::vector<MessageRow> parse_rows(std::string_view tsv) {
  std::vector<MessageRow> rows;
  take_until(tsv, '\n');  // the header
  while (!tsv.empty()) {
    std::string_view line = take_until(tsv, '\n');
    if (line.empty() || line.front() == '#') continue;
    MessageRow row;
    row.key = take_until(line, '\t');
    for (std::string_view& text : row.text) text = take_until(line, '\t');
    rows.push_back(row);
  }
  std::ranges::sort(rows, {}, &MessageRow::key);
  return rows;
}

const std::vector<MessageRow>& rows() {
  static const std::vector<MessageRow> table = parse_rows(kMessagesTsv);
  return table;
}

const MessageRow* find(std::string_view key) {
  const auto found = std::ranges::lower_bound(rows(), key, {}, &MessageRow::key);
  return found != rows().end() && found->key == key ? &*found : nullptr;
}

// {0} to {9}; a placeholder without an argument stays, so that a mistake is seen rather than hidden.
std::string fill(std::string_view text, const std::vector<std::string>& args) {
  std::string out;
  for (size_t i = 0; i < text.size(); ++i) {
    const bool placeholder = text[i] == '{' && i + 2 < text.size() && is_digit(text[i + 1]) && text[i + 2] == '}';
    const size_t index = placeholder ? static_cast<size_t>(text[i + 1] - '0') : args.size();
    if (index < args.size()) {
      out += args[index];
      i += 2;
    } else {
      out += text[i];
    }
  }
  return out;
}

// French counts zero as one (CLDR plural rules).
bool is_singular(Language language, uint64_t count) {
  return language == Language::French ? count < 2 : count == 1;
}

}  // namespace

std::optional<Language> parse_language(std::string_view name) {
  const std::string_view code = name.substr(0, std::min(name.find_first_of("_-.@"), name.size()));
  if (equals_ignoring_case(code, "en")) return Language::English;
  if (equals_ignoring_case(code, "fr")) return Language::French;
  return std::nullopt;
}

std::string_view name_of(Language language) { return language == Language::French ? "fr" : "en"; }

std::span<const MessageRow> message_rows() { return rows(); }

std::string message(Language language, std::string_view key, const std::vector<std::string>& args) {
  const MessageRow* row = find(key);
  NOCT_ASSERT(row != nullptr);
  return fill(row->text[static_cast<size_t>(language)], args);
}

std::string message_of_code(Language language, std::string_view family, std::string_view code,
                            const std::vector<std::string>& args) {
  const std::string key = std::string(family) + "." + std::string(code);
  if (const auto count = args.empty() ? std::nullopt : parse_decimal(args.front()); count && is_singular(language, *count)) {
    const std::string singular = key + ".one";
    if (find(singular) != nullptr) return message(language, singular, args);
  }
  if (find(key) != nullptr) return message(language, key, args);
  std::string out(code);
  for (const std::string& arg : args) out += " " + arg;
  return out;
}

std::string message_counted(Language language, std::string_view key, uint64_t count,
                            const std::vector<std::string>& more_args) {
  std::vector<std::string> args = {count_text(language, count)};
  args.insert(args.end(), more_args.begin(), more_args.end());
  return message(language, std::string(key) + (is_singular(language, count) ? ".one" : ".other"), args);
}

}  // namespace noctule

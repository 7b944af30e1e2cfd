#pragma once
// SPDX-License-Identifier: Apache-2.0
// The words that people read, in every language noctule speaks: rows of data/messages.tsv, built into the program.
// Immutable; any number of threads may ask.
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace noctule {

enum class Language : uint8_t { English, French };
inline constexpr int kLanguages = 2;

// "en", "fr", and locale names that begin with them ("fr_CA.UTF-8").
[[nodiscard]] std::optional<Language> parse_language(std::string_view name);
[[nodiscard]] std::string_view name_of(Language language);

struct MessageRow {
  std::string_view key;
  std::string_view text[kLanguages];
};

// All rows, sorted by key.
[[nodiscard]] std::span<const MessageRow> message_rows();

// The text of a key, {0}, {1}... replaced by the arguments. The key must exist: asking for another is a bug of ours.
[[nodiscard]] std::string message(Language language, std::string_view key, const std::vector<std::string>& args = {});

// The same for a code that came with the data and may be newer than this table: then the code itself and its arguments.
// Where the first argument is a count of one and there is a key + ".one", that is the text.
[[nodiscard]] std::string message_of_code(Language language, std::string_view family, std::string_view code,
                                          const std::vector<std::string>& args = {});

// key + ".one" or ".other", as the language's rule for the count says; the count is argument {0}.
[[nodiscard]] std::string message_counted(Language language, std::string_view key, uint64_t count,
                                          const std::vector<std::string>& more_args = {});

}  // namespace noctule

#pragma once
// SPDX-License-Identifier: Apache-2.0
// Pattern: a format string, taken apart. nginx's log_format and Apache's LogFormat compile to the same pieces, and one
// parser reads lines by them.
#include <string>
#include <string_view>
#include <vector>

#include "line_parser.h"
#include "log_time.h"
#include "role.h"

namespace noctule {

// One step of a strftime format: a conversion, or a byte that must stand there.
struct TimeItem {
  char conversion = '\0';  // as strftime's; kMilliFraction and kMicroFraction besides; '\0': the literal
  char literal = '\0';
};
inline constexpr char kMilliFraction = '3', kMicroFraction = '6';

struct Piece {
  enum class Kind : uint8_t {
    Literal,
    Value,       // up to the literal that follows
    AnyTime,     // a stamp that ends by itself
    CustomTime,  // the same, by time_items
    Port, IsArgs  // only until simplify() has joined them with their neighbours
  };
  Kind kind = Kind::Literal;
  Role role = Role::Ignored;
  std::string text;  // the literal, or the directive as written
  size_t place = 0;  // 1-based byte of the format string, for messages
  std::vector<TimeItem> time_items;
};

struct Pattern {
  enum class Escaping : uint8_t { Backslash, Json, None };
  std::vector<Piece> pieces;
  Escaping escaping = Escaping::Backslash;
  std::string name;
};

// Errors of both: InvalidInput, naming the directive and its place.
[[nodiscard]] Result<Pattern> compile_nginx_format(std::string_view format);
[[nodiscard]] Result<Pattern> compile_apache_format(std::string_view format);
// "%d/%b/%Y:%T" as in %{...}t; place is where it begins in the format string.
[[nodiscard]] Result<std::vector<TimeItem>> compile_strftime(std::string_view format, size_t place);
// Reads a stamp at the front of the text by its items; how many bytes it took, 0: it does not fit.
[[nodiscard]] size_t read_custom_time(std::string_view text, const std::vector<TimeItem>& items, TimeParts& parts);

// What a request header fills: "referer", "x-forwarded-for", ... in any case.
[[nodiscard]] Role role_of_header(std::string_view name);

// Appends to the last literal, or begins one.
void add_literal(Pattern& pattern, std::string_view text, size_t place);
// Joins what belongs together (path and query, host and port) and checks that every value has an end, and that the lines
// will say when and what. needs_time: nothing around the line says when.
[[nodiscard]] Result<Pattern> simplify(Pattern pattern, bool needs_time);

// An nginx or Apache format string, or the whole directive from a configuration. Error: InvalidInput.
[[nodiscard]] Result<Pattern> compile_format_string(std::string_view format, bool needs_time);
[[nodiscard]] bool looks_like_format_string(std::string_view text);

[[nodiscard]] Result<std::unique_ptr<LineParser>> make_pattern_parser(Pattern pattern, const LogFormatOptions& options);

}  // namespace noctule

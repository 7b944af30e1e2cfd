// SPDX-License-Identifier: Apache-2.0
// Reads lines by a compiled format string: each value goes up to the literal that follows it.
#include "pattern.h"
#include "record_builder.h"

namespace noctule {
namespace {

using Kind = Piece::Kind;
using Escaping = Pattern::Escaping;

class PatternParser final : public ParserBase {
 public:
  PatternParser(std::shared_ptr<const Pattern> pattern, ZoneClock zone)
      : pattern_(std::move(pattern)), builder_(std::move(zone)) {
    for (const Piece& piece : pattern_->pieces) {
      if (piece.kind != Kind::Literal) add_fields_of(piece.role, fields_);
    }
  }

  [[nodiscard]] FieldSet fields() const override { return fields_; }
  [[nodiscard]] bool is_stateless() const override { return builder_.zone().is_utc(); }
  [[nodiscard]] std::unique_ptr<LineParser> clone() const override { return std::make_unique<PatternParser>(*this); }

 protected:
  LineResult parse_line(std::string_view line, LogRecord& record, LineProblem& problem) override {
    builder_.begin(record, scratch_);
    const std::vector<Piece>& pieces = pattern_->pieces;
    size_t at = 0;
    for (size_t i = 0; i < pieces.size(); ++i) {
      if (!read_piece(line, at, i, problem)) return LineResult::Malformed;
    }
    // Blanks at the end are what a variable without a value leaves behind.
    if (line.find_first_not_of(' ', at) != std::string_view::npos) {
      return fail_at(problem, "line", "the end of the line", at + 1), LineResult::Malformed;
    }
    if (fields_.has(Field::Time)) return builder_.finish(problem) ? LineResult::Parsed : LineResult::Malformed;
    builder_.finish_without_time();
    return LineResult::Parsed;
  }

 private:
  bool read_piece(std::string_view line, size_t& at, size_t index, LineProblem& problem) {
    const Piece& piece = pattern_->pieces[index];
    switch (piece.kind) {
      case Kind::Literal: return read_literal(line, at, piece, problem);
      case Kind::AnyTime: return read_time(at, read_any_time(line.substr(at), builder_.time()), problem);
      case Kind::CustomTime:
        return read_time(at, read_custom_time(line.substr(at), piece.time_items, builder_.time()), problem);
      default: return read_value(line, at, index, problem);
    }
  }

  static bool read_literal(std::string_view line, size_t& at, const Piece& piece, LineProblem& problem) {
    if (!line.substr(at).starts_with(piece.text)) {
      return fail_at(problem, "line", "the text that stands here in the format string", at + 1);
    }
    at += piece.text.size();
    return true;
  }

  static bool read_time(size_t& at, size_t used, LineProblem& problem) {
    if (used == 0) return problem = problem_of(Role::AnyTime, at + 1), false;
    at += used;
    return true;
  }

  bool read_value(std::string_view line, size_t& at, size_t index, LineProblem& problem) {
    const Piece& piece = pattern_->pieces[index];
    const size_t end = find_end(line, at, index);
    if (end == std::string_view::npos) return problem = problem_of(piece.role, at + 1), false;
    const size_t column = at + 1;
    const std::string_view raw = line.substr(at, end - at);
    at = end;
    return piece.role == Role::Ignored || builder_.put(piece.role, unescape(raw), column, problem);
  }

  // Where the value that begins at `from` ends: npos: nowhere.
  [[nodiscard]] size_t find_end(std::string_view line, size_t from, size_t index) const {
    const std::vector<Piece>& pieces = pattern_->pieces;
    if (index + 1 == pieces.size()) return line.size();
    const std::string_view literal = pieces[index + 1].text;
    const bool is_last = index + 2 == pieces.size();
    const bool is_quoted = literal[0] == '"' && index > 0 && pieces[index - 1].text.ends_with('"');
    for (size_t at = line.find(literal, from); at != std::string_view::npos; at = line.find(literal, at + 1)) {
      const size_t after = at + literal.size();
      if (is_quoted && is_escaped(line, from, at)) continue;
      // A quote inside a value is followed by something else than a blank; where nothing is escaped, by anything.
      const bool may_go_on = pattern_->escaping == Escaping::None || (after < line.size() && line[after] != ' ');
      if (is_quoted && is_last && after < line.size() && may_go_on) continue;
      // "client, proxy" without quotes around it
      if (!is_quoted && literal[0] == ' ' && at > from && line[at - 1] == ',' && is_address(pieces[index].role)) continue;
      return at;
    }
    return std::string_view::npos;
  }

  static bool is_address(Role role) { return role == Role::ForwardedFor || role == Role::Address; }

  [[nodiscard]] bool is_escaped(std::string_view line, size_t from, size_t at) const {
    if (pattern_->escaping == Escaping::None) return false;
    size_t run = at;
    while (run > from && line[run - 1] == '\\') --run;
    return (at - run) % 2 == 1;
  }

  std::string_view unescape(std::string_view raw) {
    switch (pattern_->escaping) {
      case Escaping::Backslash: return scratch_.unescape(raw);
      case Escaping::Json: return scratch_.unescape_json(raw);
      case Escaping::None: break;
    }
    return raw;
  }

  std::shared_ptr<const Pattern> pattern_;  // shared by the copies of the parser; immutable
  RecordBuilder builder_;
  FieldSet fields_;
};

}  // namespace

Result<std::unique_ptr<LineParser>> make_pattern_parser(Pattern pattern, const LogFormatOptions& options) {
  NOCT_TRY(ZoneClock zone, ZoneClock::make(options.time_zone));
  return std::make_unique<PatternParser>(std::make_shared<const Pattern>(std::move(pattern)), std::move(zone));
}

}  // namespace noctule

#pragma once
// SPDX-License-Identifier: Apache-2.0
// Sheet: lines of coloured text for a terminal, and tables that fit its width. Widths are measured before colours are
// put on, so they are the same with and without. One thread.
#include <string>
#include <string_view>
#include <vector>

#include "noctule/report/terminal.h"

namespace noctule {

// What a piece of text means; the sheet knows how that looks.
enum class Ink { Plain, Title, Bold, Dim, Private, Maybe, Proven, Strong, Inferred, Estimated, Warning };

struct Span {
  std::string text;
  Ink ink = Ink::Plain;
};
using Line = std::vector<Span>;
[[nodiscard]] int width_of(const Line& line);
[[nodiscard]] Line padded(Line line, int width);

enum class Align { Left, Right };
enum class Cut { End, Middle };

struct Column {
  std::string header;
  Align align = Align::Left;
  int keep = 0;           // when the sheet is narrow, the column of the highest number goes first; 0 never goes
  int width_min = 0;      // above 0: the column may shrink to this
  Cut cut = Cut::End;     // where text is cut then
};

struct Table {
  std::vector<Column> columns;
  std::vector<std::vector<Line>> rows;  // a line per column
};

class Sheet {
 public:
  explicit Sheet(const TerminalOptions& options);
  [[nodiscard]] int width() const { return width_; }

  void blank();
  void title(std::string_view text, std::string_view right = {});
  void line(const Line& spans);                        // indented
  void flush_line(const Line& spans);                  // not indented
  void paragraph(std::string_view text, Ink ink = Ink::Plain, int indent = kIndent);
  void bullet(std::string_view mark, std::string_view text, Ink ink);
  void table(Table table);  // names the columns there was no room for
  void side_by_side(const std::vector<Line>& left, const std::vector<Line>& right, int left_width);
  [[nodiscard]] std::string take() { return std::move(out_); }

  static constexpr int kIndent = 2;
  static constexpr int kGap = 2;       // between columns
  static constexpr int kTextMax = 160;  // longer lines of text lose the eye

 private:
  void put(const Line& spans, int indent);

  int width_;
  Color color_;
  Language language_;
  std::string out_;
};

}  // namespace noctule

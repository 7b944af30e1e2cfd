// SPDX-License-Identifier: Apache-2.0
#include "sheet.h"

#include <fmt/format.h>

#include <algorithm>

#include "cells.h"

namespace noctule {
namespace {

// SGR codes of the sixteen colours only: those follow the reader's own theme, dark or light.
std::string_view sgr(Ink ink) {
  switch (ink) {
    case Ink::Plain: return "";
    case Ink::Title: return "1;36";
    case Ink::Bold: return "1";
    case Ink::Dim: return "2";
    case Ink::Private: return "32";
    case Ink::Maybe: return "33";
    case Ink::Proven: return "1;32";
    case Ink::Strong: return "32";
    case Ink::Inferred: return "36";
    case Ink::Estimated: return "33";
    case Ink::Warning: return "1;33";
  }
  return "";
}

Line cut_to(Line line, int width, Cut cut) {
  if (width_of(line) <= width || line.empty()) return line;
  std::string text;
  for (const Span& span : line) text += span.text;
  return {{cut == Cut::Middle ? fit_middle(text, width) : fit_end(text, width), line.front().ink}};
}

std::vector<int> natural_widths(const Table& table) {
  std::vector<int> widths;
  for (size_t column = 0; column < table.columns.size(); ++column) {
    int width = display_width(table.columns[column].header);
    for (const auto& row : table.rows) width = std::max(width, width_of(row[column]));
    widths.push_back(width);
  }
  return widths;
}

int total_width(const std::vector<int>& widths) {
  int total = Sheet::kIndent;
  for (const int width : widths) total += width + Sheet::kGap;
  return total - Sheet::kGap;
}

// Narrows the columns that may shrink, widest slack first.
void shrink(std::vector<int>& widths, const std::vector<Column>& columns, int width) {
  for (int over = total_width(widths) - width; over > 0;) {
    size_t widest = columns.size();
    for (size_t i = 0; i < columns.size(); ++i) {
      const bool may = columns[i].width_min > 0 && widths[i] > columns[i].width_min;
      if (may && (widest == columns.size() || widths[i] > widths[widest])) widest = i;
    }
    if (widest == columns.size()) return;
    --widths[widest];
    --over;
  }
}

void drop_column(Table& table, size_t column) {
  table.columns.erase(table.columns.begin() + static_cast<std::ptrdiff_t>(column));
  for (auto& row : table.rows) row.erase(row.begin() + static_cast<std::ptrdiff_t>(column));
}

// The headers of columns that went are added to `gone`, the last to go first, as they stood from left to right.
std::vector<int> fit_columns(Table& table, int width, std::vector<std::string>& gone) {
  for (;;) {
    std::vector<int> widths = natural_widths(table);
    shrink(widths, table.columns, width);
    const auto first_to_go = std::ranges::max_element(table.columns, {}, &Column::keep);
    if (total_width(widths) <= width || first_to_go == table.columns.end() || first_to_go->keep == 0) return widths;
    gone.insert(gone.begin(), first_to_go->header);
    drop_column(table, static_cast<size_t>(first_to_go - table.columns.begin()));
  }
}

Line row_line(const std::vector<Line>& cells, const std::vector<Column>& columns, const std::vector<int>& widths) {
  Line out;
  for (size_t i = 0; i < cells.size(); ++i) {
    Line cell = cut_to(cells[i], widths[i], columns[i].cut);
    const std::string fill(static_cast<size_t>(std::max(widths[i] - width_of(cell), 0)), ' ');
    if (i > 0) out.push_back({std::string(Sheet::kGap, ' ')});
    if (columns[i].align == Align::Right) out.push_back({fill});
    out.insert(out.end(), cell.begin(), cell.end());
    if (columns[i].align == Align::Left && i + 1 < cells.size()) out.push_back({fill});
  }
  return out;
}

}  // namespace

int width_of(const Line& line) {
  int width = 0;
  for (const Span& span : line) width += display_width(span.text);
  return width;
}

Line padded(Line line, int width) {
  const int missing = width - width_of(line);
  if (missing > 0) line.push_back({std::string(static_cast<size_t>(missing), ' ')});
  return line;
}

Sheet::Sheet(const TerminalOptions& options)
    : width_(std::clamp(options.width, kWidthMin, kWidthMax)), color_(options.color), language_(options.language) {}

void Sheet::put(const Line& spans, int indent) {
  out_.append(static_cast<size_t>(indent), ' ');
  for (const Span& span : spans) {
    const std::string_view code = color_ == Color::On && !span.text.empty() ? sgr(span.ink) : "";
    if (!code.empty()) out_.append("\x1b[").append(code).append("m");
    out_ += span.text;
    if (!code.empty()) out_ += "\x1b[0m";
  }
  while (!out_.empty() && out_.back() == ' ') out_.pop_back();
  out_ += '\n';
}

void Sheet::blank() { out_ += '\n'; }
void Sheet::line(const Line& spans) { put(spans, kIndent); }
void Sheet::flush_line(const Line& spans) { put(spans, 0); }

void Sheet::title(std::string_view text, std::string_view right) {
  blank();
  Line line = {{std::string(text), Ink::Title}};
  const int gap = width_ - display_width(text) - display_width(right);
  if (!right.empty() && gap > 1) {
    line = padded(line, width_ - display_width(right));
    line.push_back({std::string(right), Ink::Dim});
  }
  put(line, 0);
}

void Sheet::paragraph(std::string_view text, Ink ink, int indent) {
  for (const std::string& row : wrap(text, std::min(width_, kTextMax) - indent)) put({{row, ink}}, indent);
}

void Sheet::bullet(std::string_view mark, std::string_view text, Ink ink) {
  const int mark_width = display_width(mark) + 1;
  std::string lead = std::string(mark) + " ";
  for (const std::string& row : wrap(text, std::min(width_, kTextMax) - kIndent - mark_width)) {
    put({{lead, ink}, {row}}, kIndent);
    lead.assign(static_cast<size_t>(mark_width), ' ');
  }
}

void Sheet::table(Table table) {
  std::vector<std::string> gone;
  const std::vector<int> widths = fit_columns(table, width_, gone);
  std::vector<Line> headers;
  for (const Column& column : table.columns) headers.push_back({{column.header, Ink::Dim}});
  line(row_line(headers, table.columns, widths));
  for (const auto& row : table.rows) line(row_line(row, table.columns, widths));
  if (!gone.empty()) paragraph(message(language_, "terminal.more_columns", {fmt::format("{}", fmt::join(gone, ", "))}), Ink::Dim);
}

void Sheet::side_by_side(const std::vector<Line>& left, const std::vector<Line>& right, int left_width) {
  for (size_t i = 0; i < std::max(left.size(), right.size()); ++i) {
    Line row = padded(i < left.size() ? left[i] : Line{}, left_width);
    if (i < right.size()) row.insert(row.end(), right[i].begin(), right[i].end());
    put(row, kIndent);
  }
}

}  // namespace noctule

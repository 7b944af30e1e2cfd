// SPDX-License-Identifier: Apache-2.0
// How good the data was: files, lines that could not be read, what was left out and why, what to mind.
#include <fmt/format.h>

#include <algorithm>

#include "cells.h"
#include "numbers.h"
#include "report_text.h"
#include "terminal_sections.h"

namespace noctule {
namespace {

constexpr size_t kFilesMax = 20, kExamplesMax = 5;

Line count_cell(Language language, uint64_t count, Ink ink = Ink::Plain) {
  if (count == 0) return {{"–", Ink::Dim}};
  return {{count_text(language, count), ink}};
}

// A count of lines that have a field, or that there is no such field at all.
Line field_cell(Language language, uint64_t count, bool has_field) {
  if (!has_field) return {{message(language, "word.no_column"), Ink::Maybe}};
  return count_cell(language, count);
}

void write_files(Sheet& sheet, Language language, const Analysis& analysis) {
  Table table;
  const auto number = [&](std::string_view key, int keep) { return Column{message(language, key), Align::Right, keep}; };
  table.columns = {{message(language, "column.file"), Align::Left, 0, 14, Cut::Middle},
                   {message(language, "column.format"), Align::Left, 0, 8},
                   number("column.lines", 0),
                   number("column.unparsed", 0),
                   number("column.ignored", 5),
                   number("column.addresses", 4),
                   number("column.with_referrer", 1),
                   number("column.with_user_agent", 2),
                   {message(language, "column.period"), Align::Left, 3}};
  for (const InputFile& file : analysis.input) {
    if (table.rows.size() == kFilesMax) break;
    table.rows.push_back({{{shown(file.path)}},
                          {{shown(file.format)}},
                          count_cell(language, file.lines),
                          count_cell(language, file.unparsed, Ink::Warning),
                          count_cell(language, file.ignored),
                          count_cell(language, file.addresses),
                          field_cell(language, file.with_referrer, file.has_referrer_field),
                          field_cell(language, file.with_user_agent, file.has_user_agent_field),
                          {{period_text(language, file.first_ms, file.last_ms), Ink::Dim}}});
  }
  sheet.table(std::move(table));
  if (analysis.input.size() > kFilesMax) {
    sheet.paragraph(message(language, "list.more", {count_text(language, analysis.input.size() - kFilesMax)}), Ink::Dim);
  }
  for (const InputFile& file : analysis.input) {
    if (file.error.empty()) continue;
    sheet.bullet("!", fmt::format("{}: {}", shown(file.path), message(language, "terminal.file_error", {shown(file.error)})),
                 Ink::Warning);
  }
}

void write_unparsed(Sheet& sheet, Language language, const Analysis& analysis) {
  sheet.blank();
  if (analysis.unparsed == 0) return sheet.paragraph(message(language, "note.all_read"));
  sheet.paragraph(message(language, "note.unread",
                          {count_text(language, analysis.unparsed), count_text(language, analysis.lines),
                           percent_text(language, static_cast<double>(analysis.unparsed),
                                        static_cast<double>(analysis.lines), Rounding::Nearest)}));
  size_t rows = 0;
  for (const UnparsedExample& example : analysis.unparsed_examples) {
    if (rows++ == kExamplesMax) break;
    const std::string place = fmt::format("{}:{}", shown(example.file), example.line);
    sheet.bullet("-", fmt::format("{}  {}", place, message(language, "note.expected", {code_text(language, "field", example.field), code_text(language, "expected", example.expected)})),
                 Ink::Warning);
    sheet.line({{"  "}, {fit_end(shown(example.excerpt), sheet.width() - Sheet::kIndent - 2), Ink::Dim}});
  }
}

void write_exclusions(Sheet& sheet, Language language, const Analysis& analysis) {
  sheet.title(message(language, "section.excluded"));
  if (analysis.exclusions.empty()) return sheet.paragraph(message(language, "note.nothing_excluded"));
  Table table;
  table.columns = {{message(language, "column.reason"), Align::Left, 0, 20},
                   {message(language, "column.hits"), Align::Right},
                   {message(language, "column.landings"), Align::Right}};
  for (const ReasonCount& row : analysis.exclusions) {
    table.rows.push_back({{{code_text(language, "exclusion", row.reason)}},
                          count_cell(language, row.hits),
                          count_cell(language, row.landings)});
  }
  sheet.table(std::move(table));
}

void write_corroboration(Sheet& sheet, Language language, const Analysis& analysis) {
  if (std::ranges::all_of(analysis.by_corroboration, [](uint64_t count) { return count == 0; })) return;
  sheet.title(message(language, "section.corroboration"));
  Table table;
  table.columns = {{message(language, "column.person"), Align::Left, 0, 20},
                   {message(language, "column.visits"), Align::Right}};
  for (int i = kCorroborations - 1; i >= 0; --i) {
    const uint64_t count = analysis.by_corroboration[i];
    if (count == 0) continue;
    table.rows.push_back({{{code_text(language, "corroboration", name_of(static_cast<Corroboration>(i)))}},
                          count_cell(language, count)});
  }
  sheet.table(std::move(table));
}

void write_warnings(Sheet& sheet, Language language, const Analysis& analysis) {
  if (analysis.warnings.empty()) return;
  sheet.title(message(language, "section.warnings"));
  for (const Warning& warning : analysis.warnings) {
    sheet.bullet("!", code_text(language, "warning", warning.code, warning.args), Ink::Warning);
  }
}

}  // namespace

void write_quality(Sheet& sheet, Language language, const Analysis& analysis) {
  sheet.title(message(language, "section.quality"));
  if (!analysis.input.empty()) write_files(sheet, language, analysis);
  write_unparsed(sheet, language, analysis);
  write_exclusions(sheet, language, analysis);
  write_corroboration(sheet, language, analysis);
  write_warnings(sheet, language, analysis);
}

}  // namespace noctule

// SPDX-License-Identifier: Apache-2.0
// Apps, pages and pastes as tables.
#include <algorithm>

#include "cells.h"
#include "numbers.h"
#include "report_text.h"
#include "terminal_sections.h"

namespace noctule {
namespace {

constexpr size_t kRowsMax = 10;

Ink ink_of(Grade grade) {
  switch (grade) {
    case Grade::Proven: return Ink::Proven;
    case Grade::Strong: return Ink::Strong;
    case Grade::Inferred: return Ink::Inferred;
    case Grade::Estimated: return Ink::Estimated;
    default: return Ink::Plain;
  }
}

Ink ink_of(Private surface) {
  return surface == Private::Yes ? Ink::Private : surface == Private::Unknown ? Ink::Maybe : Ink::Plain;
}

Line count_cell(Language language, uint64_t count) {
  if (count == 0) return {{"–", Ink::Dim}};
  return {{count_text(language, count)}};
}

// "12 proven, 40 strong": the surest first.
Line grades_cell(Language language, const AppRow& app) {
  Line line;
  for (size_t i = kGrades; i-- > 0;) {
    if (app.by_grade[i] == 0) continue;
    const auto grade = static_cast<Grade>(i);
    if (!line.empty()) line.push_back({", "});
    line.push_back({count_text(language, app.by_grade[i]) + " " + code_text(language, "grade", name_of(grade)), ink_of(grade)});
  }
  return line;
}

void write_more(Sheet& sheet, Language language, uint64_t total) {
  if (total > kRowsMax) sheet.paragraph(message(language, "list.more", {count_text(language, total - kRowsMax)}), Ink::Dim);
}

Column column(Language language, std::string_view key, Align align = Align::Left, int keep = 0, int width_min = 0,
              Cut cut = Cut::End) {
  return {message(language, key), align, keep, width_min, cut};
}

}  // namespace

namespace {

Table apps_table(Language language, const std::vector<const AppRow*>& apps) {
  Table table;
  table.columns = {column(language, "column.app", Align::Left, 0, 10),
                   column(language, "column.visits", Align::Right),
                   column(language, "column.surface"),
                   column(language, "column.grade", Align::Left, 0, 22),
                   column(language, "column.ga4_direct", Align::Right, 1),
                   column(language, "column.pastes", Align::Right, 2)};
  for (const AppRow* app : apps) {
    if (table.rows.size() == kRowsMax) break;
    const Ink ink = ink_of(app->surface);
    table.rows.push_back({{{shown(app->name.empty() ? app->id : app->name), ink}},
                          app->arrivals > 0 ? Line{{at_least_text(language, app->arrivals)}} : count_cell(language, 0),
                          {{code_text(language, "surface_short", name_of(app->surface)), ink}},
                          grades_cell(language, *app),
                          count_cell(language, app->ga4_direct),
                          count_cell(language, app->pastes)});
  }
  return table;
}

// Feeds, searches and the like: no dark social, so a sentence is enough.
std::string public_text(Language language, const std::vector<const AppRow*>& apps) {
  std::string list;
  for (size_t i = 0; i < std::min(apps.size(), kRowsMax); ++i) {
    const AppRow& app = *apps[i];
    if (i > 0) list += ", ";
    list += shown(app.name.empty() ? app.id : app.name) + " " + count_text(language, app.arrivals);
  }
  if (apps.size() > kRowsMax) list += ", " + message(language, "list.more", {count_text(language, apps.size() - kRowsMax)});
  return message(language, "note.public_apps", {list});
}

}  // namespace

void write_apps(Sheet& sheet, Language language, const Analysis& analysis) {
  if (analysis.arrivals == 0 && analysis.apps.empty()) return;
  std::vector<const AppRow*> dark, in_public;
  for (const AppRow& app : analysis.apps) (app.surface == Private::No ? in_public : dark).push_back(&app);
  sheet.title(message(language, "section.apps"));
  if (dark.empty()) {
    sheet.paragraph(message(language, "note.no_apps"));
  } else {
    sheet.table(apps_table(language, dark));
    write_more(sheet, language, dark.size());
    sheet.paragraph(message(language, "note.apps"), Ink::Dim);
  }
  if (!in_public.empty()) sheet.paragraph(public_text(language, in_public), Ink::Dim);
}

void write_pages(Sheet& sheet, Language language, const Analysis& analysis) {
  if (analysis.pages.empty()) return;
  sheet.title(message(language, "section.pages"));
  Table table;
  table.columns = {column(language, "column.page", Align::Left, 0, 16, Cut::Middle),
                   column(language, "column.visits", Align::Right),
                   column(language, "column.private", Align::Right),
                   column(language, "column.ga4_direct", Align::Right, 1),
                   column(language, "column.pastes", Align::Right, 2),
                   column(language, "column.top_app", Align::Left, 3, 8)};
  for (const PageRow& page : analysis.pages) {
    if (table.rows.size() == kRowsMax) break;
    table.rows.push_back({{{shown(page.page)}},
                          count_cell(language, page.arrivals),
                          {{range_text(language, {page.private_low, page.private_high}),
                            page.private_low > 0 ? Ink::Private : page.private_high > 0 ? Ink::Maybe : Ink::Dim}},
                          count_cell(language, page.ga4_direct),
                          count_cell(language, page.pastes),
                          {{page.top_app.empty() ? "" : app_name(analysis, page.top_app)}}});
  }
  sheet.table(std::move(table));
  write_more(sheet, language, std::max(analysis.pages_total, uint64_t{analysis.pages.size()}));
}

void write_pastes(Sheet& sheet, Language language, const Analysis& analysis) {
  sheet.title(message(language, "section.unfurls"),
              analysis.unfurls_total > 0 ? message_counted(language, "count.pastes", analysis.unfurls_total) : "");
  if (analysis.unfurls.empty()) return sheet.paragraph(message(language, "note.no_pastes"));
  Table table;
  table.columns = {column(language, "column.time"),
                   column(language, "column.app", Align::Left, 0, 8),
                   column(language, "column.page", Align::Left, 0, 16, Cut::Middle),
                   column(language, "column.fetches", Align::Right, 2),
                   column(language, "column.same_device", Align::Left, 1)};
  for (const UnfurlRow& unfurl : analysis.unfurls) {
    if (table.rows.size() == kRowsMax) break;
    table.rows.push_back({{{minute_text(unfurl.instant_ms), Ink::Dim}},
                          {{app_name(analysis, unfurl.app)}},
                          {{shown(unfurl.page)}},
                          {{count_text(language, unfurl.fetches)}},
                          {{unfurl.same_device ? message(language, "word.yes") : ""}}});
  }
  sheet.table(std::move(table));
  write_more(sheet, language, analysis.unfurls_total);
  sheet.blank();
  sheet.paragraph(message(language, "note.paste") + " " + message(language, "note.ga4_pastes"));
  if (analysis.unfurl_matches > 0) {
    sheet.paragraph(message(language, "note.matches", {count_text(language, floor_count(analysis.unfurl_matches)),
                                                       count_text(language, ceil_count(analysis.unfurl_matches_by_chance))}));
  }
  if (analysis.click_echoes > 0) {
    sheet.paragraph(message(language, "note.echoes", {count_text(language, analysis.click_echoes)}));
  }
}

}  // namespace noctule

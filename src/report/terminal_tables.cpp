// SPDX-License-Identifier: Apache-2.0
// Apps, pages and pastes as tables.
#include <algorithm>
#include <set>

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

// GA4's Direct among a row's visits: not known where the log has no referrer, at least so many where that holds for some.
Line ga4_cell(Language language, uint64_t direct, uint64_t unknown) {
  if (unknown == 0) return count_cell(language, direct);
  if (direct == 0) return {{message(language, "word.unknown"), Ink::Dim}};
  return {{at_least_text(language, count_text(language, direct))}};
}

// "12 proven, 40 strong": the surest first.
Line grades_cell(Language language, const AppRow& app) {
  Line line;
  for (size_t i = kGrades; i-- > 0;) {
    if (app.by_grade[i] == 0) continue;
    const auto grade = static_cast<Grade>(i);
    if (!line.empty()) line.push_back({", "});
    line.push_back({grade_count_text(language, grade, app.by_grade[i]), ink_of(grade)});
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

// What evidence shows is a lower end; of an app whose surface is not known all visits may be private, or none.
std::string private_text(Language language, const AppRow& app) {
  const auto arrivals = static_cast<double>(app.arrivals);
  if (app.surface == Private::Unknown) return range_text(language, {0, arrivals});
  return at_least_text(language, count_text(language, app.arrivals));
}

Table apps_table(Language language, const Analysis& analysis, const std::vector<const AppRow*>& apps) {
  Table table;
  table.columns = {column(language, "column.app", Align::Left, 0, 10),
                   column(language, "column.private", Align::Right),
                   column(language, "column.surface"),
                   column(language, "column.grade", Align::Left, 0, 22),
                   column(language, "column.ga4_direct", Align::Right, 1),
                   column(language, "column.pastes", Align::Right, 2)};
  for (const AppRow* app : apps) {
    if (table.rows.size() == kRowsMax) break;
    const Ink ink = ink_of(app->surface);
    table.rows.push_back({{{app_name(language, analysis, app->id), ink}},
                          app->arrivals > 0 ? Line{{private_text(language, *app)}} : count_cell(language, 0),
                          {{code_text(language, "surface_short", name_of(app->surface)), ink}},
                          grades_cell(language, *app),
                          ga4_cell(language, app->ga4_direct, app->ga4_unknown),
                          count_cell(language, app->pastes)});
  }
  return table;
}

// Feeds, searches and the like: no dark social, so a sentence is enough.
std::string public_text(Language language, const Analysis& analysis, const std::vector<const AppRow*>& apps) {
  std::string list;
  for (size_t i = 0; i < std::min(apps.size(), kRowsMax); ++i) {
    const AppRow& app = *apps[i];
    if (i > 0) list += ", ";
    list += app_name(language, analysis, app.id) + " " + count_text(language, app.arrivals);
  }
  if (apps.size() > kRowsMax) list += ", " + message(language, "list.more", {count_text(language, apps.size() - kRowsMax)});
  return message(language, "note.public_apps", {list});
}

}  // namespace

void write_apps(Sheet& sheet, Language language, const Analysis& analysis) {
  if (analysis.arrivals == 0 && analysis.apps.empty()) return;
  std::vector<const AppRow*> dark, in_public;
  for (const AppRow& app : analysis.apps) {
    if (app.surface != Private::No) dark.push_back(&app);
    if (app.surface == Private::No && app.arrivals > 0) in_public.push_back(&app);
  }
  // What is private first: that is what the report is about. Each group has the most visits first already.
  std::ranges::stable_sort(dark, {}, [](const AppRow* app) { return app->surface == Private::Yes ? 0 : 1; });
  sheet.title(message(language, "section.apps"));
  if (dark.empty()) {
    sheet.paragraph(message(language, "note.no_apps"));
  } else {
    sheet.table(apps_table(language, analysis, dark));
    write_more(sheet, language, dark.size());
    sheet.paragraph(message(language, "note.apps"), Ink::Dim);
  }
  if (!in_public.empty()) sheet.paragraph(public_text(language, analysis, in_public), Ink::Dim);
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
  const std::set<std::string_view> direct = pages_with_direct(analysis);
  bool any_open = false;
  for (const PageRow& page : analysis.pages) {
    if (table.rows.size() == kRowsMax) break;
    const bool is_open = direct.contains(page.page);
    any_open = any_open || is_open;
    const std::string range = range_text(language, {page.private_low, page.private_high});
    table.rows.push_back({{{shown(page.page)}},
                          count_cell(language, page.arrivals),
                          {{is_open ? at_least_text(language, range) : range,
                            page.private_low > 0 ? Ink::Private : page.private_high > 0 ? Ink::Maybe : Ink::Dim}},
                          ga4_cell(language, page.ga4_direct, page.ga4_unknown),
                          count_cell(language, page.pastes),
                          {{page.top_app.empty() ? "" : app_name(language, analysis, page.top_app)}}});
  }
  sheet.table(std::move(table));
  write_more(sheet, language, std::max(analysis.pages_total, uint64_t{analysis.pages.size()}));
  if (any_open) sheet.paragraph(message(language, "note.open_pages"), Ink::Dim);
}

void write_pastes(Sheet& sheet, Language language, const Analysis& analysis) {
  sheet.title(message(language, "section.unfurls"),
              analysis.unfurls_total > 0 ? message_counted(language, "count.pastes", analysis.unfurls_total) : "");
  if (analysis.unfurls.empty()) {
    return sheet.paragraph(message(language, knows_user_agents(analysis) ? "note.no_pastes" : "note.pastes_unknown"));
  }
  Table table;
  table.columns = {column(language, "column.time"),
                   column(language, "column.app", Align::Left, 0, 8),
                   column(language, "column.page", Align::Left, 0, 16, Cut::Middle),
                   column(language, "column.fetches", Align::Right, 2),
                   column(language, "column.same_device", Align::Left, 1)};
  for (const UnfurlRow& unfurl : analysis.unfurls) {
    if (table.rows.size() == kRowsMax) break;
    table.rows.push_back({{{minute_text(unfurl.instant_ms), Ink::Dim}},
                          {{app_name(language, analysis, unfurl.app)}},
                          {{shown(unfurl.page)}},
                          {{count_text(language, unfurl.fetches)}},
                          {{unfurl.same_device ? message(language, "word.yes") : ""}}});
  }
  sheet.table(std::move(table));
  write_more(sheet, language, analysis.unfurls_total);
  sheet.blank();
  sheet.paragraph(message(language, "note.paste") + " " + message(language, "note.ga4_pastes"));
  if (analysis.unfurl_matches > 0) {
    sheet.paragraph(message(language, "note.matches", {message_counted(language, "count.visits", floor_count(analysis.unfurl_matches)),
                                                       amount_text(language, analysis.unfurl_matches_by_chance)}));
  }
  if (analysis.click_echoes > 0) {
    sheet.paragraph(message(language, "note.echoes", {message_counted(language, "count.visits", analysis.click_echoes)}));
  }
}

}  // namespace noctule

// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <algorithm>

#include "cells.h"
#include "noctule/report/terminal.h"
#include "numbers.h"
#include "report_text.h"
#include "sheet.h"

namespace noctule {
namespace {

Ink ink_of(const ExplainedArrival& arrival) {
  return arrival.is_private == Private::Yes ? Ink::Private : arrival.is_private == Private::Unknown ? Ink::Maybe : Ink::Plain;
}

std::string ga4_sentence(Language language, Ga4Said ga4) {
  return ga4 ? message(language, "explain.ga4", {ga4_text(language, ga4)}) : message(language, "explain.ga4_unknown");
}

std::string verdict_text(Language language, const Analysis& analysis, const ExplainedArrival& arrival) {
  std::string out = arrival.app.empty() ? "" : app_name(language, analysis, arrival.app) + " · ";
  out += code_text(language, "channel", name_of(arrival.channel));
  out += " · " + code_text(language, "grade", name_of(arrival.grade));
  out += " · " + code_text(language, "surface", name_of(arrival.is_private));
  return out;
}

void write_rules(Sheet& sheet, Language language, const ExplainedArrival& arrival) {
  if (arrival.rules.empty()) sheet.paragraph(message(language, "explain.no_rule"), Ink::Dim, 4);
  for (const ExplainedArrival::Rule& rule : arrival.rules) {
    sheet.bullet("-", fmt::format("{}  {}", shown(rule.id), rule_text(language, rule)), Ink::Inferred);
    if (!rule.source.empty()) sheet.paragraph(message(language, "explain.source", {shown(rule.source)}), Ink::Dim, 4);
  }
}

std::string came_from_text(Language language, const ExplainedArrival& arrival) {
  using CameFrom = ExplainedArrival::CameFrom;
  switch (arrival.came_from) {
    case CameFrom::Elsewhere: return message(language, "explain.came_from", {shown(arrival.referrer_host)});
    case CameFrom::OwnPage: return message(language, "explain.own_page");
    case CameFrom::Unreadable: return message(language, "explain.unreadable_referrer");
    case CameFrom::NotLogged: return message(language, "explain.no_referrer_column");
    case CameFrom::Nowhere: break;
  }
  return message(language, "explain.no_referrer");
}

std::string time_before(int64_t before_ms) { return duration_text(static_cast<uint64_t>(std::max<int64_t>(0, before_ms)) / 1'000); }

// What the rest of the log says of it: a paste of the page before, others who brought the same id.
void write_company(Sheet& sheet, Language language, const Analysis& analysis, const ExplainedArrival& arrival) {
  if (arrival.paste) {
    const ExplainedArrival::Paste& paste = *arrival.paste;
    const std::string chance = percent_text(language, paste.chance, 1, Rounding::Up);
    sheet.paragraph(message(language, paste.counts ? "explain.paste" : "explain.paste_by_chance",
                            {app_name(language, analysis, paste.app), time_before(paste.before_ms), chance}));
  }
  if (arrival.echo) {
    const uint64_t visits = arrival.echo->visits_before;
    sheet.paragraph(message(language, visits == 1 ? "explain.echo_one" : "explain.echo",
                            {count_text(language, visits), time_before(arrival.echo->first_before_ms)}));
  }
}

void write_arrival(Sheet& sheet, Language language, const Analysis& analysis, const ExplainedArrival& arrival) {
  sheet.blank();
  const std::string time = minute_text(arrival.instant_ms);
  const std::string page = fit_middle(shown(arrival.page), sheet.width() - display_width(time) - 2);
  sheet.flush_line({{time, Ink::Dim}, {"  "}, {page, Ink::Bold}});
  sheet.paragraph(fmt::format("{}:{}", shown(arrival.file), arrival.line), Ink::Dim);
  sheet.paragraph(verdict_text(language, analysis, arrival), ink_of(arrival));
  sheet.paragraph(ga4_sentence(language, arrival.ga4));
  sheet.paragraph(came_from_text(language, arrival));
  sheet.paragraph(message(language, "explain.person", {code_text(language, "corroboration", name_of(arrival.corroboration))}));
  write_company(sheet, language, analysis, arrival);
  write_rules(sheet, language, arrival);
}

}  // namespace

std::string render_explained(const Analysis& analysis, const TerminalOptions& options) {
  Sheet sheet(options);
  if (analysis.explained.empty()) {
    sheet.paragraph(message(options.language, "explain.none"), Ink::Plain, 0);
    return sheet.take();
  }
  sheet.flush_line({{message(options.language, "section.explained"), Ink::Title}});
  for (const ExplainedArrival& arrival : analysis.explained) write_arrival(sheet, options.language, analysis, arrival);
  return sheet.take();
}

}  // namespace noctule

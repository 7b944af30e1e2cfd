// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

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

void write_arrival(Sheet& sheet, Language language, const Analysis& analysis, const ExplainedArrival& arrival) {
  sheet.blank();
  const std::string time = minute_text(arrival.instant_ms);
  const std::string page = fit_middle(shown(arrival.page), sheet.width() - display_width(time) - 2);
  sheet.flush_line({{time, Ink::Dim}, {"  "}, {page, Ink::Bold}});
  sheet.paragraph(fmt::format("{}:{}", shown(arrival.file), arrival.line), Ink::Dim);
  sheet.paragraph(verdict_text(language, analysis, arrival), ink_of(arrival));
  sheet.paragraph(ga4_sentence(language, arrival.ga4));
  sheet.paragraph(message(language, "explain.person", {code_text(language, "corroboration", name_of(arrival.corroboration))}));
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

// SPDX-License-Identifier: Apache-2.0
#include "noctule/report/terminal.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <rapidcheck.h>

#include <fstream>
#include <sstream>
#include <utility>

#include "cells.h"
#include "noctule/analyze/codes.h"
#include "report_text.h"
#include "sample_analysis.h"

namespace noctule {
namespace {

using testing::HasSubstr;
using testing::Not;

std::vector<std::string> lines_of(const std::string& text) {
  std::vector<std::string> out;
  std::istringstream in(text);
  for (std::string line; std::getline(in, line);) out.push_back(line);
  return out;
}

std::string render(const Analysis& analysis, Language language = Language::English, int width = 80) {
  return render_terminal(analysis, {width, Color::Off, language});
}

std::string without_colours(const std::string& text) {
  std::string out;
  for (size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '\x1b') {
      out += text[i];
      continue;
    }
    EXPECT_EQ(text[i + 1], '[');
    i = text.find('m', i);
    if (i == std::string::npos) return out;
  }
  return out;
}

// Whatever a log held: no byte that steers a terminal, no character that turns or hides text.
void expect_harmless(const std::string& text) {
  for (const char c : text) EXPECT_TRUE(c == '\n' || static_cast<unsigned char>(c) >= 0x20) << static_cast<int>(c);
  for (const std::string_view steering : {"\xE2\x80\xAE", "\xE2\x80\xA8", "\xE2\x81\xA6", "\xEF\xBB\xBF", "\xE2\x80\x8B", "\x7f"}) {
    EXPECT_EQ(text.find(steering), std::string::npos);
  }
}

TEST(Terminal, no_line_is_wider_than_the_terminal) {
  for (const Analysis& analysis : {test::sample_analysis(), test::few_analysis(), test::hostile_analysis(), test::wide_analysis(), Analysis{}}) {
    for (const Language language : {Language::English, Language::French}) {
      for (int width = kWidthMin; width <= kWidthMax; width += 7) {
        for (const auto view : {render_terminal, render_explained}) {
          for (const std::string& line : lines_of(view(analysis, {width, Color::Off, language}))) {
            EXPECT_LE(display_width(line), width) << line;
          }
        }
      }
    }
  }
}

TEST(Terminal, widths_outside_the_range_are_drawn_at_its_ends) {
  const Analysis analysis = test::sample_analysis();
  EXPECT_EQ(render(analysis, Language::English, 10), render(analysis, Language::English, kWidthMin));
  EXPECT_EQ(render(analysis, Language::English, 999), render(analysis, Language::English, kWidthMax));
}

TEST(Terminal, colours_are_there_only_when_asked_for_and_change_nothing_else) {
  const Analysis analysis = test::sample_analysis();
  for (const auto view : {render_terminal, render_explained}) {
    const std::string plain = view(analysis, {80, Color::Off, Language::English});
    const std::string colourful = view(analysis, {80, Color::On, Language::English});
    EXPECT_EQ(plain.find('\x1b'), std::string::npos);
    EXPECT_NE(colourful, plain);
    EXPECT_EQ(without_colours(colourful), plain);
  }
}

TEST(Terminal, hostile_names_cannot_steer_the_terminal) {
  const Analysis analysis = test::hostile_analysis();
  expect_harmless(render(analysis));
  expect_harmless(render_explained(analysis, {80, Color::Off, Language::French}));
}

TEST(Terminal, any_bytes_in_a_page_name_are_harmless_and_keep_the_width) {
  EXPECT_TRUE(rc::check([](const std::string& bytes) {
    Analysis analysis = test::sample_analysis();
    analysis.pages[0].page = bytes;
    analysis.unfurls[0].page = bytes;
    const std::string text = render(analysis);
    for (const std::string& line : lines_of(text)) RC_ASSERT(display_width(line) <= 80);
    for (const char c : text) RC_ASSERT(c == '\n' || static_cast<unsigned char>(c) >= 0x20);
  }));
}

TEST(Terminal, a_share_is_a_range_never_a_point) {
  const Analysis analysis = test::sample_analysis();
  const std::string text = render(analysis, Language::English, 160);
  EXPECT_THAT(text, HasSubstr("Between 392 and 1,064 of 3,428 visits came from private shares; most likely 526 to 762."));
  EXPECT_THAT(text, HasSubstr("That is 11% to 32% of all visits."));
  EXPECT_THAT(text, HasSubstr("Between 196 and 828 of the 1,088 visits that GA4 would call Direct came by private shares (about 18% to 77%); "
                              "most likely 322 to 544."));
}

TEST(Terminal, a_central_interval_that_rounds_to_a_point_is_not_claimed) {
  Analysis analysis = test::sample_analysis();
  analysis.private_arrivals.central = {1'500, 1'500};
  analysis.private_of_direct.central = {500, 500};
  EXPECT_EQ(verdict_of(analysis), Verdict::Wide);
  EXPECT_THAT(render(analysis), Not(HasSubstr("most likely")));
}

TEST(Terminal, too_little_says_so_and_says_why) {
  const std::string text = render(test::few_analysis(), Language::English, 160);
  EXPECT_THAT(text, HasSubstr("Not enough to say how many of 9 visits came from private shares: somewhere between 1 and 6."));
  EXPECT_THAT(text, HasSubstr("there are few visits"));
  EXPECT_THAT(text, Not(HasSubstr("most likely")));
}

TEST(Terminal, a_log_without_referrers_never_claims_that_all_is_direct) {
  Analysis analysis = test::few_analysis();
  analysis.warnings = {{std::string(warning::kNoReferrerField), {"haproxy.log"}}};
  const std::string text = render(analysis, Language::English, 160);
  EXPECT_THAT(text, HasSubstr("haproxy.log has no referrer column"));
  EXPECT_THAT(text, Not(HasSubstr("100%")));
}

TEST(Terminal, what_ga4_would_say_of_visits_without_a_referrer_column_is_not_made_up) {
  Analysis analysis = test::few_analysis();
  for (CubeRow& row : analysis.cube) row.ga4.reset(), row.channel = Channel::NotLogged;
  for (PageRow& page : analysis.pages) page.ga4_unknown = page.arrivals, page.ga4_direct = 0;
  for (AppRow& app : analysis.apps) app.ga4_unknown = app.arrivals, app.ga4_direct = 0;
  analysis.ga4_unknown = std::exchange(analysis.arrivals, 9);
  analysis.ga4_direct = 0;
  const std::string text = render(analysis, Language::English, 160);
  EXPECT_THAT(text, HasSubstr("What GA4 would have said of 9 visits cannot be told"));
  EXPECT_THAT(text, Not(HasSubstr("that GA4 would call Direct")));
  EXPECT_THAT(text, testing::ContainsRegex("Not known +9 "));
  EXPECT_THAT(text, testing::ContainsRegex("WhatsApp +1\\+ +private +1 strong +not known"));
  EXPECT_THAT(text, testing::ContainsRegex("example.org/p/42 +6 +1–6 +not known"));
}

TEST(Terminal, what_is_shown_adds_up_to_the_lower_end_and_what_is_possible_to_the_upper_one) {
  for (const Analysis& analysis : {test::sample_analysis(), test::few_analysis()}) {
    double low = 0, high = 0;
    for (const ChannelPart& part : channel_parts(analysis)) {
      low += part.privacy == Privacy::Shown ? static_cast<double>(part.arrivals) : 0;
      high += part.privacy != Privacy::None ? static_cast<double>(part.arrivals) : 0;
    }
    EXPECT_EQ(low, analysis.private_arrivals.low);
    EXPECT_EQ(high, analysis.private_arrivals.high);
  }
  const std::string text = render(test::sample_analysis());
  EXPECT_THAT(text, testing::ContainsRegex("Private e-mail +40\\+"));
  EXPECT_THAT(text, testing::ContainsRegex("Private e-mail \\(not sure\\) +40 "));
  EXPECT_THAT(text, testing::ContainsRegex("WhatsApp +196\\+ +private"));
  EXPECT_THAT(text, testing::ContainsRegex("Instagram +0–116 +unknown"));
}

TEST(Terminal, a_page_whose_direct_visits_may_have_been_shared_has_no_upper_end) {
  const std::string text = render(test::sample_analysis());
  EXPECT_THAT(text, testing::ContainsRegex("example.org/ +924 +0\\+ "));
  EXPECT_THAT(text, HasSubstr("Visits to home and section pages that came from nowhere"));
  Analysis deep = test::few_analysis();
  EXPECT_THAT(render(deep), Not(HasSubstr("home and section pages")));
}

TEST(Terminal, a_single_visit_is_no_range_and_no_plural) {
  Analysis analysis = test::few_analysis();
  std::erase_if(analysis.cube, [](const CubeRow& row) { return row.app == 0; });
  std::erase_if(analysis.pages, [](const PageRow& page) { return page.page == "example.org/"; });
  analysis.arrivals = analysis.ga4_direct = analysis.pages[0].arrivals = 1;
  analysis.private_arrivals.low = analysis.private_arrivals.high = 1;
  analysis.private_arrivals.central = {1, 1};
  analysis.private_of_direct = {1, {1, 1}, 1};
  const std::string text = render(analysis, Language::English, 160);
  EXPECT_THAT(text, HasSubstr("Evidence of a private share stands behind 1 of 1 visit;"));
  EXPECT_THAT(text, HasSubstr("Of the 1 visit that GA4 would call Direct, at least 1 came by private shares."));
  EXPECT_THAT(text, Not(testing::ContainsRegex("1 visits|between 1 and 1|day\\(s\\)")));
  EXPECT_THAT(text, HasSubstr("This log spans less than 1 day."));
  EXPECT_THAT(render(analysis, Language::French, 160), Not(HasSubstr("1 visites")));
}

TEST(Terminal, french_grades_agree_with_their_number) {
  EXPECT_EQ(grade_count_text(Language::French, Grade::Strong, 1), "1 forte");
  EXPECT_EQ(grade_count_text(Language::French, Grade::Strong, 2), "2 fortes");
  EXPECT_EQ(grade_count_text(Language::English, Grade::Strong, 2), "2 strong");
}

TEST(Terminal, names_that_are_words_are_in_the_language_and_brands_stay) {
  const Analysis analysis = test::sample_analysis();
  EXPECT_EQ(app_name(Language::French, analysis, "generic_embed"), "Service d’intégration");
  EXPECT_EQ(app_name(Language::English, analysis, "generic_embed"), "Embed service");
  EXPECT_EQ(app_name(Language::French, analysis, "whatsapp"), "WhatsApp");
}

TEST(Terminal, public_apps_without_visits_are_not_listed_among_those_with) {
  const std::string text = render(test::sample_analysis());
  EXPECT_THAT(text, HasSubstr("In public: Reddit 440."));
  EXPECT_THAT(text, Not(HasSubstr("Embed service")));
}

TEST(Terminal, without_user_agents_nothing_is_said_of_previews) {
  Analysis analysis = test::few_analysis();
  EXPECT_THAT(render(analysis, Language::English, 160), HasSubstr("No app fetched a preview."));
  for (InputFile& file : analysis.input) file.has_user_agent_field = false;
  const std::string text = render(analysis, Language::English, 160);
  EXPECT_THAT(text, HasSubstr("Whether apps fetched previews cannot be told: the log has no user agent."));
  EXPECT_THAT(text, Not(HasSubstr("No app fetched")));
}

TEST(Terminal, columns_that_have_no_room_are_named) {
  EXPECT_THAT(render(test::sample_analysis(), Language::English, 60), HasSubstr("A wider terminal shows more: GA4: Direct"));
  EXPECT_THAT(render(test::sample_analysis(), Language::English, 160), Not(HasSubstr("A wider terminal")));
}

TEST(Terminal, a_paste_is_not_a_send_and_the_report_says_so) {
  EXPECT_THAT(render(test::sample_analysis(), Language::English, 160), HasSubstr("A paste is not a send"));
  EXPECT_THAT(render(test::sample_analysis(), Language::French, 160), HasSubstr("Un collage n’est pas un envoi"));
}

TEST(Terminal, lines_that_could_not_be_read_are_shown_with_place_and_expectation) {
  const std::string text = render(test::sample_analysis());
  EXPECT_THAT(text, HasSubstr("access.log.1:812  status: expected three digits"));
  EXPECT_THAT(text, HasSubstr("4 of 51,796 lines could not be read"));
}

TEST(Terminal, codes_newer_than_the_words_are_shown_as_they_are) {
  Analysis analysis = test::sample_analysis();
  analysis.warnings.push_back({"brand_new_code", {"x.log"}});
  analysis.exclusions.push_back({"another_new_code", 3, 1});
  EXPECT_THAT(render(analysis), testing::AllOf(HasSubstr("brand_new_code x.log"), HasSubstr("another_new_code")));
}

TEST(Terminal, a_log_with_impossible_dates_still_fits) {
  Analysis analysis = test::sample_analysis();
  analysis.days.front().day_number = -700'000;
  analysis.days.back().day_number = 2'900'000;
  for (const std::string& line : lines_of(render(analysis))) EXPECT_LE(display_width(line), 80);
}

TEST(Terminal, an_explained_visit_names_its_line_rules_and_what_ga4_would_say) {
  const std::string text = render_explained(test::sample_analysis(), {100, Color::Off, Language::English});
  for (const std::string_view part : {"access.log.2.gz:4711", "WhatsApp · Private message · inferred · private",
                                      "GA4 would say Direct", "unfurl.same_page", "no rule fired"}) {
    EXPECT_THAT(text, HasSubstr(part));
  }
}

TEST(Terminal, what_each_parameter_is_for_is_said_in_both_languages) {
  std::ifstream file(NOCTULE_SOURCE_DIR "/data/parameters.tsv");
  size_t rows = 0;
  for (std::string line; std::getline(file, line);) {
    std::vector<std::string> cells;
    std::istringstream in(line);
    for (std::string cell; std::getline(in, cell, '\t');) cells.push_back(cell);
    if (line.starts_with('#') || cells.size() < 8 || cells[0] == "name") continue;
    const ExplainedArrival::Rule rule{"param.x", "parameter x: " + cells[5], "y"};
    EXPECT_EQ(rule_text(Language::English, rule), rule.text);
    const std::string french = rule_text(Language::French, rule);
    EXPECT_NE(french, "paramètre x : " + cells[5]);
    EXPECT_EQ(french.find('{'), std::string::npos) << french;
    ++rows;
  }
  EXPECT_GT(rows, 100U);
  EXPECT_EQ(rule_text(Language::French, {"param.x", "parameter x: click on an advertisement of Google, Inc", "y"}),
            "paramètre x : clic sur une publicité de Google, Inc");
}

TEST(Terminal, rules_are_said_in_the_language_by_their_id_or_by_their_shape) {
  EXPECT_EQ(rule_text(Language::French, {"decide.returning", "no referrer, and the visitor was here before", "x"}),
            "pas de référent, et le visiteur est déjà venu");
  EXPECT_EQ(rule_text(Language::French, {"referrer.t.co", "referrer t.co: X (Twitter)", "x"}), "référent t.co : X (Twitter)");
  const ExplainedArrival::Rule agent{"ua.x", "user agent with 'x/#': the browser inside an app of Messenger", "x"};
  EXPECT_EQ(rule_text(Language::French, agent), "agent utilisateur avec 'x/#' : le navigateur intégré d’une application (Messenger)");
  EXPECT_EQ(rule_text(Language::English, agent), agent.text);
  EXPECT_EQ(rule_text(Language::English, {"referrer.t.co", "referrer t.co: X (Twitter)", "x"}), "referrer t.co: X (Twitter)");
  EXPECT_EQ(rule_text(Language::French, {"brand.new", "something nobody knows", "x"}), "something nobody knows");
  EXPECT_EQ(rule_text(Language::French, {"brand.new", "referrer without a colon", "x"}), "referrer without a colon");
}

}  // namespace
}  // namespace noctule

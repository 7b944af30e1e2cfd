// SPDX-License-Identifier: Apache-2.0
#include "sample_analysis.h"

#include <algorithm>
#include <map>

#include "noctule/analyze/codes.h"
#include "noctule/base/civil_time.h"

namespace noctule::test {
namespace {

constexpr int64_t kDayMs = 86'400'000;
const int64_t kFirstDay = days_from_civil(2026, 1, 5);
constexpr int kDays = 28;

// One kind of arrival: how it repeats over pages and days makes the cube, and the cube makes every other count.
struct Flow {
  uint16_t app;
  Channel channel;
  Ga4Channel ga4;
  Grade grade;
  Private is_private;
  uint32_t per_day;  // on the most visited page; less on the others
};

constexpr Flow kFlows[] = {
    {1, Channel::PrivateMessage, Ga4Channel::Direct, Grade::Inferred, Private::Yes, 3},
    {1, Channel::PrivateMessage, Ga4Channel::Unassigned, Grade::Proven, Private::Yes, 1},
    {2, Channel::PrivateMessage, Ga4Channel::OrganicSocial, Grade::Strong, Private::Yes, 2},
    {3, Channel::AppUnknown, Ga4Channel::Direct, Grade::Strong, Private::Unknown, 2},
    {4, Channel::PrivateMessage, Ga4Channel::Direct, Grade::Strong, Private::Yes, 1},
    {5, Channel::PrivateEmail, Ga4Channel::Referral, Grade::Strong, Private::Yes, 1},
    {5, Channel::PrivateEmail, Ga4Channel::Referral, Grade::Strong, Private::Unknown, 1},  // or a mailing
    {0, Channel::Search, Ga4Channel::OrganicSearch, Grade::None, Private::No, 14},
    {6, Channel::Social, Ga4Channel::OrganicSocial, Grade::Strong, Private::No, 5},
    {0, Channel::Referral, Ga4Channel::Referral, Grade::None, Private::No, 3},
    {0, Channel::Newsletter, Ga4Channel::Email, Grade::None, Private::No, 2},
    {0, Channel::Unattributed, Ga4Channel::Direct, Grade::Estimated, Private::Unknown, 8},
    {0, Channel::Direct, Ga4Channel::Direct, Grade::Direct, Private::No, 9},
};

void fill_cube(Analysis& analysis) {
  analysis.cube_pages = {"example.org/", "example.org/recettes/tarte-aux-pommes", "example.org/blog/2026/bats-at-night",
                         "example.org/p/42"};
  analysis.cube_apps = {"", "whatsapp", "messenger", "instagram", "telegram", "gmail", "reddit"};
  for (int day = 0; day < kDays; ++day) {
    for (uint32_t page = 0; page < analysis.cube_pages.size(); ++page) {
      for (const Flow& flow : kFlows) {
        const bool home_only = flow.channel == Channel::Direct;
        const bool shared = flow.is_private != Private::No;
        if ((home_only && page != 0) || (shared && page == 0)) continue;
        // Weekends are quieter, later pages are less visited; any fixed rule would do.
        const uint32_t weight = (day % 7 >= 5 ? 1U : 2U) * (5 - page) + static_cast<uint32_t>(day * 3 + page) % 3;
        const uint32_t arrivals = flow.per_day * weight / 8;
        if (arrivals == 0) continue;
        analysis.cube.push_back({kFirstDay + day, page, flow.app, flow.channel, flow.ga4, flow.grade, flow.is_private, arrivals,
                                 flow.is_private == Private::Unknown});
      }
    }
  }
}

bool counts_low(const CubeRow& row) { return row.is_private == Private::Yes && row.grade >= Grade::Inferred; }
bool counts_high(const CubeRow& row) { return counts_low(row) || row.maybe_private; }

// Totals, pages, days and channels from the cube; pages and days are there already.
void add_rows(Analysis& analysis) {
  std::map<std::pair<Channel, Ga4Said>, uint64_t> channels;
  for (const CubeRow& row : analysis.cube) {
    const uint64_t n = row.arrivals;
    const double low = counts_low(row) ? static_cast<double>(n) : 0, high = counts_high(row) ? static_cast<double>(n) : 0;
    analysis.arrivals += n;
    if (row.page != 0) analysis.deep_arrivals += n;
    analysis.by_grade[static_cast<size_t>(row.grade)] += n;
    if (row.ga4 == Ga4Channel::Direct) analysis.ga4_direct += n;
    analysis.private_arrivals.low += low;
    analysis.private_arrivals.high += high;
    if (row.ga4 == Ga4Channel::Direct) {
      analysis.private_of_direct.low += low;
      analysis.private_of_direct.high += high;
    }
    channels[{row.channel, row.ga4}] += n;
    PageRow& page = analysis.pages[row.page];
    page.arrivals += n;
    page.ga4_direct += row.ga4 == Ga4Channel::Direct ? n : 0;
    page.private_low += low;
    page.private_high += high;
    DayRow& day = analysis.days[static_cast<size_t>(row.day_number - kFirstDay)];
    day.arrivals += n;
    day.private_low += low;
    day.private_high += high;
  }
  for (const auto& [key, arrivals] : channels) analysis.channels.push_back({key.first, key.second, arrivals});
}

void fill_totals(Analysis& analysis) {
  analysis.days.resize(kDays);
  analysis.pages.resize(analysis.cube_pages.size());
  for (size_t i = 0; i < analysis.pages.size(); ++i) analysis.pages[i].page = analysis.cube_pages[i];
  for (int i = 0; i < kDays; ++i) analysis.days[static_cast<size_t>(i)].day_number = kFirstDay + i;
  add_rows(analysis);
}

void fill_apps(Analysis& analysis) {
  const AppRow names[] = {{"", "", Private::No}, {"whatsapp", "WhatsApp", Private::Yes}, {"messenger", "Messenger", Private::Yes},
                          {"instagram", "Instagram", Private::Unknown}, {"telegram", "Telegram", Private::Yes},
                          {"gmail", "Gmail", Private::Yes}, {"reddit", "Reddit", Private::No}};
  for (uint16_t index = 1; index < analysis.cube_apps.size(); ++index) {
    for (const Private surface : {Private::Yes, Private::Unknown, Private::No}) {
      AppRow app = names[index];
      app.surface = surface;
      for (const CubeRow& row : analysis.cube) {
        if (row.app != index || row.is_private != surface) continue;
        app.arrivals += row.arrivals;
        app.by_grade[static_cast<size_t>(row.grade)] += row.arrivals;
        app.ga4_direct += row.ga4 == Ga4Channel::Direct ? row.arrivals : 0;
      }
      if (app.arrivals > 0) analysis.apps.push_back(app);
    }
  }
  analysis.apps.push_back({"slack", "Slack", Private::Yes, 0, {}, 0, 0});
  analysis.apps.push_back({"generic_embed", "Embed service", Private::No, 0, {}, 0, 0});
  std::ranges::stable_sort(analysis.apps, std::greater<>(), &AppRow::arrivals);
}

void fill_unfurls(Analysis& analysis) {
  const std::string_view apps[] = {"whatsapp", "whatsapp", "telegram", "whatsapp", "slack"};
  for (size_t i = 0; i < 23; ++i) {
    UnfurlRow unfurl;
    const size_t page = 1 + i % 3;
    const auto day = static_cast<int64_t>(27 - i);
    unfurl.instant_ms = (kFirstDay + day) * kDayMs + static_cast<int64_t>(9 + i % 12) * 3'600'000 + 754'000;
    unfurl.page = analysis.cube_pages[page];
    unfurl.app = apps[i % 5];
    unfurl.fetches = static_cast<uint32_t>(1 + i % 4);
    unfurl.same_device = i % 4 == 0;
    ++analysis.pages[page].pastes;
    ++analysis.days[static_cast<size_t>(day)].unfurls;
    for (AppRow& app : analysis.apps) app.pastes += app.id == unfurl.app ? 1 : 0;
    analysis.unfurls.push_back(unfurl);
  }
  analysis.unfurls_total = analysis.unfurls.size();
  analysis.unfurl_matches = 38;
  analysis.unfurl_matches_by_chance = 6.4;
  analysis.click_echoes = 12;
  for (PageRow& page : analysis.pages) page.top_app = page.pastes > 0 ? "whatsapp" : "";
}

void fill_input(Analysis& analysis) {
  const int64_t first = kFirstDay * kDayMs + 62'000, last = (kFirstDay + kDays) * kDayMs - 5'000;
  analysis.first_ms = first;
  analysis.last_ms = last;
  analysis.input = {
      {"access.log.2.gz", "combined", "gzip", 30'112, 0, 0, first, first + 12 * kDayMs, 2'210, 18'009, 30'001, true, true, ""},
      {"access.log.1", "combined", "plain", 20'480, 3, 0, first + 12 * kDayMs, last - 2 * kDayMs, 1'670, 12'251, 20'390, true, true, ""},
      {"u_ex260201.log", "w3c", "plain", 1'204, 1, 4, last - 2 * kDayMs, last, 118, 0, 1'204, false, true,
       "the file ends within a line"}};
  analysis.input[1].first_offset_minutes = 60;    // a server in Paris
  analysis.input[1].last_offset_minutes = 60;
  analysis.input[2].first_offset_minutes = -210;  // one in Newfoundland, whose clock is moved as it is read
  analysis.input[2].last_offset_minutes = -150;
  for (const InputFile& file : analysis.input) {
    analysis.lines += file.lines;
    analysis.unparsed += file.unparsed;
  }
  analysis.hits = analysis.lines - analysis.unparsed - 4;
  analysis.unparsed_examples = {
      {"access.log.1", 812, "status", "three digits", "192.0.2.7 - - [17/Jan/2026:10:11:12 +0000] \"GET / HTTP/1.1\" 2OO"},
      {"u_ex260201.log", 77, "time", "hh:mm:ss", "2026-02-01 25:61:00 GET /"}};
}

void fill_exclusions_and_warnings(Analysis& analysis) {
  analysis.exclusions = {{"not_found_mostly", 8'880, 0},       {"uncorroborated", 4'022, 4'022},
                         {"declared_bot", 3'907, 3'120}, {"headless", 2'876, 0},
                         {"scanner_probe", 2'209, 12},  {"http_client", 1'530, 0},
                         {"preview", 61, 23}};
  analysis.warnings = {{std::string(warning::kNoReferrerField), {"u_ex260201.log"}},
                       {std::string(warning::kTruncatedInput), {"u_ex260201.log", "the file ends within a line"}}};
}

}  // namespace

Analysis sample_analysis() {
  Analysis analysis;
  analysis.version = "0.1.0";
  fill_input(analysis);
  fill_exclusions_and_warnings(analysis);
  fill_cube(analysis);
  fill_totals(analysis);
  fill_apps(analysis);
  fill_unfurls(analysis);
  analysis.by_corroboration[1] = analysis.arrivals * 7 / 10;
  analysis.by_corroboration[2] = analysis.arrivals / 5;
  analysis.by_corroboration[3] = analysis.arrivals - analysis.by_corroboration[1] - analysis.by_corroboration[2];
  PrivateEstimate& estimate = analysis.private_arrivals;
  estimate.central = {estimate.low + (estimate.high - estimate.low) * 0.2, estimate.low + (estimate.high - estimate.low) * 0.55};
  Analysis::DirectPart& direct = analysis.private_of_direct;
  direct.central = {direct.low + (direct.high - direct.low) * 0.2, direct.low + (direct.high - direct.low) * 0.55};
  estimate.enough = true;
  estimate.reasons = {std::string(doubt::kUnknownSurfaces)};
  analysis.explained = {{analysis.first_ms + 7'500'000, "access.log.2.gz", 4'711, "example.org/p/42", "whatsapp",
                         Channel::PrivateMessage, Ga4Channel::Direct, Grade::Inferred, Private::Yes, Corroboration::Asset,
                         {{"unfurl.same_page", "WhatsApp fetched a preview of the page 3 minutes before", "WhatsApp's own help pages"}}},
                        {analysis.first_ms + 9'100'000, "access.log.2.gz", 5'020, "example.org/", "", Channel::Direct,
                         Ga4Channel::Direct, Grade::Direct, Private::No, Corroboration::Navigation, {}}};
  analysis.explained[0].paste = {"whatsapp", 185'000, 0.07, true};
  analysis.explained[0].echo = {90'000'000, 2};
  analysis.explained[1].came_from = ExplainedArrival::CameFrom::Elsewhere;
  analysis.explained[1].referrer_host = "news.example.net";
  analysis.explained[1].paste = {"whatsapp", 42'000'000, 0.64, false};
  analysis.seconds = 1.84;
  analysis.memory_peak_bytes = 48'000'000;
  return analysis;
}

Analysis few_analysis() {
  Analysis analysis;
  analysis.version = "0.1.0";
  analysis.first_ms = kFirstDay * kDayMs + 9 * 3'600'000;
  analysis.last_ms = analysis.first_ms + 7 * 3'600'000;
  analysis.lines = analysis.hits = 140;
  analysis.input = {{"access.log", "combined", "plain", 140, 0, 0, analysis.first_ms, analysis.last_ms, 21, 60, 138, true, true, ""}};
  analysis.exclusions = {{"not_found_mostly", 92, 0}, {"declared_bot", 39, 30}};
  analysis.cube_pages = {"example.org/", "example.org/p/42"};
  analysis.cube_apps = {"", "whatsapp"};
  analysis.cube = {{kFirstDay, 1, 1, Channel::PrivateMessage, Ga4Channel::Direct, Grade::Strong, Private::Yes, 1, false},
                   {kFirstDay, 1, 0, Channel::Unattributed, Ga4Channel::Direct, Grade::Estimated, Private::Unknown, 5, true},
                   {kFirstDay, 0, 0, Channel::Search, Ga4Channel::OrganicSearch, Grade::None, Private::No, 3, false}};
  analysis.days.resize(1);
  analysis.days[0].day_number = kFirstDay;
  analysis.pages.resize(2);
  analysis.pages[0].page = analysis.cube_pages[0];
  analysis.pages[1].page = analysis.cube_pages[1];
  AppRow app{"whatsapp", "WhatsApp", Private::Yes, 1, {}, 1, 0};
  app.by_grade[static_cast<size_t>(Grade::Strong)] = 1;
  analysis.apps = {app};
  add_rows(analysis);
  std::ranges::sort(analysis.pages, std::greater<>(), &PageRow::arrivals);
  analysis.private_of_direct.central = {analysis.private_of_direct.low, analysis.private_of_direct.high};
  analysis.by_corroboration[static_cast<size_t>(Corroboration::Asset)] = analysis.arrivals;
  analysis.private_arrivals.central = {analysis.private_arrivals.low, analysis.private_arrivals.high};
  analysis.private_arrivals.reasons = {std::string(doubt::kFewArrivals), std::string(doubt::kShortLog)};
  analysis.warnings = {{std::string(warning::kNotEnough), {}}, {std::string(warning::kShortLog), {"1"}}};
  return analysis;
}

Analysis empty_analysis() {
  Analysis analysis;
  analysis.version = "0.1.0";
  analysis.lines = 12;
  analysis.unparsed = 12;
  analysis.input = {{"notes.txt", "unknown", "plain", 12, 12, 0, 0, 0, 0, 0, 0, false, false, ""}};
  analysis.unparsed_examples = {{"notes.txt", 1, "time", "a date in brackets", "Dear diary"}};
  return analysis;
}

Analysis wide_analysis() {
  Analysis analysis = sample_analysis();
  for (std::string& page : analysis.cube_pages) page += "蝙蝠/🦇e\xCC\x81/夜の訪問者の足跡を探して";
  for (size_t i = 0; i < analysis.pages.size(); ++i) analysis.pages[i].page = analysis.cube_pages[i];
  for (UnfurlRow& unfurl : analysis.unfurls) unfurl.page = analysis.cube_pages[1];
  for (InputFile& file : analysis.input) file.path = "ログ/アクセス記録の長い名前.log";
  analysis.cube_pages.pop_back();
  for (CubeRow& row : analysis.cube) {
    if (row.page == analysis.cube_pages.size()) row.page = kOtherPages;
  }
  return analysis;
}

Analysis hostile_analysis() {
  Analysis analysis = sample_analysis();
  const std::string evil = "</script><script>alert(1)</script><!--\"'&\x1b[31m\xFF\xE2\x80\xAE=1+1,\r\n\xE2\x80\xA8";
  for (std::string& page : analysis.cube_pages) page += evil;
  for (PageRow& page : analysis.pages) page.page += evil;
  for (UnfurlRow& unfurl : analysis.unfurls) unfurl.page += evil, unfurl.app = evil;
  for (InputFile& file : analysis.input) file.path = "=" + evil, file.format = evil, file.error = evil;
  for (UnparsedExample& example : analysis.unparsed_examples) example.excerpt = example.field = example.file = example.expected = evil;
  for (AppRow& app : analysis.apps) app.name += evil;
  for (ReasonCount& row : analysis.exclusions) row.reason += evil;
  for (Warning& warning : analysis.warnings) warning.args = {evil, evil};
  analysis.warnings.push_back({evil, {evil}});
  for (ExplainedArrival& arrival : analysis.explained) {
    arrival.page = arrival.file = arrival.app = arrival.referrer_host = evil;
    arrival.came_from = ExplainedArrival::CameFrom::Elsewhere;
    arrival.rules.push_back({evil, evil, evil});
  }
  analysis.private_arrivals.reasons.push_back(evil);
  return analysis;
}

}  // namespace noctule::test

#pragma once
// SPDX-License-Identifier: Apache-2.0
// Analysis: everything that one run found out, ready to be shown. A plain value; reports only read it. Numbers of people
// come as ranges, and what is too little to tell says so.
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "noctule/estimate/estimate.h"
#include "noctule/model/evidence.h"

namespace noctule {

struct InputFile {
  std::string path, format, compression;
  uint64_t lines = 0, unparsed = 0, ignored = 0;
  int64_t first_ms = 0, last_ms = 0;  // 0 when no line was read
  uint64_t addresses = 0, with_referrer = 0, with_user_agent = 0;
  bool has_referrer_field = false, has_user_agent_field = false;
  std::string error{};                // empty, or why reading stopped early
  int first_offset_minutes = 0, last_offset_minutes = 0;  // of the log's own clock at its first and last line, ahead of UTC
};

struct UnparsedExample {
  std::string file;
  uint64_t line = 0;
  std::string field, expected, excerpt;  // excerpt is printable and short
};

struct ReasonCount {
  std::string reason;  // stable code: declared_bot, scanner_probe, uncorroborated, ...
  uint64_t hits = 0, landings = 0;  // landings: page views that would have been arrivals
};

struct AppRow {
  std::string id, name;
  Private surface = Private::Unknown;
  uint64_t arrivals = 0, by_grade[kGrades] = {};
  uint64_t ga4_direct = 0;  // of those, GA4 would have said Direct
  uint64_t pastes = 0;      // unfurls of this app
  uint64_t ga4_unknown = 0; // of those, what GA4 would have said cannot be told
};

struct PageRow {
  std::string page;  // host (when logs tell) and path
  uint64_t arrivals = 0, ga4_direct = 0;
  double private_low = 0, private_high = 0;
  uint64_t pastes = 0;
  std::string top_app;  // id, empty: none
  uint64_t ga4_unknown = 0;
};

struct UnfurlRow {
  int64_t instant_ms = 0;
  std::string page, app;       // app id
  uint32_t fetches = 1;        // requests that were joined: typed prefixes, og:image follow-ups
  bool same_device = false;    // fetched by a device that visited the page itself
};

// What GA4, which runs in the browser, would have said of an arrival; nullopt where the log has no referrer column and the
// address carries no tag that GA4 reads: then it cannot be told.
using Ga4Said = std::optional<Ga4Channel>;

struct ChannelRow {
  Channel channel = Channel::Direct;
  Ga4Said ga4 = Ga4Channel::Direct;
  uint64_t arrivals = 0;
};

struct DayRow {
  int64_t day_number = 0;
  uint64_t arrivals = 0, unfurls = 0;
  double private_low = 0, private_high = 0;
};

// One cell of the cube behind the HTML report's filters.
inline constexpr uint32_t kOtherPages = 0xFFFFFFFF;  // all pages that Analysis::cube_pages has no room for
struct CubeRow {
  int64_t day_number = 0;
  uint32_t page = 0;        // index into Analysis::cube_pages, or kOtherPages
  uint16_t app = 0;         // index into Analysis::cube_apps, 0: none
  Channel channel = Channel::Direct;
  Ga4Said ga4 = Ga4Channel::Direct;
  Grade grade = Grade::None;
  Private is_private = Private::No;
  uint32_t arrivals = 0;
  bool maybe_private = false;  // counted in the upper end only
};

struct ExplainedArrival {
  int64_t instant_ms = 0;
  std::string file;
  uint64_t line = 0;
  std::string page, app;
  Channel channel = Channel::Direct;
  Ga4Said ga4 = Ga4Channel::Direct;
  Grade grade = Grade::None;
  Private is_private = Private::No;
  Corroboration corroboration = Corroboration::None;
  struct Rule { std::string id, text, source; };
  std::vector<Rule> rules;
  // Where it came from, as far as its line says; referrer_host is for Elsewhere alone (an Android app's is its package).
  enum class CameFrom : uint8_t { Nowhere, Elsewhere, OwnPage, Unreadable, NotLogged };
  CameFrom came_from = CameFrom::Nowhere;
  std::string referrer_host = {};
  // The latest paste of the page before, where nothing else explains the visit: it counts when chance explains little of it.
  struct Paste {
    std::string app;
    int64_t before_ms = 0;
    double chance = 1;  // part of the matches like this one that chance explains, 0 to 1
    bool counts = false;
  };
  std::optional<Paste> paste = {};
  // Its click or recipient id was brought before by others.
  struct Echo {
    int64_t first_before_ms = 0;  // how long before this visit the id came for the first time
    uint64_t visits_before = 0;   // visits that brought it until then
  };
  std::optional<Echo> echo = {};
};

// code is stable; args fill the message of that code in data/messages.tsv ({0}, {1}...).
struct Warning {
  std::string code;
  std::vector<std::string> args;
};

struct Analysis {
  std::string version;
  std::vector<InputFile> input;
  std::vector<UnparsedExample> unparsed_examples;
  uint64_t lines = 0, unparsed = 0, hits = 0;
  int64_t first_ms = 0, last_ms = 0;
  std::vector<ReasonCount> exclusions;
  uint64_t arrivals = 0, deep_arrivals = 0;
  uint64_t by_corroboration[kCorroborations] = {}, by_grade[kGrades] = {};
  uint64_t ga4_direct = 0;               // arrivals that GA4 would have filed under Direct
  uint64_t ga4_unknown = 0;              // arrivals of which it cannot be told
  PrivateEstimate private_arrivals;
  // Of those that GA4 would have filed under Direct: how many came by private shares. Same meaning as in private_arrivals.
  struct DirectPart {
    double low = 0;
    Range central;
    double high = 0;
  } private_of_direct;
  double unfurl_matches = 0, unfurl_matches_by_chance = 0;
  uint64_t click_echoes = 0;
  std::vector<AppRow> apps;
  std::vector<PageRow> pages;            // the most arrivals first, limited by options
  uint64_t pages_total = 0;
  std::vector<UnfurlRow> unfurls;        // the newest first, limited by options
  uint64_t unfurls_total = 0;
  std::vector<ChannelRow> channels;
  std::vector<DayRow> days;
  std::vector<std::string> cube_pages, cube_apps;
  std::vector<CubeRow> cube;
  std::vector<ExplainedArrival> explained;
  std::vector<Warning> warnings;
  double seconds = 0;                    // of wall clock
  uint64_t memory_peak_bytes = 0;
};

}  // namespace noctule

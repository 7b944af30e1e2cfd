// SPDX-License-Identifier: Apache-2.0
// query_bench FOLDER MILLIONS: makes the site of that size once, then times the questions of a dashboard, each beside the same
// question asked of raw events, in turn. Tab-separated: name, milliseconds of ours (p50, p95) and of raw events (p50).
#include <fmt/format.h>
#include <sys/resource.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <filesystem>
#include <nlohmann/json.hpp>

#include "bench_site.h"
#include "noctule/query/query.h"

namespace noctule::testing {
namespace {

using Json = nlohmann::ordered_json;
using Clock = std::chrono::steady_clock;

constexpr std::string_view kSums =
    ", SUM(visits), SUM(CASE WHEN kind = 0 THEN count ELSE 0 END), SUM(CASE WHEN is_private = 1 THEN visits ELSE 0 END), "
    "SUM(CASE WHEN is_private = 1 OR is_private = 2 OR dark THEN visits ELSE 0 END)";
constexpr std::string_view kMetrics = R"("metrics":["visitors","visits","pageviews","private_low","private_high"])";
constexpr std::string_view kEventMetrics = R"("metrics":["visitors","pageviews"])";
constexpr std::string_view kEventSums = ", SUM(CASE WHEN kind = 0 THEN count ELSE 0 END)";

// A question, and the same by hand; of both the first number is the visitors, largest first.
struct Row {
  std::string_view name, metrics, dimensions, filter;      // ours
  std::string_view sums, groups, where;                    // raw
};
constexpr Row kRows[] = {
    {"totals", R"("metrics":["visitors","visits","pageviews","views_per_visit","bounce_rate","visit_duration","private_low","private_high","unfurls"])", "", "",
     ", SUM(visits), SUM(CASE WHEN kind = 0 THEN count ELSE 0 END), SUM(bounces), SUM(duration_ms), SUM(CASE WHEN is_private = 1 THEN visits ELSE 0 END), "
     "SUM(CASE WHEN is_private = 1 OR is_private = 2 OR dark THEN visits ELSE 0 END), SUM(CASE WHEN kind = 3 THEN count ELSE 0 END)", "", ""},
    {"per day", kMetrics, R"("time:day")", "", kSums, "CAST(time AS DATE)", ""},
    {"pages", kEventMetrics, R"("event:page")", "", kEventSums, "path", ""},
    {"entry pages", kMetrics, R"("visit:entry_page")", "", kSums, "entry_path", ""},
    {"sources", kMetrics, R"("visit:source")", "", kSums, "source", ""},
    {"apps", kMetrics, R"("visit:app")", "", kSums, "app", ""},
    {"private apps", kMetrics, R"("visit:private_app")", "", kSums, "CASE WHEN is_private = 1 OR is_private = 2 THEN app ELSE '' END", ""},
    {"channels", kMetrics, R"("visit:channel")", "", kSums, "channel", ""},
    {"GA4 versus ours", kMetrics, R"("visit:channel","visit:ga4_channel")", "", kSums, "channel, ga4_channel", ""},
    {"evidence", kMetrics, R"("visit:evidence")", "", kSums, "grade", ""},
    {"devices", kMetrics, R"("visit:device")", "", kSums, "device", ""},
    {"browsers", kMetrics, R"("visit:browser")", "", kSums, "browser", ""},
    {"campaigns", kMetrics, R"("visit:utm_campaign")", "", kSums, "utm_campaign", ""},
    {"app=whatsapp by page", kEventMetrics, R"("event:page")", R"(["is","visit:app",["whatsapp"]])", kEventSums, "path", " AND app = 'whatsapp'"},
    {"app=whatsapp by entry page", kMetrics, R"("visit:entry_page")", R"(["is","visit:app",["whatsapp"]])", kSums, "entry_path", " AND app = 'whatsapp'"},
    {"app=whatsapp per day", kMetrics, R"("time:day")", R"(["is","visit:app",["whatsapp"]])", kSums, "CAST(time AS DATE)", " AND app = 'whatsapp'"},
    {"private messages by entry page", kMetrics, R"("visit:entry_page")", R"(["is","visit:channel",["private_message"]])", kSums, "entry_path", " AND channel = 0 AND kind <> 3"},
    {"source=Google by device", kMetrics, R"("visit:device")", R"(["is","visit:source",["Google"]])", kSums, "device", " AND source = 'Google'"},
    {"one page by source", kEventMetrics, R"("visit:source")", R"(["is","event:page",["/section/article-17"]])", kEventSums, "source", " AND path = '/section/article-17'"},
    {"one page per day", kEventMetrics, R"("time:day")", R"(["is","event:page",["/section/article-17"]])", kEventSums, "CAST(time AS DATE)", " AND path = '/section/article-17'"},
    {"one entry page by app", kMetrics, R"("visit:app")", R"(["is","visit:entry_page",["/section/article-17"]])", kSums, "app", " AND entry_path = '/section/article-17'"},
};

std::string question_of(const Row& row) {
  return fmt::format(R"({{"site_id":"bench",{},"date_range":"30d","dimensions":[{}],"filters":[{}],"order_by":[["visitors","desc"]],"pagination":{{"limit":100}}}})",
                     row.metrics, row.dimensions, row.filter);
}

Statement raw_of(const Row& row) {
  const std::string range = fmt::format("site = 1 AND time >= CAST('2026-06-01' AS TIMESTAMP_MS) AND time < CAST('2026-07-01' AS TIMESTAMP_MS){}", row.where);
  const std::string visitors = "COUNT(DISTINCT CASE WHEN visitor <> 0 AND (kind = 0 OR kind = 2) THEN visitor END) AS people";
  if (row.groups.empty()) return {fmt::format("SELECT {}{} FROM events WHERE {}", visitors, row.sums, range), {}};
  return {fmt::format("SELECT {}{}, {} FROM events WHERE {} GROUP BY {} ORDER BY people DESC LIMIT 100", visitors, row.sums, row.groups, range, row.groups), {}};
}

double ms_since(Clock::time_point start) { return std::chrono::duration<double, std::milli>(Clock::now() - start).count(); }

double quantile(std::vector<double> values, double q) {
  std::ranges::sort(values);
  return values[std::min(values.size() - 1, static_cast<size_t>(q * static_cast<double>(values.size())))];
}

[[noreturn]] void stop(const std::string& why) {
  fmt::print(stderr, "query_bench: {}\n", why);
  std::exit(1);
}

void compare(Store& store, QueryEngine& engine, const Site& site, const Row& row, int raw_runs) {
  std::vector<double> ours, raw;
  int64_t people = -1;
  const std::string question = question_of(row);
  for (int i = 0; i < 3 * raw_runs + 12; ++i) {
    const auto start = Clock::now();
    const auto answer = engine.answer(question, {site, kBenchNowMs, false}, AnswerFormat::Json);
    if (!answer) stop(answer.error().message);
    ours.push_back(ms_since(start));
    const Json json = Json::parse(*answer);
    people = json["results"].empty() ? 0 : json["results"][0]["metrics"][0].get<int64_t>();
    if (i >= raw_runs) continue;
    const auto raw_start = Clock::now();
    const auto table = store.read(raw_of(row));
    if (!table) stop(table.error().message);
    raw.push_back(ms_since(raw_start));
    const int64_t counted = table->rows.empty() ? 0 : std::get<int64_t>(table->rows[0][0]);
    if (counted != people) stop(fmt::format("{}: {} visitors, and raw events say {}", row.name, people, counted));
  }
  fmt::print("{}\t{:.2f}\t{:.2f}\t{:.1f}\n", row.name, quantile(ours, 0.5), quantile(ours, 0.95), quantile(raw, 0.5));
  std::fflush(stdout);
}

Site bench_site() {
  Site site;
  site.id = SiteId{1};
  site.domain = "bench";
  return site;
}

// The database; built under another name first, so that one that was interrupted is made anew.
std::string prepare(const std::string& folder, int millions) {
  const std::string path = fmt::format("{}/query-{}m.duckdb", folder, millions), building = path + ".new";
  if (std::filesystem::exists(path)) return path;
  for (const std::string& left : {building, building + ".wal"}) std::filesystem::remove(left);
  {
    auto store = open_duckdb({.path = building});
    if (!store) stop(store.error().message);
    const auto start = Clock::now();
    if (auto filled = fill_bench_site(**store, int64_t{millions} * 1'000'000); !filled) stop(filled.error().message);
    fmt::print(stderr, "{} million events in {:.0f} s\n", millions, ms_since(start) / 1'000);
  }
  std::filesystem::rename(building, path);
  if (std::filesystem::exists(building + ".wal")) std::filesystem::rename(building + ".wal", path + ".wal");
  return path;
}

}  // namespace
}  // namespace noctule::testing

int main(int argc, char** argv) {
  using namespace noctule;
  using namespace noctule::testing;
  if (argc != 3 || std::atoi(argv[2]) < 1) stop("expected FOLDER MILLIONS");
  const int millions = std::atoi(argv[2]);
  auto store = open_duckdb({.path = prepare(argv[1], millions), .read_timeout_ms = 300'000});
  if (!store) stop(store.error().message);
  QueryEngine engine(**store);
  const auto start = Clock::now();
  const auto made = engine.roll_up({bench_site()}, kBenchNowMs, 1'000);
  if (!made) stop(made.error().message);
  fmt::print(stderr, "roll-ups of {} days in {:.0f} s\n", *made, ms_since(start) / 1'000);
  const Site site = bench_site();
  for (const auto& row : kRows) compare(**store, engine, site, row, millions > 5 ? 3 : 5);
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  const auto status = (*store)->status();
  fmt::print("#\t{}\t{}\t{}\n", status ? status->rows : 0, status ? status->bytes : 0, usage.ru_maxrss / 1024);
  return 0;
}

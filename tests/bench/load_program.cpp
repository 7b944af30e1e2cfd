// SPDX-License-Identifier: Apache-2.0
// How fast events of a made-up site go through journal, visits and attribution into the store, beside DuckDB's own appender with the
// same rows, value by value; and how many bytes of disk an event takes.
//
//   load_program FOLDER EVENTS [AT_ONCE]    prints a line of JSON. FOLDER must be empty.
#include <duckdb.h>
#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <condition_variable>
#include <deque>
#include <filesystem>
#include <mutex>
#include <unordered_map>

#include "noctule/base/hash.h"
#include "noctule/base/random.h"
#include "noctule/base/text.h"
#include "noctule/privacy/keys.h"
#include "noctule/store/loader.h"

namespace noctule {
namespace {

using Clock = std::chrono::steady_clock;

double seconds_since(Clock::time_point begin) { return std::chrono::duration<double>(Clock::now() - begin).count(); }

constexpr int64_t kBegin_ms = 1'790'000'000'000, kDay_ms = 86'400'000;
constexpr std::string_view kClients[] = {
    "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0",
    "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.0 Mobile/15E148 Safari/604.1",
    "Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/143.0.0.0 Mobile Safari/537.36",
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/143.0.0.0 Safari/537.36",
    "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.0 Safari/605.1.15"};
constexpr std::string_view kReferrers[] = {"", "", "", "", "https://www.google.com/", "https://www.google.com/", "https://www.bing.com/", "https://t.co/", "https://l.facebook.com/",
                                           "android-app://com.whatsapp/", "https://news.ycombinator.com/", "https://example.net/a-page-that-links"};
constexpr std::string_view kTags[] = {"", "", "", "", "", "", "fbclid=xxxxxxxxxxxxxxxxxxxxxxxx", "utm_source=newsletter&utm_medium=email&utm_campaign=may", "utm_source=whatsapp"};

// Visits of about three page views with engagement in between, on pages of which few are popular; 20,000 visitors a day.
class Site {
 public:
  explicit Site(uint64_t seed) : random_(seed) {
    for (int i = 0; i < 5'000; ++i) paths_.push_back(fmt::format("/blog/2026/{:02}/story-{}-of-bats-and-owls", 1 + i % 12, i * 7'919 % 5'000));
  }

  void append_event(std::string& out) {
    now_ += static_cast<int64_t>(random_.exponential(1'200));
    if (open_.size() < 64 || random_.chance(0.2)) begin_visit();
    Person& person = open_[random_.below(open_.size())];
    Event event = person.event;
    event.instant_ms = now_;
    event.id = random_.next() >> (64 - kEventIdBits) | 1;
    if (person.pages > 0 && random_.chance(0.5)) {
      event.kind = EventKind::Engagement;
      event.engaged_ms = static_cast<int32_t>(random_.exponential(20'000));
      event.scroll_percent = static_cast<uint8_t>(random_.below(101));
    } else if (person.pages++ > 0) {
      event.path = person.event.path = path();
      event.referrer = event.tags = {};
      event.click_hash = 0;
    }
    append_encoded(event, out);
    if (random_.chance(0.2)) {
      person = open_.back();
      open_.pop_back();
    }
  }

 private:
  struct Person {
    Event event;
    int pages = 0;
  };

  std::string_view path() { return paths_[static_cast<size_t>(std::pow(random_.uniform(), 3) * static_cast<double>(paths_.size()))]; }

  void begin_visit() {
    Person person;
    Event& event = person.event;
    event.site = SiteId{1};
    event.visitor = Pseudonym(hash_bytes(fmt::format("{} {}", now_ / kDay_ms, random_.below(20'000))));
    event.host = "example.org";
    event.path = path();
    event.referrer = kReferrers[random_.below(std::size(kReferrers))];
    event.tags = kTags[random_.below(std::size(kTags))];
    if (event.tags.starts_with("fbclid")) event.click_hash = random_.next() | 1;
    event.user_agent = kClients[random_.below(std::size(kClients))];
    event.viewport_width = 1'200;
    open_.push_back(person);
  }

  Random random_;
  std::vector<std::string> paths_;
  std::vector<Person> open_;
  int64_t now_ = kBegin_ms;
};

// Appends at most so many requests ahead of the disk, as requests that wait for their answers do.
class Window {
 public:
  explicit Window(Journal& journal) : journal_(journal) {
    journal.add_listener([this](Journal::Place settled, const Result<void>& outcome) {
      const std::lock_guard lock(mutex_);
      NOCT_ASSERT(outcome.has_value());
      settled_ = settled;
      changed_.notify_one();
    });
  }

  void append(std::string_view events, uint32_t count) {
    const auto place = journal_.append(events, count);
    NOCT_ASSERT(place.has_value());
    last_ = *place;
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [&] { return last_ - settled_ < kRequestsMax; });
  }

 private:
  static constexpr Journal::Place kRequestsMax = 512;
  Journal& journal_;
  std::mutex mutex_;
  std::condition_variable changed_;
  Journal::Place settled_ = 0, last_ = 0;
};

// Rows that own their texts.
struct KeptRows {
  std::deque<std::string> texts;
  std::unordered_map<std::string_view, std::string_view> known;
  std::vector<EventRow> rows;

  std::string_view keep(std::string_view text) {
    if (const auto found = known.find(text); found != known.end()) return found->second;
    const std::string_view kept = texts.emplace_back(text);
    known.emplace(kept, kept);
    return kept;
  }
  void add(std::span<const EventRow> more) {
    for (EventRow row : more) {
      for_each_column(row, [&](const char*, auto& field) {
        if constexpr (std::is_same_v<std::remove_cvref_t<decltype(field)>, std::string_view>) field = keep(field);
      });
      rows.push_back(row);
    }
  }
};

void append_value(duckdb_appender appender, std::string_view, bool value) { duckdb_append_bool(appender, value); }
void append_value(duckdb_appender appender, std::string_view, uint8_t value) { duckdb_append_uint8(appender, value); }
void append_value(duckdb_appender appender, std::string_view, uint16_t value) { duckdb_append_uint16(appender, value); }
void append_value(duckdb_appender appender, std::string_view, int32_t value) { duckdb_append_int32(appender, value); }
void append_value(duckdb_appender appender, std::string_view, uint32_t value) { duckdb_append_uint32(appender, value); }
void append_value(duckdb_appender appender, std::string_view, uint64_t value) { duckdb_append_uint64(appender, value); }
void append_value(duckdb_appender appender, std::string_view, std::string_view value) { duckdb_append_varchar_length(appender, value.data(), value.size()); }
void append_value(duckdb_appender appender, std::string_view name, int64_t value) {
  if (name == "time") duckdb_append_timestamp(appender, {value * 1'000});
  else duckdb_append_int64(appender, value);
}

// DuckDB's own appender, rows as they are; the same commit for as many rows as the loader appends at once.
double run_appender(const std::string& path, const std::vector<EventRow>& rows, size_t rows_at_once) {
  { NOCT_ASSERT(open_duckdb({.path = path}).has_value()); }  // makes the table
  duckdb_database database = nullptr;
  duckdb_connection connection = nullptr;
  NOCT_ASSERT(duckdb_open(path.c_str(), &database) == DuckDBSuccess && duckdb_connect(database, &connection) == DuckDBSuccess);
  const auto begin = Clock::now();
  for (size_t first = 0; first < rows.size(); first += rows_at_once) {
    duckdb_appender appender = nullptr;
    NOCT_ASSERT(duckdb_appender_create(connection, nullptr, "events", &appender) == DuckDBSuccess);
    for (size_t i = first; i < std::min(rows.size(), first + rows_at_once); ++i) {
      for_each_column(rows[i], [&](const char* name, const auto& field) { append_value(appender, name, field); });
      NOCT_ASSERT(duckdb_appender_end_row(appender) == DuckDBSuccess);
    }
    NOCT_ASSERT(duckdb_appender_destroy(&appender) == DuckDBSuccess);
  }
  const double took = seconds_since(begin);
  duckdb_disconnect(&connection);
  duckdb_close(&database);
  return took;
}

uint64_t folder_bytes(const std::string& folder) {
  uint64_t bytes = 0;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(folder)) bytes += entry.is_regular_file() ? entry.file_size() : 0;
  return bytes;
}

int run(const std::string& folder, uint64_t events, uint32_t at_once) {
  Site site(7);
  std::vector<std::string> requests((events + at_once - 1) / at_once);
  for (std::string& request : requests) {
    for (uint32_t i = 0; i < at_once; ++i) site.append_event(request);
  }
  KeptRows kept;
  const std::string data = folder + "/data";
  std::filesystem::create_directory(data);
  double chain = 0;
  uint64_t commits = 0;
  {
    const auto journal = Journal::open({.path = data + "/journal.db"}).value();
    const auto store = open_duckdb({.path = data + "/events.duckdb"}).value();
    Window window(*journal);
    const auto loader = Loader::start(*journal, *store).value();
    double keeping = 0;
    loader->set_listener([&](std::span<const EventRow> rows) {
      const auto begin = Clock::now();
      kept.add(rows);
      keeping += seconds_since(begin);
    });
    const auto begin = Clock::now();
    for (const std::string& request : requests) window.append(request, at_once);
    const double journalled = seconds_since(begin);
    NOCT_ASSERT(loader->catch_up(600'000));
    chain = seconds_since(begin) - keeping;
    commits = journal->status().commits;
    fmt::print(stderr, "journalled in {:.2f} s, {} commits; loaded in {:.2f} s\n", journalled, commits, chain);
  }
  const uint64_t bytes = folder_bytes(data);
  const double appender = run_appender(folder + "/appender.duckdb", kept.rows, 50'000);
  const auto count = static_cast<double>(kept.rows.size());
  fmt::print("{{\"events\": {}, \"at_once\": {}, \"chain_per_s\": {:.0f}, \"appender_per_s\": {:.0f}, \"ratio\": {:.3f}, \"bytes_per_event\": {:.2f}}}\n", kept.rows.size(), at_once,
             count / chain, count / appender, appender / chain, static_cast<double>(bytes) / count);
  return 0;
}

}  // namespace
}  // namespace noctule

int main(int count, char** arguments) {
  if (count < 3) {
    fmt::print(stderr, "usage: load_program FOLDER EVENTS [AT_ONCE]\n");
    return 2;
  }
  return noctule::run(arguments[1], noctule::parse_decimal(arguments[2]).value_or(100'000), static_cast<uint32_t>(count > 3 ? noctule::parse_decimal(arguments[3]).value_or(50) : 50));
}

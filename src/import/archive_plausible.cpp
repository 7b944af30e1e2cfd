// SPDX-License-Identifier: Apache-2.0
#include "archive_plausible.h"

#include <algorithm>
#include <array>
#include <limits>
#include <map>
#include <set>

#include "archive_days.h"
#include "archive_arrival.h"
#include "noctule/base/hash.h"
#include "noctule/base/text.h"
#include "noctule/collect/cleaning.h"
#include "noctule/detect/software.h"
#include "noctule/visits/target.h"
#include "noon_clock.h"

namespace noctule {
namespace {

constexpr int64_t kDay_ms = 86'400'000;
constexpr uint64_t kCountMax = std::numeric_limits<int32_t>::max(), kSecondsMax = 1'000'000'000'000;
constexpr size_t kNameBytesMax = 120;

// The texts of one row; views of it hold until the next one is read.
struct RowTexts {
  std::array<std::string, 3> text;
  std::string properties;
  ArchiveArrival arrival;
};

struct Table {
  std::string_view name, rule;
  std::string_view visits, count;           // its own words for visits and page views
  EventKind kind;
  std::array<std::string_view, 7> texts;    // columns of its dimension
  void (*put)(const std::array<std::string_view, 7>& values, const Site& site, RowTexts& texts, EventRow& row);
};
using Values = std::array<std::string_view, 7>;

std::string clean_path(std::string_view path, const Site& site) {
  CleanPage page;
  const size_t mark = path.find('?');
  clean_page(path.substr(0, mark), mark == std::string_view::npos ? std::string_view() : path.substr(mark + 1), {}, Routing::Path, site, {}, page);
  return std::move(page.path);
}

// Of the calendar's day, whatever time zone the site has now.
int64_t settled_after(int64_t day) { return (day + 1) * kDay_ms; }

std::string_view major(std::string_view version) { return version.substr(0, version.find('.')); }

void put_nothing(const Values&, const Site&, RowTexts&, EventRow&) {}

void put_page(const Values& values, const Site& site, RowTexts& texts, EventRow& row) {
  row.host = texts.text[0] = printable(lower(values[0]), kNameBytesMax);
  row.path = texts.text[1] = clean_path(values[1], site);
}

void put_entry_page(const Values& values, const Site& site, RowTexts& texts, EventRow& row) {
  row.entry_path = texts.text[0] = clean_path(values[0], site);
  const std::string_view path = row.entry_path.substr(0, row.entry_path.find('?'));
  row.deep = classify_target(path, path.size() != row.entry_path.size()) == Target::Deep;
}

void put_exit_page(const Values& values, const Site& site, RowTexts& texts, EventRow& row) { row.path = texts.text[0] = clean_path(values[0], site); }

// source, referrer and the campaign's tags. A source without a referrer came from a parameter "ref" or "source".
void put_source(const Values& values, const Site& site, RowTexts& texts, EventRow& row) {
  constexpr std::array<std::string_view, 5> kTags = {"utm_source", "utm_medium", "utm_campaign", "utm_content", "utm_term"};
  std::string query;
  for (size_t i = 0; i < kTags.size(); ++i) append_tag(kTags[i], values[i + 2], query);
  if (values[1].empty() && values[2].empty()) append_tag("utm_source", values[0], query);
  CleanPage page;
  clean_page("/", query, {}, Routing::Path, site, {}, page);
  const bool absolute = values[1].find("://") != std::string_view::npos;
  const std::string referrer = values[1].empty() ? std::string() : clean_referrer(absolute ? std::string(values[1]) : "https://" + std::string(values[1]));
  const std::string source = clean_name(values[0]);
  texts.arrival = ArchiveArrival({.host = site.domain, .path = "/", .referrer = referrer, .tags = page.tags, .user_agent = {}, .source = source});
  texts.arrival.put_total(row);
  if (values[2].empty()) row.utm_source = {};
}

void put_custom_event(const Values& values, const Site& site, RowTexts& texts, EventRow& row) {
  row.name = texts.text[0] = clean_name(values[0]);
  const std::string value = values[1].empty() ? (values[2].empty() ? std::string() : clean_path(values[2], site)) : clean_referrer(values[1]);
  if (value.empty()) return;
  texts.properties = values[1].empty() ? "{\"path\":\"" : "{\"url\":\"";
  for (const char c : value) {  // clean: no control characters
    if (c == '"' || c == '\\') texts.properties += '\\';
    texts.properties += c;
  }
  texts.properties += "\"}";
  row.properties = texts.properties;
}

void put_device(const Values& values, const Site&, RowTexts&, EventRow& row) {
  const std::string_view name = values[0];
  const auto device = name == "Desktop" || name == "Laptop" ? DeviceKind::Desktop
                      : name == "Mobile"                    ? DeviceKind::Mobile
                      : name == "Tablet"                    ? DeviceKind::Tablet
                                                            : DeviceKind::Unknown;
  row.device = static_cast<uint8_t>(device);
}

void put_browser(const Values& values, const Site&, RowTexts& texts, EventRow& row) {
  row.browser = texts.text[0] = printable(values[0], kNameBytesMax);
  row.browser_version = texts.text[1] = printable(major(values[1]), kNameBytesMax);
}

void put_system(const Values& values, const Site&, RowTexts& texts, EventRow& row) {
  const std::string_view name = values[0] == "Mac" ? "macOS" : values[0] == "GNU/Linux" ? "Linux" : values[0];
  row.os = texts.text[0] = printable(name, kNameBytesMax);
  row.os_version = texts.text[1] = printable(major(values[1]), kNameBytesMax);
}

using namespace archive_rule;
constexpr std::array<Table, 9> kTables = {{
    {"imported_visitors", kVisitors, "visits", "pageviews", EventKind::Pageview, {}, put_nothing},
    {"imported_sources", kSources, "visits", "pageviews", EventKind::Pageview,
     {"source", "referrer", "utm_source", "utm_medium", "utm_campaign", "utm_content", "utm_term"}, put_source},
    {"imported_pages", kPages, "visits", "pageviews", EventKind::Pageview, {"hostname", "page"}, put_page},
    {"imported_entry_pages", kEntryPages, "entrances", "pageviews", EventKind::Pageview, {"entry_page"}, put_entry_page},
    {"imported_exit_pages", kExitPages, "exits", "pageviews", EventKind::Pageview, {"exit_page"}, put_exit_page},
    {"imported_custom_events", kCustomEvents, "", "events", EventKind::Custom, {"name", "link_url", "path"}, put_custom_event},
    {"imported_devices", kDevices, "visits", "pageviews", EventKind::Pageview, {"device"}, put_device},
    {"imported_browsers", kBrowsers, "visits", "pageviews", EventKind::Pageview, {"browser", "browser_version"}, put_browser},
    {"imported_operating_systems", kOperatingSystems, "visits", "pageviews", EventKind::Pageview,
     {"operating_system", "operating_system_version"}, put_system},
}};
// noctule keeps no places.
constexpr std::string_view kLocations = "imported_locations";

// imported_pages of "imported_pages_20230209_20240123.csv".
std::string_view table_of(std::string_view file_name) {
  std::string_view name = file_name.substr(0, file_name.rfind('.'));
  for (int i = 0; i < 2; ++i) {
    const size_t under = name.rfind('_');
    if (under != std::string_view::npos && name.size() - under == 9 && std::ranges::all_of(name.substr(under + 1), is_digit)) name = name.substr(0, under);
  }
  return name;
}

const Table* find_table(std::string_view file_name) {
  const std::string_view name = table_of(file_name);
  const auto found = std::ranges::find(kTables, name, &Table::name);
  return found == kTables.end() ? nullptr : &*found;
}

// All files of one table: a day that two of them tell is taken from the first.
class TableImport {
 public:
  TableImport(const Table& table, const NoonClock& clock, ArchiveRun& run)
      : table_(table), clock_(clock), run_(run), days_(run.ledger, run.options.site.id, combine_hashes(hash_bytes("plausible"), hash_bytes(table.name))) {}

  Result<void> read(TableReader& reader) {
    ++files_;
    if (auto found = find_columns(reader); !found) return found;
    while (true) {
      NOCT_TRY(const bool more, reader.next());
      if (!more) return {};
      ++run_.summary.rows_read;
      if (auto taken = take_row(reader); !taken) return taken;
    }
  }

  Result<void> finish() {
    run_.summary.days = std::max(run_.summary.days, days_.noted());
    return days_.add_marks(run_.marks);
  }

 private:
  struct Columns {
    int date = -1, visitors = -1, visits = -1, duration = -1, bounces = -1, count = -1;
    std::array<int, 7> texts{};
  };

  // All columns but the day are optional, as Plausible has it; a table without its dimension would say nothing.
  Result<void> find_columns(const TableReader& reader) {
    NOCT_TRY(columns_.date, reader.need("date"));
    columns_.visitors = reader.find("visitors");
    columns_.visits = table_.visits.empty() ? -1 : reader.find(table_.visits);
    columns_.duration = reader.find("visit_duration");
    columns_.bounces = reader.find("bounces");
    columns_.count = reader.find(table_.count);
    for (size_t i = 0; i < table_.texts.size(); ++i) columns_.texts[i] = table_.texts[i].empty() ? -1 : reader.find(table_.texts[i]);
    const bool is_total = table_.texts[0].empty();
    if (is_total || std::ranges::any_of(columns_.texts, [](int column) { return column >= 0; })) return {};
    return std::unexpected(reader.need(table_.texts[0]).error());
  }

  // Whether the day is to be taken; counts why not.
  Result<bool> wants(int64_t day, int64_t noon_ms) {
    if (noon_ms + kDay_ms / 2 > run_.options.before_ms) {
      ++run_.summary.rows_late;
      return false;
    }
    NOCT_TRY(const int64_t settled_ms, days_.settled_ms(day));
    const bool is_own = owner_.try_emplace(day, files_).first->second == files_;
    if (settled_ms < settled_after(day) && is_own) return true;
    ++run_.summary.rows_before;
    return false;
  }

  Result<void> take_row(const TableReader& reader) {
    NOCT_TRY(const int64_t day, reader.day(columns_.date));
    const int64_t noon_ms = clock_.noon_ms(day);
    EventRow row;
    if (auto read = read_sums(reader, row); !read) return read;
    NOCT_TRY(const bool wanted, wants(day, noon_ms));
    if (!wanted) return {};
    days_.note(day, settled_after(day));
    if (row.visitors == 0 && row.visits == 0 && row.bounces == 0 && row.duration_ms == 0 && row.count == 0) return {};
    row.site = static_cast<uint32_t>(run_.options.site.id);
    row.time = noon_ms;
    row.kind = static_cast<uint8_t>(table_.kind);
    row.origin = static_cast<uint8_t>(EventOrigin::Archive);
    Values values;
    for (size_t i = 0; i < values.size(); ++i) values[i] = reader.text(columns_.texts[i]);
    table_.put(values, run_.options.site, texts_, row);
    row.rules = table_.rule;
    add_to_summary(row);
    return run_.write(row);
  }

  Result<void> read_sums(const TableReader& reader, EventRow& row) const {
    NOCT_TRY(const uint64_t visitors, reader.count(columns_.visitors, kCountMax));
    NOCT_TRY(const uint64_t visits, reader.count(columns_.visits, kCountMax));
    NOCT_TRY(const uint64_t bounces, reader.count(columns_.bounces, kCountMax));
    NOCT_TRY(const uint64_t count, reader.count(columns_.count, kCountMax));
    NOCT_TRY(const uint64_t seconds, reader.count(columns_.duration, kSecondsMax));
    row.visitors = static_cast<uint32_t>(visitors);
    row.visits = static_cast<int32_t>(visits);
    row.bounces = static_cast<int32_t>(bounces);
    row.count = static_cast<uint32_t>(count);
    row.duration_ms = static_cast<int64_t>(seconds) * 1'000;
    return {};
  }

  void add_to_summary(const EventRow& row) {
    if (table_.rule == kCustomEvents) run_.summary.events += row.count;
    if (table_.rule != kVisitors) return;
    run_.summary.visits += static_cast<uint64_t>(row.visits);
    run_.summary.views += row.count;
  }

  const Table& table_;
  const NoonClock& clock_;
  ArchiveRun& run_;
  ArchiveDays days_;
  std::map<int64_t, size_t> owner_;  // of a day: the file that told it first
  size_t files_ = 0;
  Columns columns_;
  RowTexts texts_;
};

}  // namespace

bool is_plausible_table(std::string_view file_name) { return find_table(file_name) != nullptr || table_of(file_name) == kLocations; }

Result<void> import_plausible(const ArchiveSource& source, ArchiveProgress& progress, ArchiveRun& run) {
  NOCT_TRY(const NoonClock clock, NoonClock::make(run.options.site.time_zone));
  for (const ArchiveFile& file : source.files()) {
    if (find_table(file.name) == nullptr) run.summary.files_left_out.push_back(file.name);
  }
  for (const Table& table : kTables) {
    TableImport import(table, clock, run);
    for (const ArchiveFile& file : source.files()) {
      if (find_table(file.name) != &table) continue;
      NOCT_TRY(TableReader reader, TableReader::open(source, file, &progress));
      if (auto read = import.read(reader); !read) return read;
    }
    if (auto finished = import.finish(); !finished) return finished;
  }
  return {};
}

}  // namespace noctule

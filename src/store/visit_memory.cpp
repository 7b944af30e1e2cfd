// SPDX-License-Identifier: Apache-2.0
#include "visit_memory.h"

#include <fmt/format.h>

#include <algorithm>

#include "noctule/base/civil_time.h"
#include "noctule/visits/inference.h"

namespace noctule {
namespace {

// Answers are held in memory, so those about all visitors are asked for in so many parts.
constexpr int64_t kParts = 16;
constexpr int64_t kSurroundingRowsMax = 200'000;
constexpr int64_t kDay_ms = 86'400'000;
// Before a paste: a page's arrivals fade within a day, so that older ones would add less than one in twenty.
constexpr int64_t kArrivalHistory_ms = 3 * kDay_ms;

// Rows of people's events as a site's reports show them: imports of other products' totals have no visits, and a site whose
// visits were judged anew has rows of earlier versions as well.
constexpr const char* kLiveRows =
    "events AS e LEFT JOIN (SELECT site AS of_site, max(version) AS version FROM attribution_versions GROUP BY site) AS v ON v.of_site = e.site "
    "WHERE e.attribution = coalesce(v.version, 1) AND e.origin <> 7 AND e.time >= make_timestamp_ms(?)";

int64_t integer(const Value& value) { return std::holds_alternative<int64_t>(value) ? std::get<int64_t>(value) : 0; }
std::string_view text(const Value& value) { return std::holds_alternative<std::string>(value) ? std::string_view(std::get<std::string>(value)) : std::string_view(); }

template <typename T>
T number(const Value& value) { return static_cast<T>(integer(value)); }

// The columns of an arrival, in this order in the statements and here.
constexpr const char* kArrivalColumns[] = {"entry_path", "referrer", "source", "rules", "utm_source", "utm_medium", "utm_campaign", "utm_content", "utm_term", "browser", "browser_version", "os", "os_version", "app",
                                           "channel", "ga4_channel", "grade", "is_private", "device", "deep", "dark"};

void read_arrival(std::span<const Value> cells, EventRow& row) {
  size_t i = 0;
  for (std::string_view* column : {&row.entry_path, &row.referrer, &row.source, &row.rules, &row.utm_source, &row.utm_medium, &row.utm_campaign, &row.utm_content, &row.utm_term, &row.browser, &row.browser_version, &row.os, &row.os_version, &row.app}) {
    *column = text(cells[i++]);
  }
  for (uint8_t* column : {&row.channel, &row.ga4_channel, &row.grade, &row.is_private, &row.device}) *column = number<uint8_t>(cells[i++]);
  row.deep = integer(cells[i++]) != 0;
  row.dark = integer(cells[i]) != 0;
}

// The latest time from which a visit can go on: of the last event, or now where events come from a clock that is ahead.
Result<int64_t> reference_time(Store& store, int64_t now_ms) {
  NOCT_TRY(const Table table, store.read({"SELECT epoch_ms(max(time)) FROM events WHERE origin <> 7", {}}));
  return std::min(now_ms, std::holds_alternative<int64_t>(table.rows[0][0]) ? integer(table.rows[0][0]) : now_ms);
}

Result<void> restore_versions(Store& store, VisitBook& book) {
  NOCT_TRY(const Table table, store.read({"SELECT site, max(version) FROM attribution_versions GROUP BY site", {}}));
  for (const auto& cells : table.rows) book.set_attribution(number<uint32_t>(cells[0]), number<uint16_t>(cells[1]));
  return {};
}

Result<void> restore_visitors(Store& store, VisitBook& book, int64_t since_ms) {
  const std::string sql = fmt::format("SELECT e.site, e.visitor, epoch_ms(max(e.time)) FROM {} AND e.visitor % {} = ? AND e.visits > 0 GROUP BY e.site, e.visitor", kLiveRows, kParts);
  for (int64_t part = 0; part < kParts; ++part) {
    NOCT_TRY(const Table table, store.read({sql, {since_ms, part}}));
    for (const auto& cells : table.rows) book.restore_visitor(number<uint32_t>(cells[0]), number<uint64_t>(cells[1]), integer(cells[2]));
  }
  return {};
}

// A visit's length runs from the first to the last of the rows that added to it. Visits are those that had a row since then, but
// their first rows may be older, by a day at most: then everybody has another pseudonym.
Result<void> restore_open_visits(Store& store, VisitBook& book, int64_t since_ms) {
  std::string columns;
  for (const char* column : kArrivalColumns) columns.append(fmt::format(", max(e.{})", column));
  const std::string sql = fmt::format(
      "SELECT e.site, e.visitor, e.visit, epoch_ms(min(CASE WHEN e.visits > 0 OR e.duration_ms > 0 THEN e.time END)), "
      "epoch_ms(max(CASE WHEN e.visits > 0 OR e.duration_ms > 0 THEN e.time END)), sum(e.bounces){} FROM {} AND e.visitor % {} = ? "
      "GROUP BY e.site, e.visitor, e.visit HAVING max(e.time) >= make_timestamp_ms(?) AND sum(e.visits) > 0 ORDER BY max(e.time)",
      columns, kLiveRows, kParts);
  for (int64_t part = 0; part < kParts; ++part) {
    NOCT_TRY(const Table table, store.read({sql, {since_ms - kDay_ms, part, since_ms}}));
    for (const auto& cells : table.rows) {
      EventRow row;
      row.site = number<uint32_t>(cells[0]);
      row.visitor = number<uint64_t>(cells[1]);
      row.visit = number<uint16_t>(cells[2]);
      read_arrival(std::span(cells).subspan(6), row);
      book.restore_visit(row, integer(cells[3]), integer(cells[4]), integer(cells[5]) > 0);
    }
  }
  return {};
}

// The newest, as many as the book remembers.
Result<void> restore_event_ids(Store& store, VisitBook& book, size_t ids_max) {
  const std::string sql = fmt::format("SELECT id FROM (SELECT id FROM event_ids ORDER BY loaded_ms DESC LIMIT ?) AS newest WHERE id % {} = ?", kParts);
  for (int64_t part = 0; part < kParts; ++part) {
    NOCT_TRY(const Table table, store.read({sql, {static_cast<int64_t>(ids_max), part}}));
    for (const auto& cells : table.rows) book.restore_event_id(number<uint64_t>(cells[0]));
  }
  return {};
}

Result<void> restore_arrivals(Store& store, VisitBook& book, int64_t since_ms) {
  const std::string sql = fmt::format(
      "SELECT e.site, epoch_ms(e.time), e.visitor, e.host, e.path, e.referrer, e.app, e.browser, e.os, e.device, e.grade, e.click_hash, e.recipient_hash "
      "FROM {} AND e.visits > 0 AND (e.click_hash <> 0 OR e.recipient_hash <> 0 OR {}) ORDER BY e.time DESC LIMIT ?",
      kLiveRows, kLacksExplanation);
  NOCT_TRY(const Table table, store.read({sql, {since_ms, kSurroundingRowsMax}}));
  for (auto cells = table.rows.rbegin(); cells != table.rows.rend(); ++cells) {
    EventRow row;
    row.site = number<uint32_t>((*cells)[0]);
    row.time = integer((*cells)[1]);
    row.visitor = number<uint64_t>((*cells)[2]);
    row.host = text((*cells)[3]);
    row.path = text((*cells)[4]);
    row.referrer = text((*cells)[5]);
    row.app = text((*cells)[6]);
    row.browser = text((*cells)[7]);
    row.os = text((*cells)[8]);
    row.device = number<uint8_t>((*cells)[9]);
    row.grade = number<uint8_t>((*cells)[10]);
    row.click_hash = number<uint64_t>((*cells)[11]);
    row.recipient_hash = number<uint64_t>((*cells)[12]);
    book.restore_arrival(row);
  }
  return {};
}

EventRow page_row(const std::vector<Value>& cells) {
  EventRow row;
  row.site = number<uint32_t>(cells[0]);
  row.time = integer(cells[1]);
  row.kind = number<uint8_t>(cells[2]);
  row.host = text(cells[3]);
  row.path = text(cells[4]);
  row.app = text(cells[5]);
  return row;
}

}  // namespace

Result<void> restore_pasted_pages(Store& store, VisitBook& book, SiteId site, int64_t now_ms) {
  const auto of_site = static_cast<int64_t>(site);
  const int64_t window_from = now_ms - kUnfurlWindow_ms, arrivals_from = window_from - kArrivalHistory_ms;
  const std::string sql = fmt::format(
      "SELECT e.site, epoch_ms(e.time), e.kind, e.host, e.path, e.app FROM {} AND (? = 0 OR e.site = ?) AND ((e.kind = 3 AND e.surface = 'private') OR (e.visits > 0 AND {})) "
      "AND (e.site, e.path) IN (SELECT p.site, p.path FROM events AS p WHERE p.time >= make_timestamp_ms(?) AND p.kind = 3 AND p.surface = 'private') "
      "ORDER BY e.time DESC LIMIT ?",
      kLiveRows, kLacksExplanation);
  NOCT_TRY(const Table table, store.read({sql, {arrivals_from, of_site, of_site, window_from, kSurroundingRowsMax}}));
  for (const auto& cells : table.rows) book.forget_page(page_row(cells));
  // Where there are more rows than are read, a paste has to have a day of arrivals before it, or its chance would seem too small.
  const bool is_cut = table.rows.size() == static_cast<size_t>(kSurroundingRowsMax);
  const int64_t pastes_from = is_cut ? integer(table.rows.back()[1]) + kDay_ms : arrivals_from;
  for (auto cells = table.rows.rbegin(); cells != table.rows.rend(); ++cells) {
    const EventRow row = page_row(*cells);
    if (row.kind != static_cast<uint8_t>(EventKind::Unfurl) || row.time >= pastes_from) book.restore_page(row);
  }
  return {};
}

Result<void> restore_visits(Store& store, VisitBook& book, const VisitLimits& limits, int64_t now_ms) {
  NOCT_TRY(const int64_t reference, reference_time(store, now_ms));
  if (auto done = restore_versions(store, book); !done) return done;
  if (auto done = restore_event_ids(store, book, limits.event_ids_max); !done) return done;
  if (auto done = restore_visitors(store, book, day_number(reference, 0) * kDay_ms); !done) return done;
  if (auto done = restore_arrivals(store, book, reference - kUnfurlWindow_ms); !done) return done;
  if (auto done = restore_pasted_pages(store, book, SiteId::None, reference); !done) return done;
  return restore_open_visits(store, book, reference - kPause_ms);
}

}  // namespace noctule

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
    NOCT_TRY(const Table table, store.read({sql, {since_ms - 86'400'000, part, since_ms}}));
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

Result<void> restore_surroundings(Store& store, VisitBook& book, int64_t since_ms) {
  const std::string sql = fmt::format(
      "SELECT e.site, epoch_ms(e.time), e.kind, e.visitor, e.host, e.path, e.referrer, e.app, e.browser, e.os, e.device, e.grade, e.is_private, e.click_hash, e.recipient_hash "
      "FROM {} AND ((e.kind = 3 AND e.is_private = 1) OR (e.visits > 0 AND (e.click_hash <> 0 OR e.recipient_hash <> 0 OR (e.referrer = '' AND e.app = '' AND e.grade <= ?)))) "
      "ORDER BY e.time DESC LIMIT ?",
      kLiveRows);
  NOCT_TRY(const Table table, store.read({sql, {since_ms, static_cast<int64_t>(Grade::Estimated), kSurroundingRowsMax}}));
  for (auto cells = table.rows.rbegin(); cells != table.rows.rend(); ++cells) {
    EventRow row;
    row.site = number<uint32_t>((*cells)[0]);
    row.time = integer((*cells)[1]);
    row.kind = number<uint8_t>((*cells)[2]);
    row.visitor = number<uint64_t>((*cells)[3]);
    row.host = text((*cells)[4]);
    row.path = text((*cells)[5]);
    row.referrer = text((*cells)[6]);
    row.app = text((*cells)[7]);
    row.browser = text((*cells)[8]);
    row.os = text((*cells)[9]);
    row.device = number<uint8_t>((*cells)[10]);
    row.grade = number<uint8_t>((*cells)[11]);
    row.is_private = number<uint8_t>((*cells)[12]);
    row.click_hash = number<uint64_t>((*cells)[13]);
    row.recipient_hash = number<uint64_t>((*cells)[14]);
    book.restore_surroundings(row);
  }
  return {};
}

}  // namespace

Result<void> restore_visits(Store& store, VisitBook& book, const VisitLimits& limits, int64_t now_ms) {
  NOCT_TRY(const int64_t reference, reference_time(store, now_ms));
  if (auto done = restore_versions(store, book); !done) return done;
  if (auto done = restore_event_ids(store, book, limits.event_ids_max); !done) return done;
  if (auto done = restore_visitors(store, book, day_number(reference, 0) * 86'400'000); !done) return done;
  if (auto done = restore_surroundings(store, book, reference - kUnfurlWindow_ms); !done) return done;
  return restore_open_visits(store, book, reference - kPause_ms);
}

}  // namespace noctule

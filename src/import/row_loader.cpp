// SPDX-License-Identifier: Apache-2.0
#include "noctule/import/row_loader.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "noctule/base/hash.h"
#include "noctule/import/ledger.h"

namespace noctule {
namespace {

uint64_t visit_key(const EventRow& row) { return combine_hashes(row.visitor, row.visit); }

// What has to agree for two records to be of one page view.
uint64_t view_key(std::string_view path, std::string_view browser, std::string_view os) {
  return combine_hashes(combine_hashes(hash_bytes(path), hash_bytes(browser)), hash_bytes(os));
}

// The script's page views of a stretch of time, each to be matched once.
class ScriptViews {
 public:
  ScriptViews(Store& store, SiteId site) : store_(store), site_(site) {}

  Result<void> load(int64_t first_ms, int64_t last_ms) {
    times_.clear();
    const Statement statement{
        "SELECT epoch_ms(time), path, browser, os FROM events WHERE site = ? AND kind = ? AND origin < ? "
        "AND time BETWEEN make_timestamp_ms(?) AND make_timestamp_ms(?) ORDER BY time",
        {int64_t{static_cast<uint32_t>(site_)}, int64_t{static_cast<uint8_t>(EventKind::Pageview)}, int64_t{static_cast<uint8_t>(EventOrigin::Log)},
         first_ms - kSameViewBefore_ms, last_ms + kSameViewAfter_ms}};
    NOCT_TRY(const Table table, store_.read(statement));
    for (const auto& row : table.rows) {
      const auto text = [&](size_t column) { return std::get<std::string>(row[column]); };
      times_[view_key(text(1), text(2), text(3))].push_back(std::get<int64_t>(row[0]));
    }
    return {};
  }

  // Takes the view of that page by that browser nearest in time, if there is one.
  bool take(const EventRow& row) {
    const auto found = times_.find(view_key(row.path, row.browser, row.os));
    if (found == times_.end()) return false;
    auto& times = found->second;
    const auto first = std::ranges::lower_bound(times, row.time - kSameViewBefore_ms);
    if (first == times.end() || *first > row.time + kSameViewAfter_ms) return false;
    times.erase(first);
    return true;
  }

 private:
  Store& store_;
  SiteId site_;
  std::unordered_map<uint64_t, std::vector<int64_t>> times_;
};

using VisitKeys = std::unordered_set<uint64_t>;

// Reads the file once for the visits that the script knows.
Result<VisitKeys> find_script_visits(Store& store, const std::string& path) {
  NOCT_TRY(RowFileReader reader, RowFileReader::open(path));
  VisitKeys known;
  if (reader.head().origin != EventOrigin::Log) return known;
  ScriptViews script(store, reader.head().site);
  while (true) {
    NOCT_TRY(const std::span<EventRow> rows, reader.next());
    if (rows.empty()) return known;
    const auto [first, last] = std::ranges::minmax(rows, {}, &EventRow::time);
    if (auto loaded = script.load(first.time, last.time); !loaded) return std::unexpected(std::move(loaded).error());
    for (const EventRow& row : rows) {
      if (row.kind == static_cast<uint8_t>(EventKind::Pageview) && script.take(row)) known.insert(visit_key(row));
    }
  }
}

Result<bool> was_loaded(Store& store, const std::string& id) {
  NOCT_TRY(const Table table, store.read({"SELECT count(*) FROM imports WHERE id = ?", {id}}));
  return std::get<int64_t>(table.rows.at(0).at(0)) > 0;
}

// The version of attribution that the site's reports use: rows of another one would not be seen.
Result<uint16_t> attribution_of(Store& store, SiteId site) {
  NOCT_TRY(const Table table, store.read({"SELECT coalesce(max(version), 1) FROM attribution_versions WHERE site = ?", {static_cast<int64_t>(site)}}));
  return static_cast<uint16_t>(std::get<int64_t>(table.rows.at(0).at(0)));
}

Result<LoadedRows> load(Store& store, const std::string& path) {
  const std::string id = std::filesystem::path(path).filename().string();
  NOCT_TRY(const VisitKeys known, find_script_visits(store, path));
  NOCT_TRY(RowFileReader reader, RowFileReader::open(path));
  LoadedRows loaded;
  loaded.head = reader.head();
  loaded.visits_seen_by_script = known.size();
  NOCT_TRY(loaded.was_loaded, was_loaded(store, id));
  if (loaded.was_loaded) return loaded;
  NOCT_TRY(const uint16_t attribution, attribution_of(store, loaded.head.site));
  std::vector<EventRow> kept;
  const auto next = [&]() -> Result<std::span<const EventRow>> {
    do {
      NOCT_TRY(const std::span<EventRow> rows, reader.next());
      if (rows.empty()) return std::span<const EventRow>();
      kept.assign(rows.begin(), rows.end());
      std::erase_if(kept, [&](const EventRow& row) { return row.visitor != 0 && known.contains(visit_key(row)); });
    } while (kept.empty());
    for (EventRow& row : kept) row.attribution = attribution;
    loaded.rows += kept.size();
    return std::span<const EventRow>(kept);
  };
  const Statement note{"INSERT INTO imports VALUES (?, ?, ?, ?)", {id, loaded.head.label, static_cast<int64_t>(reader.rows()), loaded.head.last_ms}};
  if (auto added = store.add(next, std::span(&note, 1)); !added) return std::unexpected(std::move(added).error());
  return loaded;
}

}  // namespace

Result<LoadedRows> load_row_file(Store& store, const std::string& folder, const std::string& path) {
  Result<LoadedRows> loaded = load(store, path);
  if (!loaded) {
    const bool is_unreadable = loaded.error().code == ErrorCode::Corrupt;
    if (is_unreadable && std::rename(path.c_str(), (path + ".bad").c_str()) == 0) loaded.error().message.append("; it was set aside as .bad");
    return loaded;
  }
  if (auto kept = keep_marks(folder, loaded->head); !kept) return std::unexpected(std::move(kept).error());
  std::error_code failed;
  std::filesystem::remove(path, failed);
  if (failed) return fail(ErrorCode::Io, fmt::format("{}: was loaded and cannot be removed: {}", path, failed.message()));
  return loaded;
}

}  // namespace noctule

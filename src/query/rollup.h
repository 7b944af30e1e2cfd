#pragma once
// SPDX-License-Identifier: Apache-2.0
// rollup: sums of a site's local days that are over, by one dimension (table rollup_1) and by pairs of two (rollup_2), so that
// reports need not read events. A day's roll-up says how many rows it was made of (rollup_days); the store counts the rows it
// has for every quarter of an hour (row_counts), and where the two differ the day is answered from events until it is made anew.
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "date_range.h"
#include "noctule/base/result.h"
#include "noctule/store/store.h"
#include "sql_text.h"
#include "zone.h"

namespace noctule {

// Days of a site's reports: its number, the version of its attribution and its zone.
struct RollupSite {
  uint32_t site = 0;
  int attribution = 1;
  const Zone* zone = nullptr;
};

// The number of a pair in rollup_2; nullopt: that pair is not kept. One of 0 stands for no dimension.
[[nodiscard]] std::optional<int> pair_number(uint8_t a, uint8_t b);

// Local days from first to last, ascending, whose roll-up is there and holds all rows.
[[nodiscard]] Result<std::vector<int64_t>> fresh_days(Store& store, const RollupSite& site, int64_t first, int64_t last);

struct DayToRollUp {
  int64_t day = 0, rows = 0;
};
// Local days before today whose roll-up is missing or holds other rows than there are, oldest first.
[[nodiscard]] Result<std::vector<DayToRollUp>> days_to_roll_up(Store& store, const RollupSite& site, int64_t now_ms);

// Makes one day's roll-up, in one transaction, in place of an older one.
[[nodiscard]] Result<void> roll_up_day(Store& store, const RollupSite& site, const DayToRollUp& day);

// Local days that lie together, whose pairs are worth putting in order.
struct Stretch {
  int64_t first_day = 0, last_day = 0;
};
// Stretches (of kStretchDays) in which kDaysWaiting days or more came since they were last put in order, or that are over and have any.
[[nodiscard]] Result<std::vector<Stretch>> stretches_to_cluster(Store& store, const RollupSite& site, int64_t now_ms);
inline constexpr int64_t kStretchDays = 32, kDaysWaiting = 8;

// Writes a stretch's pairs anew, each pair's rows together, some pairs in one transaction. A question reads one pair: where days were
// only written one after the other it lies in pieces all over the table (measured with 10 million events: 59 of 61 row groups read).
[[nodiscard]] Result<void> cluster_pairs(Store& store, const RollupSite& site, const Stretch& stretch);

// Adds up the store's counts of rows per quarter of an hour, which have one row per batch.
[[nodiscard]] Result<void> add_up_row_counts(Store& store, const RollupSite& site);

// The first instant of the site's rows, to the quarter of an hour; nullopt: none.
[[nodiscard]] Result<std::optional<int64_t>> first_instant(Store& store, const RollupSite& site);

}  // namespace noctule

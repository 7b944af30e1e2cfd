#pragma once
// SPDX-License-Identifier: Apache-2.0
// What the model looks at: the arrivals of a log, added up by page group and by whether the visitor had been there before.
// Private to this module; plain values.
#include <array>
#include <cstdint>
#include <span>
#include <vector>

#include "noctule/estimate/estimate.h"

namespace noctule {

// Pages with a known private share on them, and the others: the second group shows how much is dark without sharing.
inline constexpr size_t kShared = 0, kQuiet = 1, kGroups = 2;
// Visitors seen for the first time in the log, and those who came back.
inline constexpr size_t kFirst = 0, kAgain = 1, kTimes = 2;

// Numbers of arrivals on deep pages.
struct Cell {
  double dark = 0;  // no referrer and no evidence, without what a crowded page holds beyond its due
  double search = 0, referral = 0, assistant = 0, newsletter = 0, social = 0;
  double pages = 0;  // in the kFirst cell: pages of the group with any arrival
  [[nodiscard]] double reference() const { return search + referral + assistant + social; }
};

struct Tally {
  double arrivals = 0;
  double known = 0, known_by_mail = 0, known_by_chance = 0;  // the lower end, and what of it may be wrong
  double known_again = 0, known_once = 0;  // by visitors who came back; on pages that have only one
  double weak = 0;      // dark arrivals that an unfurl explains though not well enough: sum of 1 - chance
  double unknown_surface = 0;  // apps without a known surface
  double unknown_mail = 0;     // webmail that may be a mailing
  double shallow_first = 0, shallow_again = 0;  // home and sections, no referrer: typed or from a bookmark
  double dark = 0;      // all of them
  std::array<std::array<Cell, kTimes>, kGroups> cells{};
  std::vector<double> crowds;  // what single pages hold beyond their due, the largest first
  double largest_page = 0;     // dark arrivals of the page with the most of them
};

[[nodiscard]] Tally tally_arrivals(std::span<const JudgedArrival> arrivals, const EstimateContext& context);

}  // namespace noctule

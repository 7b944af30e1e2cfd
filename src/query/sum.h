#pragma once
// SPDX-License-Identifier: Apache-2.0
// Sum: what is added up over events so that metrics can be computed from it. Every sum is additive over local days: what is
// counted distinct (visitors, visits that saw a page) is counted distinct within a local day, and days are added.
#include <cstdint>
#include <initializer_list>
#include <span>
#include <string_view>
#include <vector>

namespace noctule {

enum class Sum : uint8_t {
  // Of each row.
  Pageviews, Events, Visits, Bounces, DurationMs, EngagedMs, Unfurls, PrivateLow, PrivateHigh, DarkVisits, VisitPageviews,
  RevenueMicros, RevenueCount, CurrencyLow, CurrencyHigh,
  // Helpers of the next ones, of each row.
  ScrollDeepest, AnyPrivate, AnyMayBePrivate, AnyDark, ArchiveVisits, ArchiveVisitors,
  // Of each page of each visit.
  ScrollSum, ScrollCount, EngagedCount,
  // Of each visit with an event that matched.
  VisitCount, PrivateLowCount, PrivateHighCount, DarkCount,
  // Of each visitor.
  Visitors
};
inline constexpr int kSums = 29;

// What a sum is counted for; the order is from fine to coarse.
enum class Birth : uint8_t { Row, Page, Visit, Visitor };

struct SumRow {
  std::string_view name;        // its column is s_name; in roll-ups it is name
  Birth birth;
  std::string_view fold;        // SUM, MIN or MAX: how groups are put together
  std::string_view expression;  // Row: over the columns of events; else over sums
  std::initializer_list<Sum> needs;
  std::string_view rolled;      // its column in the roll-ups; empty: none
};
[[nodiscard]] const SumRow& row_of(Sum sum);

class SumSet {
 public:
  constexpr SumSet() = default;
  constexpr SumSet(std::initializer_list<Sum> sums) { for (const Sum sum : sums) add(sum); }
  constexpr void add(Sum sum) { bits_ |= 1U << static_cast<unsigned>(sum); }
  constexpr void add(SumSet other) { bits_ |= other.bits_; }
  [[nodiscard]] constexpr bool has(Sum sum) const { return (bits_ >> static_cast<unsigned>(sum) & 1U) != 0; }
  [[nodiscard]] constexpr bool empty() const { return bits_ == 0; }
  [[nodiscard]] constexpr SumSet without(SumSet other) const { SumSet out; out.bits_ = bits_ & ~other.bits_; return out; }
  [[nodiscard]] constexpr SumSet both(SumSet other) const { SumSet out; out.bits_ = bits_ & other.bits_; return out; }
  [[nodiscard]] std::vector<Sum> list() const;
  [[nodiscard]] SumSet with_needs() const;

 private:
  uint32_t bits_ = 0;
};

// The sums that only whole visits have: of a filter on events they need all rows of the visits that match.
inline constexpr SumSet kSessionSums{Sum::Visits, Sum::Bounces, Sum::DurationMs, Sum::VisitPageviews};
// The sums that are counted distinct: adding them over the values of a dimension counts some twice.
inline constexpr SumSet kDistinctSums{Sum::VisitCount, Sum::PrivateLowCount, Sum::PrivateHighCount, Sum::DarkCount, Sum::Visitors};
// The sums that roll-ups hold: by dimensions of visits, and by dimensions of events (with others in the same columns).
inline constexpr SumSet kRolledOfVisits{Sum::Pageviews, Sum::Events, Sum::Visits, Sum::Bounces, Sum::DurationMs, Sum::Unfurls,
                                        Sum::PrivateLow, Sum::PrivateHigh, Sum::DarkVisits, Sum::Visitors};
inline constexpr SumSet kRolledOfEvents{Sum::Pageviews, Sum::Events, Sum::VisitCount, Sum::Unfurls, Sum::PrivateLowCount,
                                        Sum::PrivateHighCount, Sum::DarkCount, Sum::Visitors};

}  // namespace noctule

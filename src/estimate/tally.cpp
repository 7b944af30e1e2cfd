// SPDX-License-Identifier: Apache-2.0
#include "tally.h"

#include <algorithm>
#include <functional>
#include <numeric>

namespace noctule {
namespace {

// Two days of a page are crowded when their dark arrivals are at least this many and this many times what is due, and then
// some. A wave of bookmarks or a document that goes round is that; a cascade of shares mostly brings known ones along.
constexpr double kDay_ms = 86'400'000.0;
constexpr int64_t kStretch_ms = 2 * 86'400'000LL;
constexpr double kCrowdMin = 8, kCrowdFactor = 2.5, kCrowdSlack = 4;
constexpr double kKnownPull = 1.5;  // dark arrivals that a known private share on the same page explains, generously
constexpr size_t kCrowdsMax = 64;

bool is_dark(const JudgedArrival& a) {
  return !is_known_private(a) && a.deep && a.no_referrer && (a.grade == Grade::Estimated || a.grade == Grade::Direct);
}

struct PageTally {
  std::array<Cell, kTimes> cells{};
  double known = 0;
  [[nodiscard]] double dark() const { return cells[kFirst].dark + cells[kAgain].dark; }
  [[nodiscard]] double reference() const { return cells[kFirst].reference() + cells[kAgain].reference(); }
};

// The arrivals of a page, stretch by stretch.
struct Page {
  PageTally all;
  std::vector<PageTally> stretches;  // those with arrivals
};

void count_in_cell(const JudgedArrival& arrival, Cell& cell) {
  switch (arrival.channel) {
    case Channel::Search: ++cell.search; break;
    case Channel::Referral:
    case Channel::Other: ++cell.referral; break;
    case Channel::AiAssistant: ++cell.assistant; break;
    case Channel::Newsletter:
    case Channel::PrivateEmail: ++cell.newsletter; break;
    case Channel::Social:
    case Channel::Video:
    case Channel::Paid:
    case Channel::Shopping: ++cell.social; break;
    default: break;
  }
}

class Counter {
 public:
  Counter(Tally& tally, bool knows_visitors) : tally_(tally), knows_visitors_(knows_visitors) {}

  void count(const JudgedArrival& arrival, PageTally& page) {
    ++tally_.arrivals;
    const size_t time = knows_visitors_ && arrival.visit_number > 1 ? kAgain : kFirst;
    if (is_known_private(arrival)) {
      ++page.known;
      count_known(arrival, time);
    }
    if (is_dark(arrival)) {
      ++page.cells[time].dark;
      tally_.weak += std::clamp(1 - arrival.unfurl_chance, 0.0, 1.0);
    } else if (arrival.is_private == Private::Unknown) {
      ++(arrival.channel == Channel::PrivateEmail ? tally_.unknown_mail : tally_.unknown_surface);
    } else if (arrival.deep) {
      count_in_cell(arrival, page.cells[time]);
    } else if (arrival.no_referrer && arrival.grade == Grade::Direct) {
      ++(time == kAgain ? tally_.shallow_again : tally_.shallow_first);
    }
  }

 private:
  void count_known(const JudgedArrival& arrival, size_t time) {
    ++tally_.known;
    if (time == kAgain) ++tally_.known_again;
    if (arrival.channel == Channel::PrivateEmail) ++tally_.known_by_mail;
    if (arrival.grade == Grade::Inferred && arrival.unfurl_chance < 1) tally_.known_by_chance += arrival.unfurl_chance;
  }

  Tally& tally_;
  bool knows_visitors_;
};

void add(const Cell& part, Cell& sum) {
  sum.dark += part.dark;
  sum.search += part.search;
  sum.referral += part.referral;
  sum.assistant += part.assistant;
  sum.newsletter += part.newsletter;
  sum.social += part.social;
}

PageTally sum_of(const std::vector<PageTally>& stretches) {
  PageTally sum;
  for (const PageTally& stretch : stretches) {
    for (size_t time = 0; time < kTimes; ++time) add(stretch.cells[time], sum.cells[time]);
    sum.known += stretch.known;
  }
  return sum;
}

// Dark arrivals for each arrival of known source on the same page, whatever is crowded left out.
double usual_ratio(const std::vector<Page>& pages) {
  double ratio = 1e9;
  for (int pass = 0; pass < 3; ++pass) {
    double dark = 0, reference = 0;
    for (const Page& page : pages) {
      const double due = ratio * page.all.reference() + kKnownPull * page.all.known;
      dark += std::min(page.all.dark(), kCrowdFactor * due + kCrowdSlack);
      reference += page.all.reference();
    }
    ratio = (dark + 1) / (reference + 1);
  }
  return ratio;
}

// What the page's crowded stretches hold beyond their due.
double find_crowd(const Page& page, double ratio, double stretch_count) {
  double crowd = 0;
  for (const PageTally& stretch : page.stretches) {
    const double reference = std::max(stretch.reference(), page.all.reference() / stretch_count);
    const double known = std::max(stretch.known, page.all.known / stretch_count);
    const double dark = stretch.dark(), due = ratio * reference + kKnownPull * known;
    if (dark >= kCrowdMin && dark > kCrowdFactor * due + kCrowdSlack) crowd += dark - due - 1;
  }
  return crowd;
}

void add_page(const Page& page, double ratio, double stretch_count, Tally& tally) {
  const size_t group = page.all.known > 0 ? kShared : kQuiet;
  const double dark = page.all.dark(), crowd = find_crowd(page, ratio, stretch_count);
  if (crowd > 0) tally.crowds.push_back(crowd);
  if (page.all.known == 1) ++tally.known_once;
  tally.dark += dark;
  tally.largest_page = std::max(tally.largest_page, dark);
  ++tally.cells[group][kFirst].pages;
  for (size_t time = 0; time < kTimes; ++time) {
    Cell cell = page.all.cells[time];
    if (crowd > 0) cell.dark *= 1 - crowd / dark;
    add(cell, tally.cells[group][time]);
  }
}

// Crowds past the limit are the smallest: too many to be drawn one by one, they count as what is dark on a quiet page.
void limit_crowds(Tally& tally) {
  std::ranges::sort(tally.crowds, std::greater());
  for (; tally.crowds.size() > kCrowdsMax; tally.crowds.pop_back()) tally.cells[kQuiet][kFirst].dark += tally.crowds.back();
}

std::vector<uint32_t> by_page_and_time(std::span<const JudgedArrival> arrivals) {
  std::vector<uint32_t> order(arrivals.size());
  std::iota(order.begin(), order.end(), 0U);
  std::ranges::sort(order, [&](uint32_t i, uint32_t j) {
    const JudgedArrival &a = arrivals[i], &b = arrivals[j];
    return a.page != b.page ? a.page < b.page : a.instant_ms < b.instant_ms;
  });
  return order;
}

}  // namespace

Tally tally_arrivals(std::span<const JudgedArrival> arrivals, const EstimateContext& context) {
  Tally tally;
  std::vector<Page> pages;
  Counter counter(tally, !context.addresses_are_edges);
  const JudgedArrival* previous = nullptr;
  for (const uint32_t i : by_page_and_time(arrivals)) {
    const JudgedArrival& arrival = arrivals[i];
    const bool new_page = previous == nullptr || arrival.page != previous->page;
    if (new_page) pages.emplace_back();
    if (new_page || arrival.instant_ms / kStretch_ms != previous->instant_ms / kStretch_ms) pages.back().stretches.emplace_back();
    counter.count(arrival, pages.back().stretches.back());
    previous = &arrival;
  }
  for (Page& page : pages) page.all = sum_of(page.stretches);
  const double ratio = usual_ratio(pages), stretch_count = std::max(1.0, context.span_days * kDay_ms / static_cast<double>(kStretch_ms));
  for (const Page& page : pages) add_page(page, ratio, stretch_count, tally);
  limit_crowds(tally);
  return tally;
}

}  // namespace noctule

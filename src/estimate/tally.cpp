// SPDX-License-Identifier: Apache-2.0
#include "tally.h"

#include <algorithm>
#include <functional>

namespace noctule {
namespace {

// A page is crowded when its dark arrivals are at least this many and this many times what the page is due, and then some.
constexpr double kCrowdMin = 12, kCrowdFactor = 3, kCrowdSlack = 6;
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
      ++tally_.unknown_surface;
      if (!arrival.deep) ++tally_.unknown_shallow;
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

// Dark arrivals for each arrival of known source on the same page, over the pages that are not crowded.
double usual_ratio(const std::vector<PageTally>& pages) {
  double dark = 0, reference = 0, ratio = 1e9;
  for (int pass = 0; pass < 3; ++pass) {
    dark = reference = 0;
    for (const PageTally& page : pages) {
      const double due = ratio * page.reference() + kKnownPull * page.known;
      dark += std::min(page.dark(), kCrowdFactor * due + kCrowdSlack);
      reference += page.reference();
    }
    ratio = (dark + 1) / (reference + 1);
  }
  return ratio;
}

void add_page(const PageTally& page, double ratio, Tally& tally) {
  const size_t group = page.known > 0 ? kShared : kQuiet;
  const double dark = page.dark(), due = ratio * page.reference() + kKnownPull * page.known;
  double kept = 1;
  if (dark >= kCrowdMin && dark > kCrowdFactor * due + kCrowdSlack) {
    kept = (due + 1) / dark;
    tally.crowds.push_back(dark - due - 1);
  }
  if (page.known == 1) ++tally.known_once;
  tally.dark += dark;
  tally.largest_page = std::max(tally.largest_page, dark);
  ++tally.cells[group][kFirst].pages;
  for (size_t time = 0; time < kTimes; ++time) {
    Cell cell = page.cells[time];
    cell.dark *= kept;
    add(cell, tally.cells[group][time]);
  }
}

// Crowds past the limit are the smallest; they are left out of the crowds and go back to where they were.
void limit_crowds(Tally& tally) {
  std::ranges::sort(tally.crowds, std::greater());
  for (; tally.crowds.size() > kCrowdsMax; tally.crowds.pop_back()) tally.cells[kQuiet][kFirst].dark += tally.crowds.back();
}

}  // namespace

Tally tally_arrivals(std::span<const JudgedArrival> arrivals, const EstimateContext& context) {
  Tally tally;
  std::vector<uint32_t> order(arrivals.size());
  for (uint32_t i = 0; i < order.size(); ++i) order[i] = i;
  std::ranges::sort(order, {}, [&](uint32_t i) { return arrivals[i].page; });
  std::vector<PageTally> pages;
  Counter counter(tally, !context.addresses_are_edges);
  for (size_t i = 0; i < order.size(); ++i) {
    if (i == 0 || arrivals[order[i]].page != arrivals[order[i - 1]].page) pages.emplace_back();
    counter.count(arrivals[order[i]], pages.back());
  }
  const double ratio = usual_ratio(pages);
  for (const PageTally& page : pages) add_page(page, ratio, tally);
  limit_crowds(tally);
  return tally;
}

}  // namespace noctule

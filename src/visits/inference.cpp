// SPDX-License-Identifier: Apache-2.0
#include "noctule/visits/inference.h"

#include <algorithm>
#include <array>
#include <map>
#include <unordered_map>
#include <unordered_set>

#include "noctule/base/random.h"

namespace noctule {
namespace {

constexpr std::array<int64_t, 4> kLagBins_ms = {10 * 60'000, 3'600'000, 6 * 3'600'000, kUnfurlWindow_ms};
constexpr size_t kBins = kLagBins_ms.size();
// Rotations of a page's arrivals: as many as make some 20,000 moved arrivals, which puts the error of a chance of one in five
// below 0.3 %.
constexpr size_t kMovedArrivals = 20'000, kRotationsMin = 19, kRotationsMax = 199;
constexpr int64_t kDay_ms = 86'400'000;
constexpr int64_t kWholeDaysFrom_ms = 8 * kDay_ms;  // fewer days leave too few whole-day shifts
// What is added to the site's expected chance matches per bin, so that a bin without any is not taken for impossible.
constexpr double kPriorChance = 0.1;
constexpr double kShrink = 1;  // weight of the site's rate against the page's own, in matches
constexpr double kShrinkControls = 5;  // the same for arrivals of known source, in arrivals

using Bins = std::array<double, kBins>;

struct PageEvents {
  std::vector<uint32_t> candidates;   // positions in the list of candidates
  std::vector<const Unfurl*> unfurls;  // by time
  std::vector<int64_t> instants_ms;    // of the unfurls, side by side: they are searched far more often than the unfurls are read
  Bins control_matches{};
  double controls = 0;
};

size_t bin_of(int64_t lag_ms) {
  return static_cast<size_t>(std::ranges::lower_bound(kLagBins_ms, lag_ms) - kLagBins_ms.begin());
}

// The latest unfurl at or before the instant, not by the same address; nullptr when none is in the window.
const Unfurl* latest_before(const PageEvents& page, int64_t instant_ms, uint64_t address) {
  auto after = static_cast<size_t>(std::ranges::upper_bound(page.instants_ms, instant_ms) - page.instants_ms.begin());
  while (after > 0 && instant_ms - page.instants_ms[after - 1] <= kUnfurlWindow_ms) {
    const Unfurl* unfurl = page.unfurls[--after];
    if (!unfurl->from_device || unfurl->address != address) return unfurl;
  }
  return nullptr;
}

// Lag to the next unfurl after the instant, the mirror image of a match; negative when none is in the window.
int64_t mirrored_lag(const std::vector<const Unfurl*>& unfurls, int64_t instant_ms) {
  const auto it = std::ranges::upper_bound(unfurls, instant_ms, {}, &Unfurl::instant_ms);
  if (it == unfurls.end()) return -1;
  const int64_t lag = (*it)->instant_ms - instant_ms;
  return lag <= kUnfurlWindow_ms ? lag : -1;
}

int64_t draw_shift(Random& random, int64_t span_ms) {
  if (span_ms < kWholeDaysFrom_ms) return static_cast<int64_t>(random.below(static_cast<uint64_t>(span_ms)));
  const auto days = static_cast<uint64_t>(span_ms / kDay_ms);
  return static_cast<int64_t>(1 + random.below(days - 1)) * kDay_ms;
}

Bins count_by_chance(std::span<const Arrival> arrivals, std::span<const uint32_t> candidates, const PageEvents& page,
                     int64_t first_ms, int64_t span_ms, Random& random) {
  Bins rotated{}, mirrored{};
  const size_t rotations = std::clamp(kMovedArrivals / page.candidates.size(), kRotationsMin, kRotationsMax);
  for (size_t rotation = 0; rotation < rotations; ++rotation) {
    const int64_t shift = draw_shift(random, span_ms);
    for (const uint32_t position : page.candidates) {
      const Arrival& arrival = arrivals[candidates[position]];
      const int64_t moved = first_ms + (arrival.instant_ms - first_ms + shift) % span_ms;
      if (const Unfurl* unfurl = latest_before(page, moved, arrival.address)) {
        rotated[bin_of(moved - unfurl->instant_ms)] += 1.0 / static_cast<double>(rotations);
      }
    }
  }
  for (const uint32_t position : page.candidates) {
    const int64_t lag = mirrored_lag(page.unfurls, arrivals[candidates[position]].instant_ms);
    if (lag >= 0) mirrored[bin_of(lag)] += 1;
  }
  for (size_t bin = 0; bin < kBins; ++bin) rotated[bin] = std::max(rotated[bin], mirrored[bin]);
  return rotated;
}

void count_control(const Arrival& arrival, PageEvents& page) {
  page.controls += 1;
  const Unfurl* unfurl = latest_before(page, arrival.instant_ms, arrival.address);
  if (unfurl != nullptr) page.control_matches[bin_of(arrival.instant_ms - unfurl->instant_ms)] += 1;
}

// Matches for each control, over all pages that have both unfurls and candidates.
Bins control_rates(const std::map<uint64_t, PageEvents>& pages) {
  Bins rates{};
  double controls = 0;
  for (const auto& [key, page] : pages) {
    if (page.candidates.empty()) continue;
    controls += page.controls;
    for (size_t bin = 0; bin < kBins; ++bin) rates[bin] += page.control_matches[bin];
  }
  for (double& rate : rates) rate = controls > 0 ? rate / controls : 0;
  return rates;
}

// Who brought an id so far.
struct Bearer {
  uint64_t address;
  uint32_t agent, family;
  int64_t instant_ms;
};
using IdBearers = std::unordered_map<uint64_t, std::vector<Bearer>>;
constexpr size_t kBearersMax = 64;     // more do not change the verdict
constexpr int64_t kHurry_ms = 60'000;  // nobody passes a link on faster; a mail gateway and its recipient do come that close
// Seldom does one phone change networks twice within this and load the page anew each time: three addresses with one
// browser are people then.
constexpr int64_t kOneDevice_ms = 24 * 3'600'000;

// Ids that three user agents bring within a minute: a mail gateway that looks at a link under changing names, before or
// after its recipient does.
std::unordered_set<uint64_t> find_hurried_ids(std::span<const Arrival> arrivals) {
  constexpr size_t kHurriedAgents = 3;
  IdBearers recent;
  std::unordered_set<uint64_t> hurried;
  for (const Arrival& arrival : arrivals) {
    for (const uint64_t id : {arrival.click_id, arrival.recipient_id}) {
      if (id == 0 || hurried.contains(id)) continue;
      std::vector<Bearer>& known = recent[id];
      std::erase_if(known, [&](const Bearer& b) { return b.agent == arrival.agent || arrival.instant_ms - b.instant_ms > kHurry_ms; });
      known.push_back({arrival.address, arrival.agent, arrival.agent_family, arrival.instant_ms});
      if (known.size() >= kHurriedAgents) hurried.insert(id);
    }
  }
  return hurried;
}

// known: bearers of the arrival's id, all before it.
bool is_another_person(const Arrival& arrival, const std::vector<Bearer>& known) {
  const auto any = [&](auto&& test) { return std::ranges::any_of(known, test); };
  if (known.empty() || any([&](const Bearer& b) { return b.address == arrival.address; })) return false;
  if (any([&](const Bearer& b) { return arrival.instant_ms - b.instant_ms <= kHurry_ms; })) return false;
  const auto same_browser = [&](const Bearer& b) { return b.family == arrival.agent_family; };
  if (!any(same_browser)) return true;
  return std::ranges::count_if(known, [&](const Bearer& b) {
           return same_browser(b) && arrival.instant_ms - b.instant_ms <= kOneDevice_ms;
         }) >= 2;
}

}  // namespace

std::vector<bool> find_echoes(std::span<const Arrival> arrivals) {
  const std::unordered_set<uint64_t> hurried = find_hurried_ids(arrivals);
  IdBearers bearers;
  std::vector<bool> echoes(arrivals.size());
  for (size_t i = 0; i < arrivals.size(); ++i) {
    const Arrival& arrival = arrivals[i];
    for (const uint64_t id : {arrival.click_id, arrival.recipient_id}) {
      if (id == 0 || hurried.contains(id)) continue;
      std::vector<Bearer>& known = bearers[id];
      if (is_another_person(arrival, known)) echoes[i] = true;
      const bool seen_here = std::ranges::any_of(known, [&](const Bearer& b) { return b.address == arrival.address; });
      if (!seen_here && known.size() < kBearersMax) {
        known.push_back({arrival.address, arrival.agent, arrival.agent_family, arrival.instant_ms});
      }
    }
  }
  return echoes;
}

UnfurlMatches match_unfurls(std::span<const Arrival> arrivals, std::span<const uint32_t> candidates,
                            std::span<const Unfurl> unfurls, int64_t first_ms, int64_t last_ms, uint64_t seed,
                            std::span<const uint32_t> controls) {
  UnfurlMatches result;
  result.of_candidate.resize(candidates.size());
  std::map<uint64_t, PageEvents> pages;  // ordered, so that the random shifts meet the pages in the same order always
  for (const Unfurl& unfurl : unfurls) {
    if (unfurl.surface != Private::Yes) continue;
    PageEvents& page = pages[unfurl.page];
    page.unfurls.push_back(&unfurl);
    page.instants_ms.push_back(unfurl.instant_ms);
  }
  for (uint32_t position = 0; position < candidates.size(); ++position) {
    const auto page = pages.find(arrivals[candidates[position]].page);
    if (page != pages.end()) page->second.candidates.push_back(position);
  }
  for (const uint32_t index : controls) {
    const auto page = pages.find(arrivals[index].page);
    if (page != pages.end()) count_control(arrivals[index], page->second);
  }
  const Bins rates = control_rates(pages);
  Random random(seed);
  const int64_t span_ms = std::max<int64_t>(last_ms - first_ms + 1, 1'000);
  Bins site_observed{}, site_chance{};
  std::vector<std::pair<const PageEvents*, std::pair<Bins, Bins>>> counted;
  for (auto& [key, page] : pages) {
    if (page.candidates.empty()) continue;
    Bins observed{};
    for (const uint32_t position : page.candidates) {
      const Arrival& arrival = arrivals[candidates[position]];
      const Unfurl* unfurl = latest_before(page, arrival.instant_ms, arrival.address);
      if (unfurl == nullptr) continue;
      UnfurlMatch& match = result.of_candidate[position];
      match.app = unfurl->app;
      match.lag_ms = arrival.instant_ms - unfurl->instant_ms;
      observed[bin_of(match.lag_ms)] += 1;
    }
    Bins chance = count_by_chance(arrivals, candidates, page, first_ms, span_ms, random);
    for (size_t bin = 0; bin < kBins; ++bin) {
      const double rate = (page.control_matches[bin] + kShrinkControls * rates[bin]) / (page.controls + kShrinkControls);
      chance[bin] = std::max(chance[bin], rate * static_cast<double>(page.candidates.size()));
      site_observed[bin] += observed[bin];
      site_chance[bin] += chance[bin];
    }
    counted.push_back({&page, {observed, chance}});
  }
  for (const auto& [page, counts] : counted) {
    for (const uint32_t position : page->candidates) {
      UnfurlMatch& match = result.of_candidate[position];
      if (match.app == AppId::None) continue;
      const size_t bin = bin_of(match.lag_ms);
      const double site = std::min(1.0, (site_chance[bin] + kPriorChance) / site_observed[bin]);
      match.chance = std::min(1.0, (counts.second[bin] + kShrink * site) / (counts.first[bin] + kShrink));
      result.observed += 1;
      result.by_chance += match.chance;
    }
  }
  return result;
}

}  // namespace noctule

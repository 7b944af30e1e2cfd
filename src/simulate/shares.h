#pragma once
// SPDX-License-Identifier: Apache-2.0
// Private shares: who passes on which page over which app, the preview that the app fetches, and the opens that follow.
// Cascades stay below one: a page's reproduction is its factor times the mean and at most kReproductionMax.
#include <vector>

#include "apps.h"
#include "stage.h"

namespace noctule::sim {

// One link passed on.
struct Share {
  int64_t instant_ms = 0;
  uint32_t page = 0;
  uint8_t generation = 1;        // of those who open it
  uint8_t app = 0;
  Address sender{};
  Platform platform = Platform::Ios;
  QueryPart query{};             // copied along with the address
};

class Shares {
 public:
  struct Options {
    double private_share;    // of all visits
    double unknown_part;     // of all shares, through the app that leaves no trace
    double expected_visits;  // of the whole window
  };
  Shares(Stage& stage, const Options& options);

  // What a visit that just began passes on; url carries the query that the visitor may copy.
  void pass_on(const VisitPlan& plan, const Person& sender, Address address, const Url& url);
  // Shares whose sender is not in the log, for a stretch with this many visits in the mean. Call it before the visits of
  // the stretch: it also balances what they pass on with the pages that are out by then.
  void seed(int64_t from_ms, int64_t to_ms, double visits);
  // Shares of the days before the window, whose opens fall into it.
  void seed_past(double visits_per_ms);

 private:
  void balance(int64_t instant_ms);
  [[nodiscard]] double luck_correction() const;
  [[nodiscard]] double reproduction(uint32_t page) const;
  uint8_t draw_app(const QueryPart& query, Cause cause, Platform platform);
  uint32_t draw_page();
  void send(const Share& share);
  void fetch_preview(const Share& share);
  void fetch_typed_prefixes(const Share& share, const Hit& preview);
  void seed_one(int64_t instant_ms, uint8_t generation);

  Stage& stage_;
  double private_share_;
  double roots_per_visit_ = 0;  // visits that shares by other people begin, for each visit
  double mean_factor_ = 1;      // share_factor of the mean visit to a deep page
  double crowd_;
  std::vector<uint32_t> opens_;  // of shares, by page
  std::vector<double> weights_;  // of apps()
};

}  // namespace noctule::sim

#pragma once
// SPDX-License-Identifier: Apache-2.0
// Turns the plan of a person's visit into hits: the arrival with the referrer and user agent that its cause leaves, the
// assets that the browser does not have yet, further pages, and what the person passes on.
#include "shares.h"
#include "stage.h"

namespace noctule::sim {

class Visits {
 public:
  Visits(Stage& stage, Shares& shares) : stage_(stage), shares_(shares) {}
  void begin(const VisitPlan& plan);

 private:
  struct Browsing;  // one visit under way
  Person& choose_person(const VisitPlan& plan);
  void take_route(const VisitPlan& plan, Browsing& browsing);
  void arrive_from_search(Browsing& browsing);
  void arrive_by_newsletter(const VisitPlan& plan, Browsing& browsing);
  void open_by(const Route& route, Browsing& browsing);
  void set_referrer(Browsing& browsing, std::string_view referrer);
  bool load_page(Browsing& browsing, uint32_t page, const Url& referrer, bool arrival);
  bool load_assets(Browsing& browsing, uint32_t page, const Url& page_url);
  void load_asset(Browsing& browsing, const Asset& asset, const Url& page_url, int64_t instant_ms, uint16_t status);

  Stage& stage_;
  Shares& shares_;
};

}  // namespace noctule::sim

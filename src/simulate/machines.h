#pragma once
// SPDX-License-Identifier: Apache-2.0
// What asks for pages and is no person: crawlers, scanners with a browser's user agent, probes for holes, monitors,
// prefetchers, HTTP clients, pollers of the feed, previews of public posts. Mail gateways act where mails are sent.
#include "stage.h"

namespace noctule::sim {

class Machines {
 public:
  // monitor_every_ms: a site with few visits is not watched so closely that the monitor fills its log.
  Machines(Stage& stage, int64_t monitor_every_ms);

  // One stretch of time: visits of people in it if the day had no curve, and how many land deep without referrer.
  // Machines do not sleep.
  struct Stretch {
    int64_t from_ms, to_ms;
    double visits, dark_landings;
  };
  void act(const Stretch& stretch);

 private:
  void advance_day(int64_t instant_ms);
  Hit make_hit(int64_t instant_ms, Address client, TextId user_agent, Machine machine);
  void take_page(Hit& hit, uint32_t page);
  void scan(int64_t instant_ms);
  void crawl(int64_t instant_ms);
  void probe(int64_t instant_ms);
  void call(int64_t instant_ms);
  void poll_feed(int64_t instant_ms);
  void prefetch(int64_t instant_ms);
  void preview_public_post(int64_t instant_ms);
  void watch(const Stretch& stretch);
  void probe_paths(Hit hit, uint64_t count);

  Stage& stage_;
  int64_t monitor_every_ms_, next_watch_ms_;
  int64_t day_ = -1;
  double scan_factor_ = 1, probe_factor_ = 1;  // of the day; one in the mean
};

}  // namespace noctule::sim

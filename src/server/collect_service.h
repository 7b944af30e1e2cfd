#pragma once
// SPDX-License-Identifier: Apache-2.0
// CollectService: requests of trackers become events in the journal, and are answered when these are on disk. Everything that a
// request needs belongs to its I/O thread; shared are the journal's queue and the tables of rates.
#include <map>
#include <mutex>

#include "collect_answers.h"
#include "noctule/http/router.h"
#include "noctule/privacy/keys.h"
#include "rate_limit.h"
#include "services.h"

namespace noctule {

class CollectService {
 public:
  CollectService(Services& services, KeyRing keys, int threads);
  ~CollectService();
  void add_routes(Router& router);
  void set_rates(const Config& config);
  void rotate_keys(int64_t now_ms);  // also when no request comes: yesterday's is destroyed
  // What was dropped since the last call, for Settings::add_drops.
  [[nodiscard]] std::vector<Settings::DropCount> take_drops();
  [[nodiscard]] const Prepared& try_later() const { return answers_.try_later(); }

 private:
  struct PerThread;
  void collect(Protocol protocol, const Request& request, Response& response);
  bool is_within_rate(const Request& request, int64_t now_us, CollectCounters& counters) const;
  void refresh(PerThread& own, int64_t now_ms);
  void check_key(PerThread& own, CollectRequest& request, int64_t now_ms);
  void count_drops(PerThread& own, int64_t now_ms);

  Services& services_;
  CollectAnswers answers_;
  KeyRing keys_;
  mutable RateLimit address_rate_, site_rate_;
  std::vector<std::unique_ptr<PerThread>> threads_;
};

}  // namespace noctule

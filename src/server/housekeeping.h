#pragma once
// SPDX-License-Identifier: Apache-2.0
// Housekeeping: what goes on beside requests. One thread looks every second whether settings changed, writes down what was dropped, tells
// followers of live visitors, and the log when events cannot be kept, and sees that yesterday's key is destroyed; another loads what was
// imported and sums up days that are over.
#include <condition_variable>
#include <mutex>
#include <thread>

#include "collect_service.h"
#include "live_hub.h"
#include "services.h"

namespace noctule {

class Housekeeping {
 public:
  // settings: of its own, version() of which the sites in services are.
  Housekeeping(Services& services, CollectService& collect, LiveHub& live, Settings settings);
  ~Housekeeping();  // writes down the last drops
  void look_now();  // at settings, without waiting for the second

 private:
  void run_clock();
  void run_jobs();
  void follow_settings();
  void tell_trouble();
  void write_drops();
  void sum_up_days();
  void remove_what_is_over();
  void forget_set_aside();
  void load_imports();   // rows that `noctule import` left, see import

  Services& services_;
  CollectService& collect_;
  LiveHub& live_;
  Settings settings_;
  int64_t version_ = -1;
  std::mutex mutex_;
  std::condition_variable wake_;
  bool stopping_ = false, look_ = false;
  bool journal_in_trouble_ = false, loader_in_trouble_ = false;  // what the log says of them
  std::thread clock_, jobs_;
};

// The sites of the settings as a book. Error: as Settings::sites.
[[nodiscard]] Result<SiteBook> read_sites(Settings& settings);

}  // namespace noctule

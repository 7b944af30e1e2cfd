#pragma once
// SPDX-License-Identifier: Apache-2.0
// Waits for a journal's word on what was appended.
#include <condition_variable>
#include <mutex>

#include "noctule/journal/journal.h"

namespace noctule::testing {

class Settling {
 public:
  explicit Settling(Journal& journal) {
    journal.add_listener([this](Journal::Place place, const Result<void>& outcome) {
      const std::lock_guard lock(mutex_);
      settled_ = place;
      outcome_ = outcome;
      changed_.notify_all();
    });
  }

  // What became of the commit that settled the place.
  Result<void> wait(Journal::Place place) {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [&] { return settled_ >= place; });
    return outcome_;
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  Journal::Place settled_ = 0;
  Result<void> outcome_;
};

}  // namespace noctule::testing

// SPDX-License-Identifier: Apache-2.0
#include "interrupter.h"

namespace noctule {

Interrupter::Interrupter() : thread_([this] { run(); }) {}

Interrupter::~Interrupter() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  changed_.notify_one();
  thread_.join();
}

Interrupter::Watch::Watch(Interrupter& interrupter, duck::Connection& connection, int timeout_ms) : interrupter_(interrupter) {
  const std::lock_guard lock(interrupter.mutex_);
  entry_ = interrupter.entries_.insert(interrupter.entries_.end(), {&connection, Clock::now() + std::chrono::milliseconds(timeout_ms)});
  interrupter.changed_.notify_one();
}

// Under the lock, so that no interruption comes late and hits the connection's next statement.
Interrupter::Watch::~Watch() {
  const std::lock_guard lock(interrupter_.mutex_);
  interrupter_.entries_.erase(entry_);
}

void Interrupter::run() {
  std::unique_lock lock(mutex_);
  while (!stopping_) {
    auto next = Watch::Clock::time_point::max();
    const auto now = Watch::Clock::now();
    for (Watch::Entry& entry : entries_) {
      if (!entry.done && entry.deadline <= now) {
        entry.connection->interrupt();
        entry.done = true;
      }
      if (!entry.done) next = std::min(next, entry.deadline);
    }
    if (next == Watch::Clock::time_point::max()) {
      changed_.wait(lock);
    } else {
      changed_.wait_until(lock, next);
    }
  }
}

}  // namespace noctule

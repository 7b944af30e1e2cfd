#pragma once
// SPDX-License-Identifier: Apache-2.0
// Interrupter: ends statements that take too long. One thread, which sleeps while nothing is watched.
#include <chrono>
#include <condition_variable>
#include <list>
#include <mutex>
#include <thread>

#include "duck.h"

namespace noctule {

class Interrupter {
 public:
  Interrupter();
  ~Interrupter();

  // Interrupts the connection once when it lives longer than the time given.
  class Watch {
   public:
    Watch(Interrupter& interrupter, duck::Connection& connection, int timeout_ms);
    ~Watch();
    Watch(const Watch&) = delete;
    Watch& operator=(const Watch&) = delete;

   private:
    Interrupter& interrupter_;
    using Clock = std::chrono::steady_clock;
    friend class Interrupter;
    struct Entry {
      duck::Connection* connection;
      Clock::time_point deadline;
      bool done = false;
    };
    std::list<Entry>::iterator entry_;
  };

 private:
  void run();

  std::mutex mutex_;
  std::condition_variable changed_;
  std::list<Watch::Entry> entries_;
  bool stopping_ = false;
  std::thread thread_;  // last: it uses the rest
};

}  // namespace noctule

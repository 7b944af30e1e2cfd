#pragma once
// SPDX-License-Identifier: Apache-2.0
// WorkerPool: a few threads for handlers that wait for a disk, with a bounded queue before them.
#include <condition_variable>
#include <deque>
#include <functional>
#include <mutex>
#include <thread>
#include <vector>

namespace noctule {

class WorkerPool {
 public:
  WorkerPool(int threads, size_t queue_max);
  ~WorkerPool();                            // lets the job at hand finish, drops the others
  [[nodiscard]] bool submit(std::function<void()> job);  // false: the queue is full, or the pool has ended
  void stop();
  struct Load {
    size_t busy = 0, waiting = 0;
    uint64_t refused = 0;
  };
  [[nodiscard]] Load load() const;

 private:
  void run();
  mutable std::mutex mutex_;
  std::condition_variable wake_;
  std::deque<std::function<void()>> jobs_;
  std::vector<std::thread> threads_;
  Load load_;
  size_t queue_max_;
  bool stopping_ = false;
};

}  // namespace noctule

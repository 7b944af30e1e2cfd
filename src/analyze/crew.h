#pragma once
// SPDX-License-Identifier: Apache-2.0
// Crew: a few threads that work off a list of tasks together and wait for each other. The calling thread is one of them,
// so a crew of one has no thread of its own. Only its owner may call run().
#include <atomic>
#include <condition_variable>
#include <functional>
#include <mutex>
#include <thread>
#include <vector>

namespace noctule {

class Crew {
 public:
  // size: workers, the calling thread among them; at least 1.
  explicit Crew(int size) {
    for (int worker = 1; worker < size; ++worker) {
      threads_.emplace_back([this, worker] { wait_for_work(worker); });
    }
  }
  ~Crew() {
    {
      const std::scoped_lock lock(mutex_);
      stopping_ = true;
    }
    wake_.notify_all();
    for (std::thread& thread : threads_) thread.join();
  }
  Crew(const Crew&) = delete;
  Crew& operator=(const Crew&) = delete;

  [[nodiscard]] int size() const { return static_cast<int>(threads_.size()) + 1; }

  // Calls work(task, worker) for each task below task_count, in ascending order of start, and returns when all are done.
  void run(size_t task_count, const std::function<void(size_t, int)>& work) {
    {
      const std::scoped_lock lock(mutex_);
      work_ = &work;
      task_count_ = task_count;
      next_task_ = 0;
      busy_ = threads_.size();
      ++round_;
    }
    wake_.notify_all();
    take_tasks(0);
    std::unique_lock lock(mutex_);
    done_.wait(lock, [this] { return busy_ == 0; });
    work_ = nullptr;
  }

 private:
  void take_tasks(int worker) {
    for (size_t task = next_task_++; task < task_count_; task = next_task_++) (*work_)(task, worker);
  }

  void wait_for_work(int worker) {
    uint64_t seen = 0;
    std::unique_lock lock(mutex_);
    while (true) {
      wake_.wait(lock, [&] { return stopping_ || round_ != seen; });
      if (stopping_) return;
      seen = round_;
      lock.unlock();
      take_tasks(worker);
      lock.lock();
      if (--busy_ == 0) done_.notify_one();
    }
  }

  std::mutex mutex_;
  std::condition_variable wake_, done_;
  const std::function<void(size_t, int)>* work_ = nullptr;
  size_t task_count_ = 0, busy_ = 0;
  std::atomic<size_t> next_task_ = 0;
  uint64_t round_ = 0;
  bool stopping_ = false;
  std::vector<std::thread> threads_;
};

}  // namespace noctule

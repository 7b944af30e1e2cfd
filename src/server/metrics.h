#pragma once
// SPDX-License-Identifier: Apache-2.0
// Metrics in Prometheus' text format 0.0.4. Each family is a row of one table; docs/metrics.md names them all, which is tested.
// Counters that the hot path touches belong to one thread each and are summed when somebody asks.
#include <array>
#include <atomic>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "noctule/collect/collector.h"

namespace noctule {

struct MetricFamily {
  std::string_view name, type, help;  // "counter" or "gauge"
};
[[nodiscard]] std::vector<MetricFamily> metric_families();

inline constexpr int kProtocols = 8;
[[nodiscard]] std::string_view name_of(Protocol protocol);

// Of one I/O thread; others only read.
struct alignas(64) CollectCounters {
  std::array<std::atomic<uint64_t>, kProtocols> requests{}, kept{};
  std::array<std::atomic<uint64_t>, kDrops> dropped{};
  std::atomic<uint64_t> unreadable{0}, refused{0}, limited_address{0}, limited_site{0};
};
inline void add_to(std::atomic<uint64_t>& counter, uint64_t by = 1) {
  counter.store(counter.load(std::memory_order_relaxed) + by, std::memory_order_relaxed);
}

class Metrics {
 public:
  explicit Metrics(int threads) : threads_(static_cast<size_t>(threads)) {}
  [[nodiscard]] CollectCounters& of_thread(int thread) { return threads_[static_cast<size_t>(thread)]; }
  std::atomic<uint64_t> queries{0}, queries_failed{0}, query_ms{0}, live_readers{0}, log_ins_failed{0}, rollups{0}, reloads{0};
  [[nodiscard]] const std::vector<CollectCounters>& threads() const { return threads_; }

 private:
  std::vector<CollectCounters> threads_;
};

// One sample; labels as "name=\"value\"" or empty. Families must be known and come in one piece.
class MetricsText {
 public:
  void add(std::string_view name, uint64_t value, std::string_view labels = {});
  void add(std::string_view name, double value, std::string_view labels = {});
  [[nodiscard]] std::string take() { return std::move(text_); }

 private:
  void begin(std::string_view name, std::string_view labels);
  std::string text_;
  std::string_view family_;
};

}  // namespace noctule

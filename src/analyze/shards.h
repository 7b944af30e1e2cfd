#pragma once
// SPDX-License-Identifier: Apache-2.0
// Shard: one part of all visitors, and of all addresses, followed by one tracker. A shard works for one thread at a time;
// different shards work in parallel. A parked shard keeps its tracker and the hits that come after in a temporary file
// and takes them in when it is asked for its result, so that memory stays within a limit.
#include <array>
#include <cstdint>
#include <span>
#include <vector>

#include "noctule/base/flat_table.h"
#include "noctule/base/result.h"
#include "noctule/base/temporary_file.h"
#include "noctule/visits/tracker.h"

namespace noctule {

// The number does not follow the number of threads, so that results do not either.
inline constexpr size_t kShards = 32;
[[nodiscard]] constexpr size_t shard_of(uint64_t visitor_or_address) { return (visitor_or_address >> 40) % kShards; }

struct AddressSeen {
  uint64_t address;
  uint32_t file;
};

class Shard {
 public:
  // previews_max: as of Tracker.
  explicit Shard(size_t previews_max = SIZE_MAX) : previews_max_(previews_max), tracker_(previews_max) {}

  // Hits in order of time, as far as the log is.
  Result<void> process(std::span<const Hit> hits);
  // Addresses that a file's lines came from; each pair may be told more than once.
  void see_addresses(std::span<const AddressSeen> seen);

  // Counts so far; of a parked shard those until it was parked.
  [[nodiscard]] const TrackerTotals& totals() const { return is_parked() ? totals_when_parked_ : tracker_.totals(); }
  [[nodiscard]] size_t memory_bytes() const;
  [[nodiscard]] bool is_parked() const { return parked_ != nullptr; }
  Result<void> park();

  // The tracker's judgement as if the log ended here; a parked shard is taken back for as long as this takes.
  [[nodiscard]] Result<TrackerResult> finish() const;
  // Gives the memory and the file back; the counts of addresses stay.
  void release();
  [[nodiscard]] uint64_t address_count(uint32_t file) const { return file < address_counts_.size() ? address_counts_[file] : 0; }

 private:
  struct AddressRow {
    uint64_t key;
  };

  size_t previews_max_;
  Tracker tracker_;
  TrackerTotals totals_when_parked_;
  FlatTable<AddressRow> addresses_;
  std::vector<uint64_t> address_counts_;  // by file
  TemporaryFile parked_;                  // the tracker, then hits
};

}  // namespace noctule

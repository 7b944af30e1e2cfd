#pragma once
// SPDX-License-Identifier: Apache-2.0
// PageNames: the texts behind page and host hashes, for what a report shows. In memory up to a limit, beyond it in a
// temporary file that is read once more at the end. Threads may add; reading comes after.
#include <cstdint>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <unordered_set>

#include "noctule/base/flat_table.h"
#include "noctule/base/result.h"
#include "noctule/base/temporary_file.h"

namespace noctule {

class PageNames {
 public:
  // limit_bytes 0: no limit.
  explicit PageNames(uint64_t limit_bytes = 0) : limit_bytes_(limit_bytes) {}

  // The first name of a hash wins. Names are cut at kNameSizeMax.
  void add(uint64_t hash, std::string_view name);

  // Fetches from disk what of these hashes is not in memory. Call before name() once adding is over. WithinLimit stops where
  // the limit is reached: what is beyond stays nameless for now. Error: Io, also where adding found no place for a temporary
  // file.
  enum class Load : uint8_t { All, WithinLimit };
  Result<void> load(const std::unordered_set<uint64_t>& hashes, Load how = Load::All);
  // Empty when unknown.
  [[nodiscard]] std::string_view name(uint64_t hash) const;
  [[nodiscard]] uint64_t memory_bytes() const { return memory_bytes_ + spilled_.memory_bytes(); }

 private:
  static constexpr size_t kNameSizeMax = 1'024;

  std::mutex mutex_;
  std::unordered_map<uint64_t, std::string> names_;
  TemporaryFile spill_;
  std::optional<Error> error_;  // why there is no spill
  struct Spilled {
    uint64_t key;
  };
  FlatTable<Spilled> spilled_;  // the hashes of what is on disk
  uint64_t limit_bytes_ = 0, memory_bytes_ = 0;
};

}  // namespace noctule

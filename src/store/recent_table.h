#pragma once
// SPDX-License-Identifier: Apache-2.0
// RecentTable: rows by key, of which the older ones are forgotten when there are too many: two generations, the older of which
// goes when the younger is full. Between rows_max and twice as many are remembered. One thread.
#include <utility>

#include "noctule/base/flat_table.h"

namespace noctule {

// Row: as FlatTable's, trivially copyable with a uint64_t key.
template <typename Row>
class RecentTable {
 public:
  explicit RecentTable(size_t rows_max) : rows_max_(rows_max) {}

  [[nodiscard]] const Row* find(uint64_t key) const {
    if (const Row* row = young_.find(key)) return row;
    return old_.find(key);
  }

  // The row of that key, value-initialised where there was none. The reference lives until the next call.
  Row& find_or_add(uint64_t key) {
    if (Row* row = young_.find(key)) return *row;
    if (young_.size() >= rows_max_) {
      old_ = std::move(young_);
      young_ = FlatTable<Row>();
    }
    Row& row = young_.find_or_add(key);
    if (const Row* known = old_.find(key)) row = *known;
    return row;
  }

  [[nodiscard]] size_t size() const { return young_.size() + old_.size(); }
  [[nodiscard]] size_t memory_bytes() const { return young_.memory_bytes() + old_.memory_bytes(); }

 private:
  size_t rows_max_;
  FlatTable<Row> young_, old_;
};

}  // namespace noctule

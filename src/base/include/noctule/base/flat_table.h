#pragma once
// SPDX-License-Identifier: Apache-2.0
// FlatTable: an open-addressing hash table of trivially copyable rows that carry their own 64-bit hash as key (0 is not a
// key). One allocation, linear probing, grows by doubling at 5/8 full; rows cannot be erased. Because rows are plain bytes
// the whole table can be written to disk and read back. Not for concurrent use.
#include <cstddef>
#include <cstdint>
#include <span>
#include <type_traits>
#include <utility>
#include <vector>

#include "noctule/base/result.h"

namespace noctule {

template <typename Row>
class FlatTable {
  static_assert(std::is_trivially_copyable_v<Row>);

 public:
  explicit FlatTable(size_t expected_rows = 0) {
    size_t capacity = 16;
    while (capacity * 5 / 8 < expected_rows) capacity *= 2;
    rows_.resize(capacity);
  }

  [[nodiscard]] size_t size() const { return size_; }
  [[nodiscard]] size_t memory_bytes() const { return rows_.capacity() * sizeof(Row); }

  [[nodiscard]] const Row* find(uint64_t key) const {
    const Row& row = rows_[slot_of(key)];
    return row.key == key ? &row : nullptr;
  }
  [[nodiscard]] Row* find(uint64_t key) { return const_cast<Row*>(std::as_const(*this).find(key)); }

  // The row of that key, made with all other members value-initialised where there was none. The reference lives until
  // the next find_or_add.
  Row& find_or_add(uint64_t key) {
    NOCT_ASSERT(key != 0);
    size_t slot = slot_of(key);
    if (rows_[slot].key == key) return rows_[slot];
    if ((size_ + 1) * 8 > rows_.size() * 5) {
      grow();
      slot = slot_of(key);
    }
    ++size_;
    rows_[slot].key = key;
    return rows_[slot];
  }

  // Asks the processor to bring the row's cache line near; worth it a few keys ahead of its use.
  void prefetch(uint64_t key) const { __builtin_prefetch(&rows_[key & (rows_.size() - 1)], 1); }

  template <typename Visit>
  void for_each(Visit visit) const {
    for (const Row& row : rows_) {
      if (row.key != 0) visit(row);
    }
  }

  void clear() { *this = FlatTable(); }

  // All slots, empty ones among them, and back.
  [[nodiscard]] std::span<const Row> slots() const { return rows_; }
  static FlatTable from_slots(std::vector<Row> rows) {
    FlatTable table;
    table.rows_ = std::move(rows);
    for (const Row& row : table.rows_) table.size_ += row.key != 0 ? 1 : 0;
    return table;
  }

 private:
  [[nodiscard]] size_t slot_of(uint64_t key) const {
    const size_t mask = rows_.size() - 1;
    size_t slot = key & mask;
    while (rows_[slot].key != 0 && rows_[slot].key != key) slot = (slot + 1) & mask;
    return slot;
  }

  void grow() {
    std::vector<Row> old(rows_.size() * 2);
    old.swap(rows_);
    for (const Row& row : old) {
      if (row.key != 0) rows_[slot_of(row.key)] = row;
    }
  }

  std::vector<Row> rows_;
  size_t size_ = 0;
};

}  // namespace noctule

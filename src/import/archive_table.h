#pragma once
// SPDX-License-Identifier: Apache-2.0
// TableReader: a CSV file whose first row names its columns. Values are asked for by column; what does not fit says file, line,
// column and what was expected.
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "archive_source.h"
#include "csv.h"

namespace noctule {

// Bytes read so far, added to by whoever reads; said to a callback now and then.
class ArchiveProgress {
 public:
  using Say = std::function<void(uint64_t done_bytes, uint64_t total_bytes)>;
  ArchiveProgress(Say say, uint64_t total_bytes) : say_(std::move(say)), total_(total_bytes) {}
  void add(uint64_t bytes);
  void finish();

 private:
  Say say_;
  uint64_t total_, done_ = 0, said_ = 0;
};

class TableReader {
 public:
  // progress: may be null; outlives the reader. Error: of opening; InvalidInput where there is no first row.
  static Result<TableReader> open(const ArchiveSource& source, const ArchiveFile& file, ArchiveProgress* progress);
  TableReader(TableReader&&) noexcept;
  TableReader& operator=(TableReader&&) noexcept;
  ~TableReader();

  [[nodiscard]] const std::vector<std::string>& columns() const { return columns_; }
  [[nodiscard]] const std::string& name() const;      // of the file, for messages
  // -1: there is no such column. Case and a space, dash or underscore do not matter: "Referrer scheme" is referrer_scheme.
  [[nodiscard]] int find(std::string_view column) const;
  // Error: InvalidInput, naming the columns that are there.
  [[nodiscard]] Result<int> need(std::string_view column) const;

  // Error: as CsvReader; InvalidInput for a row with more or fewer fields than the first.
  [[nodiscard]] Result<bool> next();
  // Empty where column is -1.
  [[nodiscard]] std::string_view text(int column) const;
  // A whole number; empty and -1: 0. Error: InvalidInput.
  [[nodiscard]] Result<uint64_t> count(int column, uint64_t max) const;
  // 2026-03-01, in days since 1970-01-01. Error: InvalidInput.
  [[nodiscard]] Result<int64_t> day(int column) const;
  // file line 3: column is "value", expected ...
  [[nodiscard]] std::unexpected<Error> problem(int column, std::string_view expected) const;

 private:
  TableReader();
  struct State;
  std::unique_ptr<State> state_;
  std::vector<std::string> columns_;
};

// 2026-03-01 10:00:00, 2026-03-01T10:00:00.123Z, ...+02, +0200, +02:00: milliseconds since 1970 UTC. Without an offset it is UTC.
[[nodiscard]] std::optional<int64_t> read_instant(std::string_view text);
[[nodiscard]] std::optional<int64_t> read_day(std::string_view text);

}  // namespace noctule

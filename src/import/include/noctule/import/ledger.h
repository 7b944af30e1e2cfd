#pragma once
// SPDX-License-Identifier: Apache-2.0
// Ledger: what was imported already, and the keys of visitors of logs that are still being written. One SQLite file in
// the folder of imports, with the row files that wait to be loaded beside it. One process imports at a time.
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "noctule/base/result.h"
#include "noctule/import/row_file.h"
#include "noctule/privacy/keys.h"

namespace noctule {

class Ledger {
 public:
  // folder: of the data; makes folder/imports. Error: Io; Exhausted where another import is running.
  static Result<Ledger> open(const std::string& folder);
  Ledger(Ledger&&) noexcept;
  Ledger& operator=(Ledger&&) noexcept;
  ~Ledger();

  // Up to when this source was imported for the site, row files that wait included; INT64_MIN: never.
  [[nodiscard]] Result<int64_t> settled_ms(SiteId site, uint64_t source);
  // A random key for visitors of one UTC day. Kept until the day after it is over, so that a log that is imported as it grows
  // knows its visitors; for older days it is forgotten with this object.
  [[nodiscard]] Result<Key> key_of_day(int64_t day_number, int64_t now_ms);
  // Where the next row file goes.
  [[nodiscard]] std::string next_file() const;

 private:
  Ledger();
  struct State;
  std::unique_ptr<State> state_;
};

// For whoever owns the store: the row files that wait, oldest first; and, when one is loaded, its marks are kept.
[[nodiscard]] std::vector<std::string> waiting_row_files(const std::string& folder);
[[nodiscard]] Result<void> keep_marks(const std::string& folder, const RowFileHead& head);

}  // namespace noctule

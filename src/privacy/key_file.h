#pragma once
// SPDX-License-Identifier: Apache-2.0
// The file of keys: 152 bytes, readable by its owner alone. Replaced as a whole: the new file is written beside it and
// synced, the old one is overwritten with zeros and synced, then the new one takes its name. Killed at any point, what is
// found is the old file or the new one, and the old key is gone once the new one is in use.
#include <optional>
#include <string>

#include "noctule/base/result.h"
#include "noctule/privacy/keys.h"

namespace noctule {

struct StoredKeys {
  PseudonymKeys keys;
  int64_t echo_day_number = 0;  // when the echo and event id keys were made
};

class KeyFile {
 public:
  explicit KeyFile(const std::string& folder) : path_(folder + "/keys"), new_path_(path_ + ".new"), folder_(folder) {}

  // nullopt: there is none yet. Finishes a replacement that was cut off. Error: Io, Corrupt.
  [[nodiscard]] Result<std::optional<StoredKeys>> read() const;
  // Error: Io. The old file is overwritten and removed even where the new one cannot be written.
  [[nodiscard]] Result<void> replace(const StoredKeys& stored) const;

 private:
  std::string path_, new_path_, folder_;
};

}  // namespace noctule

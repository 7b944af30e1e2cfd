#pragma once
// SPDX-License-Identifier: Apache-2.0
// What a key file says of itself without its keys, for whoever checks that old ones are gone.
#include <cstdint>
#include <optional>
#include <string>

#include "noctule/base/result.h"

namespace noctule {

struct KeyDays {
  int64_t day_number = 0;        // whose key is in it
  int64_t echo_day_number = 0;   // when the keys of echoes and event ids were made
};

// nullopt: the file holds no keys; it is looked at for the mark with which every key file begins. Error: NotFound, Io.
[[nodiscard]] Result<std::optional<KeyDays>> read_key_days(const std::string& path);

}  // namespace noctule

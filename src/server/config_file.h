#pragma once
// SPDX-License-Identifier: Apache-2.0
// The configuration file: TOML with one level of keys.
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "noctule/base/result.h"

namespace noctule {

inline constexpr std::string_view kConfigFileVariable = "NOCTULE_CONFIG";
inline constexpr size_t kConfigFileBytesMax = 1024 * 1024;

struct ConfigEntry {
  std::string key;
  std::vector<std::string> values;  // as text; one unless it is a list
  bool is_list = false;
  uint32_t line = 0;
};
// In the order of the file's lines. Error: Io; InvalidInput, with file and line.
[[nodiscard]] Result<std::vector<ConfigEntry>> read_config_file(const std::string& path);

}  // namespace noctule

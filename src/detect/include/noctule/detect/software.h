#pragma once
// SPDX-License-Identifier: Apache-2.0
// Which browser, system and kind of device a user agent names, from data/software.tsv. A pure function of the text; callers
// that see many keep a memo. Any thread.
#include <cstdint>
#include <string>
#include <string_view>

namespace noctule {

// Stable numbers: they are stored.
enum class DeviceKind : uint8_t { Unknown = 0, Desktop = 1, Mobile = 2, Tablet = 3 };
[[nodiscard]] std::string_view name_of(DeviceKind device);  // "desktop", "mobile", "tablet"; "" for Unknown

struct Software {
  std::string_view browser, os;                 // of the table, which lives as long as the program; empty: not told
  std::string_view browser_version, os_version;  // major numbers, views into the user agent; empty: not told
  DeviceKind device = DeviceKind::Unknown;
};

[[nodiscard]] Software read_software(std::string_view user_agent);

}  // namespace noctule

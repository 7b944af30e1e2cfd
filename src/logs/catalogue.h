#pragma once
// SPDX-License-Identifier: Apache-2.0
// The formats that are known by name, one row each, from the more specific to the more general: detection goes down the
// rows and a tie stays with the upper one.
#include <memory>
#include <span>
#include <string_view>

#include "noctule/logs/log_format.h"

namespace noctule {

struct FormatRow {
  std::string_view name;
  Result<std::unique_ptr<LineParser>> (*make)(const LogFormatOptions&);
  bool lacks_time = false;  // it may only be read inside a wrapping that says when
};

// Names that users may know a format by.
struct FormatAlias {
  std::string_view alias, name;
};
[[nodiscard]] std::span<const FormatAlias> format_aliases();

[[nodiscard]] std::span<const FormatRow> format_rows();

}  // namespace noctule

#pragma once
// SPDX-License-Identifier: Apache-2.0
// Wrappings: what syslog, docker compose and containerd put before each line of a log. Any format may be wrapped; its
// name then begins with the wrapping's.
#include <memory>
#include <optional>
#include <string_view>

#include "line_parser.h"
#include "log_time.h"

namespace noctule {

struct Wrap {
  size_t size = 0;              // of what stands before the line
  std::string_view programme;   // that wrote the line; empty: not said
  TimeParts time;               // when; has_date is false where it is not said
  bool lacks_year = false;
};

struct Wrapping {
  std::string_view name_prefix;  // "syslog-"
  std::optional<Wrap> (*read)(std::string_view line);
};

// Why a line that its format cannot read is ignored where the wrapping says that no web server wrote it.
inline constexpr std::string_view kOtherProgramme = "a line of another programme";

[[nodiscard]] std::span<const Wrapping> wrappings();
[[nodiscard]] Result<std::unique_ptr<LineParser>> make_wrapped_parser(const Wrapping& wrapping,
                                                                      std::unique_ptr<LineParser> inner,
                                                                      const LogFormatOptions& options);

}  // namespace noctule

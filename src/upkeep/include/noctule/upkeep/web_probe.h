#pragma once
// SPDX-License-Identifier: Apache-2.0
// One GET over http or https, to see whether what browsers must reach can be reached from here.
#include <string>

#include "noctule/base/result.h"

namespace noctule {

struct WebAnswer {
  int status = 0;
  std::string content_type;
  size_t bytes = 0;          // of the body that came
};

inline constexpr size_t kWebAnswerBytesMax = 1024 * 1024;

// Follows no redirect; certificates are checked against the system's authorities. Error: InvalidInput (no http address), Io.
[[nodiscard]] Result<WebAnswer> fetch_url(const std::string& url, int timeout_ms);

}  // namespace noctule

#pragma once
// SPDX-License-Identifier: Apache-2.0
// A request to the running server over its unix socket: HTTP/1.1, one request per connection.
#include <string>
#include <string_view>

#include "noctule/base/result.h"

namespace noctule {

struct ControlAnswer {
  int status = 0;
  std::string body;
};

inline constexpr size_t kControlAnswerBytesMax = 16 * 1024 * 1024;

// method: "GET", "POST". folder: of the data. Waits as long as the server takes. Error: NotFound (nobody listens), Io, Corrupt.
[[nodiscard]] Result<ControlAnswer> ask_server(const std::string& folder, std::string_view method, std::string_view target, std::string_view body);

}  // namespace noctule

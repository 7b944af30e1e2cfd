#pragma once
// SPDX-License-Identifier: Apache-2.0
// The script that pages load, bundled from web/tracker when the program is built. Lives as long as the program; any thread.
#include <cstddef>
#include <string_view>

namespace noctule {

inline constexpr size_t kTrackerGzipSizeMax = 1'500;

struct TrackerScript {
  std::string_view plain, gzip, brotli;  // the same, by content coding
  std::string_view etag;                 // with its quotes; changes with every byte of the script
};

[[nodiscard]] const TrackerScript& tracker_script();

}  // namespace noctule

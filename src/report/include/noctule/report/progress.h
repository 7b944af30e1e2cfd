#pragma once
// SPDX-License-Identifier: Apache-2.0
// One line that says how far reading has come, for stderr. The caller decides when to draw it, puts a carriage return
// before it and erases it at the end. A pure function.
#include <cstdint>
#include <string>

#include "noctule/report/messages.h"
#include "noctule/report/terminal.h"

namespace noctule {

struct Progress {
  uint64_t bytes_done = 0;   // of the files as they lie on disk, packed ones too
  uint64_t bytes_total = 0;  // 0: not known (standard input, a growing log)
  uint64_t lines = 0;
  double seconds = 0;        // since reading began
};

// At most options.width cells without a line break: bar, share, lines, lines/s, MB/s, time left; what does not fit goes,
// the least telling first. Bar and time left only where the total is known; no rate before half a second has passed.
[[nodiscard]] std::string render_progress(const Progress& progress, const TerminalOptions& options);

}  // namespace noctule

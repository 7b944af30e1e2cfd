// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include "command.h"
#include "noctule/logs/log_format.h"

namespace noctule {

RunCommand add_formats(CLI::App& app) {
  app.add_subcommand("formats", "List the log formats that are known by name")
      ->footer("Example:\n  noctule analyze access.log --format vhost-combined");
  return [] {
    const auto written = write_output("-", fmt::format("{}\n", fmt::join(LogFormat::names(), "\n")));
    return written ? kExitOk : complain(written.error());
  };
}

}  // namespace noctule

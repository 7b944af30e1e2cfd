// SPDX-License-Identifier: Apache-2.0
// Lines of one log format, which the build names.
#include "logs_check.h"

using namespace noctule;

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  static const LogFormat format = *LogFormat::from_name_or_string(
      NOCTULE_FUZZED_FORMAT, {.time_zone = "Europe/Paris", .year_without_date = 0, .newest_instant_ms = 1'767'600'000'000});
  fuzzing::check_lines(*format.make_parser(), {reinterpret_cast<const char*>(data), size});
  return 0;
}

// SPDX-License-Identifier: Apache-2.0
// A format string on the first line, and lines to read by it.
#include "logs_check.h"

using namespace noctule;

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  std::string_view rest(reinterpret_cast<const char*>(data), size);
  const std::string_view text = fuzzing::next_line(rest);
  const auto format = LogFormat::from_name_or_string(
      text, {.time_zone = "Europe/Paris", .year_without_date = 0, .newest_instant_ms = 1'767'600'000'000});
  if (!format) {
    fuzzing::expect(format.error().code == ErrorCode::InvalidInput && !format.error().message.empty());
    return 0;
  }
  fuzzing::check_lines(*format->make_parser(), rest);
  return 0;
}

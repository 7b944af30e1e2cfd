#pragma once
// SPDX-License-Identifier: Apache-2.0
// NoonClock: the instant of noon on a day of a time zone. Totals of a day stand there: whatever zone a report asks in, up to eleven
// hours away, the day stays the same. The adapter for the date library.
#include <cstdint>
#include <string>

#include "noctule/base/result.h"

namespace noctule {

class NoonClock {
 public:
  // zone: IANA. Error: InvalidInput, there is none.
  static Result<NoonClock> make(const std::string& zone);
  [[nodiscard]] int64_t noon_ms(int64_t day) const;

 private:
  NoonClock() = default;
  const void* zone_ = nullptr;  // date::time_zone of the library's list, which lives as long as the program
};

}  // namespace noctule

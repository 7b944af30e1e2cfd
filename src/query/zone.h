#pragma once
// SPDX-License-Identifier: Apache-2.0
// Zone: a time zone of the system's database, for the days and hours of reports. A value; threads may share one.
#include <cstdint>
#include <string>
#include <string_view>

#include "noctule/base/result.h"

namespace noctule {

class Zone {
 public:
  // name: IANA, "Europe/Paris". Error: InvalidInput, there is none.
  static Result<Zone> find(std::string_view name);
  [[nodiscard]] const std::string& name() const { return name_; }
  // Minutes ahead of UTC at an instant.
  [[nodiscard]] int offset_minutes(int64_t instant_ms) const;
  // The local day an instant lies in, in days since 1970-01-01.
  [[nodiscard]] int64_t day_of(int64_t instant_ms) const;
  // The first instant of a local day. Where a change of clocks skips midnight it is the first that exists.
  [[nodiscard]] int64_t start_of_day(int64_t day) const;

 private:
  std::string name_;
  const void* entry_ = nullptr;  // date::time_zone of the library's list, which lives as long as the program
};

}  // namespace noctule

// SPDX-License-Identifier: Apache-2.0
#include "sql_text.h"

#include <fmt/format.h>

#include "noctule/base/civil_time.h"

namespace noctule {

SqlText& SqlText::bind_instant(int64_t instant_ms) {
  const CivilTime civil = civil_from_instant_ms(instant_ms, 0);
  add("CAST(").bind(fmt::format("{:04}-{:02}-{:02} {:02}:{:02}:{:02}.{:03}", civil.year, civil.month, civil.day, civil.hour,
                                civil.minute, civil.second, civil.millisecond));
  return add(" AS TIMESTAMP_MS)");
}

SqlText& SqlText::bind_day(int64_t day) { return add("CAST(").bind(format_iso_day(day)).add(" AS DATE)"); }

SqlText& SqlText::of_site(uint32_t site, int attribution) {
  return add("site = CAST(").bind(int64_t{site}).add(" AS UINTEGER) AND attribution = ").bind_small(attribution);
}

std::string positions(size_t count) {
  std::string out;
  for (size_t i = 1; i <= count; ++i) out += fmt::format("{}{}", i == 1 ? "" : ", ", i);
  return out;
}

}  // namespace noctule

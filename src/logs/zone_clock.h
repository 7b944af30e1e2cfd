#pragma once
// SPDX-License-Identifier: Apache-2.0
// ZoneClock: the server's clock, for logs whose stamps carry no offset. Where the clock is set back, an hour of civil
// times happens twice: the earlier reading is taken until the log itself goes back by more than half of that hour, and the
// later one from there on. Civil times that the spring skips are read with the offset before the change. Belongs to one parser.
#include <memory>
#include <string>

#include "log_time.h"
#include "noctule/base/result.h"

namespace noctule {

class ZoneClock {
 public:
  ZoneClock() = default;  // UTC
  // An IANA name; empty: UTC. Error: InvalidInput.
  static Result<ZoneClock> make(const std::string& zone_name);

  [[nodiscard]] Stamp read(const CivilTime& civil);
  [[nodiscard]] bool is_utc() const { return zone_ == nullptr; }

 private:
  struct Zone;
  std::shared_ptr<const Zone> zone_;  // shared by copies: the zone database's entry, immutable
  int64_t last_ms_ = INT64_MIN;
  int64_t set_back_ms_ = INT64_MIN;  // the change that the log has been seen to pass
  // Civil times in [steady_from_, steady_to_) have this offset, without a look into the database.
  int64_t steady_from_ms_ = 0, steady_to_ms_ = 0;
  int16_t steady_offset_ = 0;
};

}  // namespace noctule

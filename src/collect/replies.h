#pragma once
// SPDX-License-Identifier: Apache-2.0
// What the peers' own servers answer beyond a status, for clients that read it.
#include "noctule/collect/collector.h"

namespace noctule {

struct ReplyCounts {
  size_t invalid = 0;                 // events that are none
  std::vector<size_t> invalid_indices;
};

// Of Matomo; a single request is answered by a picture.
enum class Bulk : uint8_t { No, Yes };
void write_reply(Protocol protocol, Bulk bulk, const ReplyCounts& counts, CollectOutcome& outcome);

}  // namespace noctule

#pragma once
// SPDX-License-Identifier: Apache-2.0
// How each protocol is told what became of its events: the answers that each product's own client expects. Those to a single event,
// nearly all, are built once.
#include <array>

#include "metrics.h"
#include "noctule/http/message.h"

namespace noctule {

class CollectAnswers {
 public:
  CollectAnswers();
  // What the collector made of a request, told in its protocol.
  void fill(Protocol protocol, const Request& request, const CollectOutcome& outcome, Response& response) const;
  // A request that is none of its protocol: 400 and why.
  void fill_unreadable(const CollectOutcome& outcome, Response& response) const;
  [[nodiscard]] const Prepared& try_later() const { return try_later_; }          // 503, the journal takes no more
  [[nodiscard]] const Prepared& too_many() const { return too_many_; }            // 429

 private:
  void fill_built(Protocol protocol, const CollectOutcome& outcome, Response& response) const;
  std::array<std::array<Prepared, kDrops>, kProtocols> single_;
  Prepared no_image_, try_later_, too_many_;
};

}  // namespace noctule

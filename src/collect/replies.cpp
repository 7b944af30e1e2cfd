// SPDX-License-Identifier: Apache-2.0
#include "replies.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace noctule {
namespace {

// Umami hands its clients an id of session and visit; here a visitor has none that could be handed out.
constexpr std::string_view kUmamiIds =
    R"("cache":"","sessionId":"00000000-0000-0000-0000-000000000000","visitId":"00000000-0000-0000-0000-000000000000")";

}  // namespace

void write_reply(Protocol protocol, Bulk bulk, const ReplyCounts& counts, CollectOutcome& outcome) {
  const size_t all = outcome.kept + outcome.dropped;
  switch (protocol) {
    case Protocol::UmamiSend:
      outcome.reply_extra = fmt::format("{{{}}}", kUmamiIds);
      return;
    case Protocol::UmamiBatch:
      outcome.reply_extra = fmt::format(R"({{"size":{},"processed":{},"errors":{},"details":[],{}}})", all, all - counts.invalid, counts.invalid, kUmamiIds);
      return;
    case Protocol::Matomo:
      if (bulk == Bulk::No) return;
      outcome.reply_extra = fmt::format(R"({{"status":"success","tracked":{},"invalid":{},"invalid_indices":[{}]}})", all - counts.invalid, counts.invalid,
                                        fmt::join(counts.invalid_indices, ","));
      return;
    default: return;
  }
}

}  // namespace noctule

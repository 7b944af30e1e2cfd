// SPDX-License-Identifier: Apache-2.0
#include <array>

#include "noctule/collect/collector.h"

namespace noctule {

std::string_view name_of(Drop drop) {
  static constexpr std::array<std::string_view, kDrops> kNames = {
      "none",     "unknown_site", "foreign_host", "bot",       "prefetch", "gpc",        "dnt",       "invalid",
      "too_large", "too_many",    "too_old",      "duplicate", "preview",  "local_page", "identity"};
  return kNames[static_cast<size_t>(drop)];
}

}  // namespace noctule

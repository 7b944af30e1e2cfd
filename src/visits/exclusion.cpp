// SPDX-License-Identifier: Apache-2.0
#include "noctule/visits/exclusion.h"

#include <array>

namespace noctule {

std::string_view name_of(Exclusion exclusion) {
  constexpr std::array<std::string_view, kExclusions> kNames = {
      "people",      "declared_bot", "preview",       "monitoring",   "mail_scanner",  "http_client",       "feed_reader",
      "headless",    "app",          "no_user_agent", "prefetch",     "scanner_probe", "scanner_burst",
      "not_found_mostly", "uncorroborated"};
  return kNames[static_cast<size_t>(exclusion)];
}

}  // namespace noctule

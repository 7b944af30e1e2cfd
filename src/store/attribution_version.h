#pragma once
// SPDX-License-Identifier: Apache-2.0
// A version of a site's attribution: copies of all rows of the version in force, judged anew, are added, and the new one is in force from
// then on. The version before stays; older ones go. Nothing else may add rows of the site meanwhile: the
// Loader calls it between its batches, and the server adds no import.
#include <cstdint>
#include <span>
#include <string_view>

#include "noctule/detect/knowledge.h"
#include "noctule/store/channel_rules.h"
#include "noctule/store/store.h"

namespace noctule {

// A visit that nothing explained and a paste does now.
struct PasteMatch {
  uint64_t visitor = 0;
  uint16_t visit = 0;
  bool deep = false;  // its arrival
  AppId app = AppId::None;
};

struct VersionOrder {
  SiteId site;
  const ChannelRules& rules;
  std::span<const PasteMatch> matches = {};  // each visit once
  std::string_view reason;
  int64_t now_ms = 0;
};

[[nodiscard]] Result<int64_t> version_in_force(Store& store, SiteId site);
// Gives the version. Errors: Exhausted (there is no further one), those of Store::write.
[[nodiscard]] Result<uint16_t> write_version(Store& store, const VersionOrder& order);

}  // namespace noctule

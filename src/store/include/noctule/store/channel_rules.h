#pragma once
// SPDX-License-Identifier: Apache-2.0
// ChannelRules: an operator's own rules for the channel of a visit, and how they are applied to rows that are stored. Immutable;
// any number of threads may share one.
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "noctule/base/result.h"
#include "noctule/model/evidence.h"
#include "noctule/settings/settings.h"
#include "noctule/store/event_row.h"
#include "noctule/store/store.h"

namespace noctule {

// What a rule gives: one of noctule's channels, or a name of the operator's own.
struct RuledChannel {
  std::optional<Channel> channel;
  std::string name;  // where there is no channel
  friend bool operator==(const RuledChannel&, const RuledChannel&) = default;
};

class ChannelRules {
 public:
  ChannelRules() = default;
  // Of all sites, in any order.
  explicit ChannelRules(std::vector<ChannelRule> rules);

  // The channel of a visit that arrives as the row says: of the first rule that holds, the site's own before those of all sites.
  // nullptr: none holds. Valid as long as this object.
  [[nodiscard]] const RuledChannel* find(const EventRow& row) const;
  // The same as SQL: CASE WHEN ... END over the columns of events, null where none holds; else a text, the channel's number or
  // "as." and the name. base: the expression of the channel that no rule has changed. Parameters are added in order.
  [[nodiscard]] std::string sql(SiteId site, std::string_view base, std::vector<Value>& parameters) const;

 private:
  struct Rule {
    std::string field, op, value;
    RuledChannel ruled;
  };
  [[nodiscard]] std::vector<const Rule*> rules_of(uint32_t site) const;
  std::map<uint32_t, std::vector<Rule>> by_site_;  // 0: of all
};

// Judges the channels of a site's rows anew, as a version of its own: copies of all rows of the version in force are added, and the new
// one is in force from then on. The version before stays; older ones go. Nothing else may add rows of the site meanwhile: the
// Loader calls it between its batches. Gives the version.
[[nodiscard]] Result<uint16_t> reclassify_channels(Store& store, SiteId site, const ChannelRules& rules, std::string_view reason, int64_t now_ms);

}  // namespace noctule

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

// A row whose channel a rule decided says so at the end of its rules: "site.channel was.7", with the number of the channel that it had.
inline constexpr std::string_view kChannelRuleMark = "site.channel was.";

class ChannelRules {
 public:
  ChannelRules() = default;
  // Of all sites, in any order. Those that name no channel of noctule's are left out.
  explicit ChannelRules(std::vector<ChannelRule> rules);

  // The channel of a visit that arrives as the row says: of the first rule that holds, the site's own before those of all sites.
  [[nodiscard]] std::optional<Channel> find(const EventRow& row) const;
  // The same as SQL: CASE WHEN ... END over the columns of events, null where none holds. base: the expression of the channel that no
  // rule has changed. Parameters are added in order.
  [[nodiscard]] std::string sql(SiteId site, std::string_view base, std::vector<Value>& parameters) const;

 private:
  struct Rule {
    std::string field, op, value;
    Channel channel;
  };
  [[nodiscard]] std::vector<const Rule*> rules_of(uint32_t site) const;
  std::map<uint32_t, std::vector<Rule>> by_site_;  // 0: of all
};

// Judges the channels of a site's rows anew, as a version of its own: copies of all rows of the version in force are added, and the new
// one is in force from then on. The version before stays; older ones go. Nothing else may add rows of the site meanwhile: the
// Loader calls it between its batches. Gives the version.
[[nodiscard]] Result<uint16_t> reclassify_channels(Store& store, SiteId site, const ChannelRules& rules, std::string_view reason, int64_t now_ms);

}  // namespace noctule

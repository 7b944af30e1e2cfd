#pragma once
// SPDX-License-Identifier: Apache-2.0
// SiteHosts: the host names under which the site is known, so that its own referrers are told from others'. Given by the
// operator, told by the log's host column, or learned: the host that pages name as referrer when they fetch their assets.
#include <algorithm>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "noctule/base/text.h"

namespace noctule {

// Without port and "www.", lower case: www.example.org and example.org are one site.
[[nodiscard]] inline std::string normal_host(std::string_view host) {
  if (const size_t colon = host.rfind(':'); colon != std::string_view::npos && host.find(']') == std::string_view::npos) {
    host = host.substr(0, colon);
  }
  std::string out = lower(host);
  if (out.starts_with("www.")) out.erase(0, 4);
  return out;
}

// Counts, per referrer host, the assets of type style or script that were fetched with it. Hot-linked pictures of other
// sites' pages do not count; a site's own pages do.
struct HostTally {
  std::string host;
  uint64_t assets = 0;
};

// The hosts that account for at least a tenth of the assets.
inline constexpr double kOwnHostShare = 0.1;

class SiteHosts {
 public:
  // host: also as an address, https://www.example.org/.
  void add(std::string_view host) {
    if (const auto url = split_url(host)) host = url->host;
    host = host.substr(0, host.find('/'));
    std::string name = normal_host(host);
    if (!name.empty() && !has(name)) hosts_.push_back(std::move(name));
  }
  // The hosts that hold at least kOwnHostShare of the assets; one that only mirrors or frames the site holds fewer.
  void learn(const std::vector<HostTally>& tally) {
    uint64_t all = 0;
    for (const HostTally& row : tally) all += row.assets;
    for (const HostTally& row : tally) {
      if (static_cast<double>(row.assets) >= kOwnHostShare * static_cast<double>(all)) add(row.host);
    }
  }
  [[nodiscard]] bool has(std::string_view normal) const { return std::ranges::find(hosts_, normal) != hosts_.end(); }
  [[nodiscard]] const std::vector<std::string>& hosts() const { return hosts_; }
  [[nodiscard]] bool empty() const { return hosts_.empty(); }

 private:
  std::vector<std::string> hosts_;  // a handful
};

}  // namespace noctule

#pragma once
// SPDX-License-Identifier: Apache-2.0
// HostSample: learns the site's own hosts from the first lines of its logs, one after the other. Belongs to one thread.
#include <cstdint>
#include <map>
#include <string>

#include "hit_maker.h"
#include "input.h"
#include "noctule/analyze/analyze.h"
#include "site_hosts.h"

namespace noctule {

class HostSample {
 public:
  explicit HostSample(const AnalyzeOptions& options);
  HostSample(const HostSample&) = delete;
  HostSample& operator=(const HostSample&) = delete;

  // Looks at the first lines that the input keeps, until kLinesMax have been looked at.
  void add(const Input& input);
  // The hosts that were given; where none was, those that the first lines tell.
  [[nodiscard]] SiteHosts hosts() const;

 private:
  static constexpr size_t kLinesMax = 50'000;

  SiteHosts given_, none_;
  SharedVerdicts verdicts_;
  PageNames names_;
  HitMaker maker_;
  std::map<std::string, uint64_t> asked_;  // hosts that the logs' own column names
  size_t lines_ = 0;
};

}  // namespace noctule

#pragma once
// SPDX-License-Identifier: Apache-2.0
// The inputs of one analysis, opened and looked at one after the other, so that thousands of files cost neither memory nor
// descriptors.
#include <string>
#include <utility>
#include <vector>

#include "input.h"
#include "noctule/analyze/analyze.h"
#include "site_hosts.h"

namespace noctule {

struct InputList {
  std::vector<Input> inputs;
  SiteHosts hosts;  // the site's own, given or learned from the first lines
};

using OpenInput = Result<Input> (*)(const std::string&, const AnalyzeOptions&);

// A file that is named twice, by whatever names, is read once and keeps its other names. Errors: as `open`; InvalidInput where
// what can be read only once is named twice.
[[nodiscard]] Result<InputList> open_inputs(const AnalyzeOptions& options, OpenInput open);

}  // namespace noctule

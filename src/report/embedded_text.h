#pragma once
// SPDX-License-Identifier: Apache-2.0
// Files that the build put into the program. Constant.
#include <string_view>

namespace noctule {

extern const std::string_view kMessagesTsv;   // data/messages.tsv
extern const std::string_view kReportHtml;    // web/report, bundled

}  // namespace noctule

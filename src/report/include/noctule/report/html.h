#pragma once
// SPDX-License-Identifier: Apache-2.0
// An analysis as one HTML file that needs nothing else: no network, no font, no image. Date, app and page are filtered
// inside it, from Analysis::cube. A content security policy allows its own script and style by their hashes and nothing
// else; every text that came out of a log is data, never markup. A pure function.
#include <string>

#include "noctule/analyze/analysis.h"
#include "noctule/report/messages.h"

namespace noctule {

struct HtmlOptions {
  Language language = Language::English;  // the first to be seen; a reader may switch to the other
};

[[nodiscard]] std::string render_html(const Analysis& analysis, const HtmlOptions& options);

}  // namespace noctule

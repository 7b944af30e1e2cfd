#pragma once
// SPDX-License-Identifier: Apache-2.0
// PageAddress: what makes two requests the same page: path and query in one spelling, without tracking and without what says
// who somebody is. Also what a report shows as the page's name. Plain functions.
#include <string>
#include <string_view>

#include "noctule/detect/knowledge.h"

namespace noctule {

// One spelling of a path (RFC 3986, 6.2.2): letters that need no escape are not escaped, UTF-8 is written out, what is
// neither is escaped in capitals. A segment that holds an e-mail address becomes "***"; ";jsessionid=..." is dropped.
[[nodiscard]] std::string normal_path(std::string_view path);

// What of a query tells pages apart, as on sites like /index.php?id=42: its parameters but those for tracking and the
// personal ones. Parameters after the 64th are left out: no page is told by them.
[[nodiscard]] std::string content_query(std::string_view query, const Knowledge& knowledge);

}  // namespace noctule

#pragma once
// SPDX-License-Identifier: Apache-2.0
// Why a hit is not part of a person's visit. Every hit of a log ends in exactly one of these or in None, so that the
// numbers of a report add up to the lines of the log.
#include <cstdint>
#include <string_view>

namespace noctule {

enum class Exclusion : uint8_t {
  None,            // a hit of a person
  DeclaredBot,     // says so in its user agent
  Preview,         // an app fetched a preview: kept in the unfurl ledger
  Monitoring,
  MailScanner,     // a mail gateway looked at a link before its recipient did
  HttpClient,      // curl, python-requests...
  FeedReader,
  Headless,
  App,             // a program that is no browser
  NoUserAgent,     // the user agent is empty
  Prefetch,        // fetched ahead, perhaps never looked at
  ScannerProbe,    // its visitor asked for paths that only scanners of weaknesses ask for
  ScannerBurst,    // its visitor asked for pages faster than people read
  NotFoundMostly,  // its visitor asked mostly for pages that do not exist
  Uncorroborated   // nothing shows that a person was there: no asset, no second page
};
inline constexpr int kExclusions = 15;

// Stable codes as in JSON; "people" for None.
[[nodiscard]] std::string_view name_of(Exclusion exclusion);

}  // namespace noctule

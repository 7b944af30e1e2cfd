#pragma once
// SPDX-License-Identifier: Apache-2.0
// What of an address, a referrer and a user agent is kept. The collector uses it for live events and the importers for those
// of logs and archives, so that one page has one name wherever it was seen. Plain functions; any thread.
#include <cstdint>
#include <string>
#include <string_view>

#include "noctule/privacy/keys.h"
#include "noctule/settings/site.h"

namespace noctule {

inline constexpr size_t kTagsSizeMax = 1'024;        // of Event::tags; whole parameters are left out beyond it
inline constexpr size_t kTagValueSizeMax = 200;      // of one campaign tag's value
inline constexpr size_t kQueryReadMax = 8 * 1'024;   // bytes of a query that are read
inline constexpr size_t kQueryParametersMax = 64;    // parameters of it

// Routing::Hash: the fragment tells pages apart, as in "#/about" or "#!about".
enum class Routing : uint8_t { Path, Hash };

struct CleanPage {
  std::string path;  // one spelling; "***" where it held an e-mail address, a token or an address
  std::string tags;
  uint64_t click_hash = 0, recipient_hash = 0;
  void clear();
};

// path, query and fragment as they stand in the page's address. Of the query, path keeps the site's query_parameters, tags the
// parameters that Knowledge::classify_query reads. Values of click, recipient and share ids are replaced by a constant that is
// classified alike; in consented mode their keyed hashes are kept, in exempt mode nothing is, because they tie a visit to
// another site's.
void clean_page(std::string_view path, std::string_view query, std::string_view fragment, Routing routing, const Site& site,
                const PseudonymKeys& keys, CleanPage& page);

// Scheme, host and path of an absolute http, https, android-app or ios-app address, cleaned like a page's path; else empty. A
// host that is an IP address may be somebody's own: then empty as well. A path longer than kUrlSizeMax is left out.
[[nodiscard]] std::string clean_referrer(std::string_view referrer);

// Without device model, language, build numbers and minor versions, but judged alike by Knowledge::classify_user_agent and
// read_software. Takes some microseconds: callers keep a memo.
[[nodiscard]] std::string reduce_user_agent(std::string_view user_agent);

}  // namespace noctule

#pragma once
// SPDX-License-Identifier: Apache-2.0
// Domains as operators type them, and the limits of a site's configuration.
#include <string>
#include <string_view>

#include "noctule/base/result.h"
#include "noctule/settings/site.h"

namespace noctule {

// "www.Bücher.example", "https://bücher.example/" -> "xn--bcher-kva.example": lower case, without www., scheme, port and path;
// labels beyond ASCII as Punycode (RFC 3492) of their lower-case letters. Two labels at least, or "localhost".
// Error: InvalidInput, naming the part that is at fault.
[[nodiscard]] Result<std::string> normalize_domain(std::string_view typed);

// Brings hosts into the same form and checks every limit of a site: time zone, retention for its mode, threshold, names of
// parameters, Umami id. Error: InvalidInput.
[[nodiscard]] Result<Site> check_site(Site site);

// RFC 9562, version 4, from random bytes.
[[nodiscard]] std::string make_uuid();

}  // namespace noctule

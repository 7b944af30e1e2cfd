#pragma once
// SPDX-License-Identifier: Apache-2.0
// The parameters of a page's address that say where a visit came from, without the ids in them.
#include <string_view>

#include "noctule/collect/cleaning.h"

namespace noctule {

// Calls see(parameter) for each "name=value" of the query, of which kQueryReadMax bytes and kQueryParametersMax are read.
template <typename See>
void for_each_parameter(std::string_view query, See&& see) {
  query = query.substr(0, kQueryReadMax);
  for (size_t count = 0; !query.empty() && count < kQueryParametersMax; ++count) {
    const size_t end = query.find('&');
    if (const std::string_view parameter = query.substr(0, end); !parameter.empty()) see(parameter);
    query = end == std::string_view::npos ? std::string_view() : query.substr(end + 1);
  }
}

// Adds to page.tags and sets its hashes where they are still 0.
void append_tags(std::string_view query, const Site& site, const PseudonymKeys& keys, CleanPage& page);

}  // namespace noctule

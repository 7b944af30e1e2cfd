#pragma once
// SPDX-License-Identifier: Apache-2.0
// Spells out the addresses that hits carry by number.
#include <string>
#include <string_view>

#include "hit.h"

namespace noctule::sim {

// Path and query, split where formats log them apart. The query comes without '?', empty when there is none.
void append_path(std::string& out, const Url& url, const TextTable& texts);
void append_query(std::string& out, const Url& url, const TextTable& texts);
void append_target(std::string& out, const Url& url, const TextTable& texts);
// A whole address: own ones get https:// and the host.
void append_referrer(std::string& out, const Url& url, const TextTable& texts, std::string_view host);

}  // namespace noctule::sim

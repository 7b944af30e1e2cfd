#pragma once
// SPDX-License-Identifier: Apache-2.0
// The answer to X-Debug-Request: what was understood of each event, as JSON, without the visitor and without any address.
#include <string>

#include "cleaner.h"

namespace noctule {

void begin_debug(std::string& out);
void append_debug_kept(const Event& event, const Site& site, std::string& out);
void append_debug_dropped(const Judged& judged, const Site* site, std::string& out);
void end_debug(std::string_view detail, std::string& out);

}  // namespace noctule

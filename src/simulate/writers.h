#pragma once
// SPDX-License-Identifier: Apache-2.0
// The line writers behind the table in writer.cpp, grouped by file: web servers' text, JSON, load balancers and clouds.
#include "writer.h"

namespace noctule::sim {

void write_common(LineContext& context, const Hit& hit, std::string& out);
void write_combined(LineContext& context, const Hit& hit, std::string& out);
void write_vhost_combined(LineContext& context, const Hit& hit, std::string& out);
void write_combined_xff(LineContext& context, const Hit& hit, std::string& out);
void write_syslog_combined(LineContext& context, const Hit& hit, std::string& out);

}  // namespace noctule::sim

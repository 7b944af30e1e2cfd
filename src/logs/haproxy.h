#pragma once
// SPDX-License-Identifier: Apache-2.0
// HAProxy's `option httplog` (and httpslog), without its syslog prefix: HAProxy configuration manual, section 8.2.3.
#include "line_parser.h"

namespace noctule {

[[nodiscard]] Result<std::unique_ptr<LineParser>> make_haproxy_parser(const LogFormatOptions& options);

}  // namespace noctule

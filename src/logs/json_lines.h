#pragma once
// SPDX-License-Identifier: Apache-2.0
// Logs with one JSON object a line: which keys they use is a table per server.
#include "line_parser.h"

namespace noctule {

[[nodiscard]] Result<std::unique_ptr<LineParser>> make_nginx_json_parser(const LogFormatOptions& options);
[[nodiscard]] Result<std::unique_ptr<LineParser>> make_caddy_json_parser(const LogFormatOptions& options);
[[nodiscard]] Result<std::unique_ptr<LineParser>> make_traefik_json_parser(const LogFormatOptions& options);

}  // namespace noctule

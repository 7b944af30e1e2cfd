#pragma once
// SPDX-License-Identifier: Apache-2.0
// The W3C extended log format (W3C working draft WD-logfile-960323): columns that a #Fields line names, and may name anew
// at any place. IIS, CloudFront, Netscaler, Incapsula, SHOUTcast and others write it.
#include "line_parser.h"

namespace noctule {

[[nodiscard]] Result<std::unique_ptr<LineParser>> make_w3c_parser(const LogFormatOptions& options);
// W3C with tabs, an edge location, and values that are percent-encoded once more.
[[nodiscard]] Result<std::unique_ptr<LineParser>> make_cloudfront_parser(const LogFormatOptions& options);
// For a log whose #Fields line is gone: "#Fields: date time ...". Error: InvalidInput.
[[nodiscard]] Result<std::unique_ptr<LineParser>> make_w3c_parser_of_fields(std::string_view directive,
                                                                            const LogFormatOptions& options);

}  // namespace noctule

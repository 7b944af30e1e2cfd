#pragma once
// SPDX-License-Identifier: Apache-2.0
// Formats that are columns in a fixed order between blanks: the load balancers and the object storage of AWS. The order is
// a row of roles.
#include <span>

#include "line_parser.h"
#include "role.h"

namespace noctule {

struct ColumnLayout {
  std::span<const Role> roles;  // of the first columns; what follows them is Ignored, since AWS appends columns
  size_t columns_min;           // a line with fewer is malformed
  int scheme_column = -1;       // http, https, h2, grpcs, ws, wss (ALB); -1: there is none
  int operation_column = -1;    // WEBSITE.GET.OBJECT (S3); -1: there is none
};

[[nodiscard]] Result<std::unique_ptr<LineParser>> make_alb_parser(const LogFormatOptions& options);
[[nodiscard]] Result<std::unique_ptr<LineParser>> make_elb_parser(const LogFormatOptions& options);
[[nodiscard]] Result<std::unique_ptr<LineParser>> make_s3_parser(const LogFormatOptions& options);

}  // namespace noctule

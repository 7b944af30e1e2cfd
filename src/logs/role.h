#pragma once
// SPDX-License-Identifier: Apache-2.0
// Role: what a column, a directive of a format string or a key of a JSON line says about a request. Formats that are made
// of named parts map their names to roles; RecordBuilder turns roles and values into a record.
#include <cstdint>
#include <optional>

#include "noctule/logs/log_format.h"

namespace noctule {

enum class Role : uint8_t {
  Ignored,
  AnyTime,       // a whole time stamp in any of the shapes that log_time.h reads
  Date, Clock,   // halves of a time in UTC (W3C)
  LocalDate, LocalClock,  // halves of a time on the server's clock
  Address, ForwardedFor, Request, Method, Target, Path, Query, HostAndTarget, Url, Protocol, Host, Scheme, Status, Bytes,
  Referrer, UserAgent, RequestedWith, Purpose
};

// The column that the role fills. Nothing for Ignored.
[[nodiscard]] std::optional<Field> field_of(Role role);
void add_fields_of(Role role, FieldSet& set);
// The role's name in problems, and what is expected of its value.
[[nodiscard]] LineProblem problem_of(Role role, size_t column);

}  // namespace noctule

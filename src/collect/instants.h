#pragma once
// SPDX-License-Identifier: Apache-2.0
// Instants as clients write them.
#include <cstdint>
#include <optional>
#include <string_view>

namespace noctule {

// Milliseconds since 1970 of "2026-05-01T10:00:00Z", "2026-05-01 10:00:00.5", "2026-05-01T12:00:00+02:00" (UTC where no offset
// is given), or of a number of seconds or, from 10^11 on, milliseconds.
[[nodiscard]] std::optional<int64_t> parse_instant(std::string_view text);

}  // namespace noctule

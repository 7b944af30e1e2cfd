#pragma once
// SPDX-License-Identifier: Apache-2.0
// Numbers and dates as people of a language write them. Pure functions.
#include <cstdint>
#include <string>

#include "noctule/analyze/analysis.h"
#include "noctule/report/messages.h"

namespace noctule {

[[nodiscard]] std::string count_text(Language language, uint64_t count);  // 2,400

// The ends of a range, rounded away from its middle, so that rounding never makes it narrower than it is.
[[nodiscard]] uint64_t floor_count(double value);
[[nodiscard]] uint64_t ceil_count(double value);
[[nodiscard]] std::string range_text(Language language, Range range);  // 12–40, or 12 when both ends are

// 6.4: one decimal below ten, whole numbers from there on, "<0.1" for what is smaller and not nothing.
[[nodiscard]] std::string amount_text(Language language, double value);
// 1.8, with the decimal sign of the language.
[[nodiscard]] std::string decimal_text(Language language, double value);

// Whole percents, rounded like a range's ends; "<1%" for a small part above zero.
enum class Rounding { Nearest, Down, Up };
[[nodiscard]] std::string percent_text(Language language, double part, double whole, Rounding rounding);

[[nodiscard]] std::string day_text(Language language, int64_t day_number);            // 5 Jan 2026
[[nodiscard]] std::string period_text(Language language, int64_t first_ms, int64_t last_ms);  // 5 Jan 2026 to 1 Feb 2026
[[nodiscard]] std::string minute_text(int64_t instant_ms);                            // 2026-01-05 06:26, UTC
[[nodiscard]] std::string duration_text(uint64_t seconds);                            // 1:02:03, 4:05

}  // namespace noctule

#pragma once
// SPDX-License-Identifier: Apache-2.0
// A simulated site for benchmarks: a month of events, straight into a store. The same size gives the same rows on every machine.
#include <cstdint>
#include <string>

#include "noctule/base/result.h"
#include "noctule/store/store.h"

namespace noctule::testing {

inline constexpr int kBenchDays = 30;
// 2026-06-01, and half past noon on the day after the last of the month.
inline constexpr int64_t kBenchStartMs = 1'780'272'000'000;
inline constexpr int64_t kBenchNowMs = kBenchStartMs + kBenchDays * 86'400'000LL + 45'000'000;

// events: about as many rows, a quarter of them the beginning of a visit, on 2,000 pages, and half a day more for today.
[[nodiscard]] Result<void> fill_bench_site(Store& store, int64_t events);

}  // namespace noctule::testing

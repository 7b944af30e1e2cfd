#pragma once
// SPDX-License-Identifier: Apache-2.0
// Pieces that both lists of the doctor share.
#include <fmt/format.h>

#include "noctule/upkeep/doctor.h"

namespace noctule {

inline constexpr int64_t kMsPerDay = 86'400'000;

[[nodiscard]] inline Check passed(std::string name, std::string looked_at) { return {std::move(name), Verdict::Pass, std::move(looked_at), {}}; }
[[nodiscard]] inline Check noted(std::string name, std::string looked_at, std::string found) {
  return {std::move(name), Verdict::Note, std::move(looked_at), std::move(found)};
}
[[nodiscard]] inline Check failed(std::string name, std::string looked_at, std::string found) {
  return {std::move(name), Verdict::Fail, std::move(looked_at), std::move(found)};
}
[[nodiscard]] inline Check unknown(std::string name, std::string why) { return {std::move(name), Verdict::Unknown, std::move(why), {}}; }
// Passes when nothing was found.
[[nodiscard]] inline Check judged(std::string name, std::string looked_at, std::string found) {
  const Verdict verdict = found.empty() ? Verdict::Pass : Verdict::Fail;
  return {std::move(name), verdict, std::move(looked_at), std::move(found)};
}

}  // namespace noctule

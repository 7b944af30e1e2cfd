#pragma once
// SPDX-License-Identifier: Apache-2.0
// Chooses arrivals for --explain and writes out which rules fired on them and which line they came from.
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine.h"
#include "findings.h"

namespace noctule {

// "all", or conditions joined by commas that must all hold: app=ID, grade=NAME, channel=NAME, private=yes|no|unknown,
// page=TEXT (a part of the page's name), line=NUMBER, file=TEXT (the end of the path).
class ArrivalFilter {
 public:
  static Result<ArrivalFilter> parse(std::string_view text);
  [[nodiscard]] bool admits(const Arrival& arrival, const ArrivalVerdict& verdict, std::string_view page, std::string_view path) const;

 private:
  AppId app_ = AppId::None;
  std::optional<Grade> grade_;
  std::optional<Channel> channel_;
  std::optional<Private> private_;
  std::optional<uint64_t> line_;
  std::string page_, file_;
};

[[nodiscard]] std::vector<ExplainedArrival> explain_arrivals(Engine& engine, const Findings& findings, const ArrivalFilter& filter,
                                                             size_t count_max);

}  // namespace noctule

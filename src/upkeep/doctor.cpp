// SPDX-License-Identifier: Apache-2.0
#include "noctule/upkeep/doctor.h"

#include <array>
#include <nlohmann/json.hpp>

namespace noctule {
namespace {

constexpr std::array<std::string_view, 4> kNames = {"pass", "note", "unknown", "fail"};

}  // namespace

std::string_view name_of(Verdict verdict) { return kNames[static_cast<size_t>(verdict)]; }

std::string to_json(const std::vector<Check>& checks) {
  std::array<int, kNames.size()> counts{};
  nlohmann::ordered_json list = nlohmann::ordered_json::array();
  for (const Check& check : checks) {
    ++counts[static_cast<size_t>(check.verdict)];
    list.push_back({{"check", check.name}, {"verdict", name_of(check.verdict)}, {"looked_at", check.looked_at}, {"found", check.found}});
  }
  nlohmann::ordered_json document = {{"checks", std::move(list)}};
  for (size_t i = 0; i < kNames.size(); ++i) document[std::string(kNames[i])] = counts[i];
  return document.dump(2, ' ', false, nlohmann::ordered_json::error_handler_t::replace) + '\n';
}

Result<std::vector<Check>> parse_checks(std::string_view text) {
  const auto document = nlohmann::json::parse(text, nullptr, false);
  const auto broken = [] { return fail(ErrorCode::Corrupt, "the answer is no list of checks"); };
  if (!document.is_object() || !document.contains("checks") || !document["checks"].is_array()) return broken();
  std::vector<Check> checks;
  for (const auto& entry : document["checks"]) {
    if (!entry.is_object()) return broken();
    Check check;
    for (const auto& [key, member] : {std::pair{"check", &Check::name}, {"looked_at", &Check::looked_at}, {"found", &Check::found}}) {
      if (!entry.contains(key) || !entry[key].is_string()) return broken();
      check.*member = entry[key].get<std::string>();
    }
    const auto name = std::ranges::find(kNames, entry.value("verdict", std::string()));
    if (name == kNames.end()) return broken();
    check.verdict = static_cast<Verdict>(name - kNames.begin());
    checks.push_back(std::move(check));
  }
  return checks;
}

}  // namespace noctule

// SPDX-License-Identifier: Apache-2.0
#include "money.h"

#include <fmt/format.h>

#include <cmath>

namespace noctule {
namespace {

std::string sign_of(const Money& money) {
  constexpr std::pair<std::string_view, std::string_view> kSigns[] = {{"USD", "$"}, {"EUR", "€"}, {"GBP", "£"}, {"JPY", "¥"}};
  for (const auto& [code, sign] : kSigns) {
    if (money.currency == code) return std::string(sign);
  }
  return fmt::format("{} ", money.currency);
}

}  // namespace

std::string short_text(const Money& money) {
  constexpr std::pair<double, std::string_view> kUnits[] = {{1e9, "B"}, {1e6, "M"}, {1e3, "K"}};
  const std::string minus = money.amount < 0 ? "-" : "";
  for (const auto& [unit, letter] : kUnits) {
    if (std::abs(money.amount) >= unit) return fmt::format("{}{}{:.1f}{}", minus, sign_of(money), std::abs(money.amount) / unit, letter);
  }
  return fmt::format("{}{}{:.1f}", minus, sign_of(money), std::abs(money.amount));
}

std::string long_text(const Money& money) {
  const std::string plain = fmt::format("{:.2f}", std::abs(money.amount));
  std::string grouped;
  const size_t whole = plain.size() - 3;
  for (size_t i = 0; i < whole; ++i) {
    if (i > 0 && (whole - i) % 3 == 0) grouped += ',';
    grouped += plain[i];
  }
  return fmt::format("{}{}{}{}", money.amount < 0 ? "-" : "", sign_of(money), grouped, plain.substr(whole));
}

}  // namespace noctule

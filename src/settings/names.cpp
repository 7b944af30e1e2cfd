// SPDX-License-Identifier: Apache-2.0
#include <array>

#include "noctule/settings/settings.h"

namespace noctule {
namespace {

constexpr std::array<std::string_view, 3> kRoleNames = {"viewer", "editor", "owner"};
constexpr std::array<std::string_view, 3> kScopeNames = {"collect", "query", "manage"};

template <typename T, size_t N>
std::optional<T> named(const std::array<std::string_view, N>& names, std::string_view name) {
  for (size_t i = 0; i < N; ++i) {
    if (names[i] == name) return static_cast<T>(i);
  }
  return std::nullopt;
}

}  // namespace

std::string_view name_of(Role role) { return kRoleNames.at(static_cast<size_t>(role)); }
std::string_view name_of(Scope scope) { return kScopeNames.at(static_cast<size_t>(scope)); }
std::optional<Role> role_named(std::string_view name) { return named<Role>(kRoleNames, name); }
std::optional<Scope> scope_named(std::string_view name) { return named<Scope>(kScopeNames, name); }

}  // namespace noctule

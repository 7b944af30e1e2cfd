// SPDX-License-Identifier: Apache-2.0
// Proves while compiling that the codes are what their readers may rely on: distinct, lower snake_case.
#include "noctule/analyze/codes.h"

#include <algorithm>

#include "noctule/analyze/analysis.h"

namespace noctule {
namespace {

template <size_t N>
constexpr bool are_codes(std::array<std::string_view, N> codes) {
  std::ranges::sort(codes);
  return std::ranges::adjacent_find(codes) == codes.end() && std::ranges::all_of(codes, [](std::string_view code) {
           return !code.empty() && std::ranges::all_of(code, [](char c) { return (c >= 'a' && c <= 'z') || c == '_'; });
         });
}

static_assert(are_codes(exclusion::kAll));
static_assert(are_codes(warning::kAll));
static_assert(are_codes(doubt::kAll));

}  // namespace
}  // namespace noctule

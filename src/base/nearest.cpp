// SPDX-License-Identifier: Apache-2.0
#include "noctule/base/nearest.h"

#include <algorithm>
#include <numeric>
#include <vector>

#include "noctule/base/text.h"

namespace noctule {
namespace {

constexpr size_t kNameBytesMax = 256;  // longer texts are no names, and nobody mistyped them

}  // namespace

size_t edit_distance(std::string_view a, std::string_view b) {
  std::vector<size_t> before_last(b.size() + 1), last(b.size() + 1), row(b.size() + 1);
  std::iota(row.begin(), row.end(), 0);
  for (size_t i = 1; i <= a.size(); ++i) {
    std::swap(before_last, last);
    std::swap(last, row);
    row[0] = i;
    for (size_t j = 1; j <= b.size(); ++j) {
      const bool same = to_lower(a[i - 1]) == to_lower(b[j - 1]);
      row[j] = std::min({last[j] + 1, row[j - 1] + 1, last[j - 1] + (same ? 0 : 1)});
      const bool swapped = i > 1 && j > 1 && to_lower(a[i - 1]) == to_lower(b[j - 2]) && to_lower(a[i - 2]) == to_lower(b[j - 1]);
      if (swapped) row[j] = std::min(row[j], before_last[j - 2] + 1);
    }
  }
  return row[b.size()];
}

std::string_view nearest_name(std::string_view typed, std::span<const std::string> names) {
  std::string_view nearest;
  if (typed.size() > kNameBytesMax) return nearest;
  size_t smallest = kNameBytesMax;
  for (const std::string& name : names) {
    if (name.size() > kNameBytesMax) continue;
    const size_t distance = edit_distance(typed, name);
    if (distance * 3 > std::max(name.size(), size_t{3}) || distance >= smallest) continue;
    smallest = distance;
    nearest = name;
  }
  return nearest;
}

}  // namespace noctule

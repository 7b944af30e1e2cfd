// SPDX-License-Identifier: Apache-2.0
#include "noctule/base/flat_table.h"

#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <map>

namespace noctule {
namespace {

struct Row {
  uint64_t key = 0;
  uint64_t value = 0;
};

TEST(FlatTable, behaves_like_a_map_and_survives_a_round_trip_through_its_slots) {
  EXPECT_TRUE(rc::check([] {
    FlatTable<Row> table;
    std::map<uint64_t, uint64_t> model;
    const auto keys = *rc::gen::container<std::vector<uint64_t>>(rc::gen::inRange<uint64_t>(1, 4'000));
    for (const uint64_t key : keys) {
      ++table.find_or_add(key).value;
      ++model[key];
    }
    const auto copy = FlatTable<Row>::from_slots({table.slots().begin(), table.slots().end()});
    RC_ASSERT(copy.size() == model.size());
    for (const auto& [key, value] : model) {
      RC_ASSERT(copy.find(key) != nullptr);
      RC_ASSERT(copy.find(key)->value == value);
    }
    RC_ASSERT(table.find(5'000) == nullptr);
    uint64_t sum = 0;
    table.for_each([&](const Row& row) { sum += row.value; });
    RC_ASSERT(sum == keys.size());
  }));
}

}  // namespace
}  // namespace noctule

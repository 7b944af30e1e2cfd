// SPDX-License-Identifier: Apache-2.0
#include "noctule/base/nearest.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

namespace noctule {
namespace {

TEST(EditDistance, counts_letters_put_in_left_out_replaced_and_swapped) {
  EXPECT_EQ(edit_distance("", ""), 0u);
  EXPECT_EQ(edit_distance("", "abc"), 3u);
  EXPECT_EQ(edit_distance("listen", "lsiten"), 1u);
  EXPECT_EQ(edit_distance("kitten", "sitting"), 3u);
  EXPECT_EQ(edit_distance("Example.ORG", "example.org"), 0u);
}

RC_GTEST_PROP(EditDistance, is_the_same_both_ways_and_nothing_only_between_equals, (const std::string& a, const std::string& b)) {
  const std::string left = a.substr(0, 12), right = b.substr(0, 12);
  RC_ASSERT(edit_distance(left, right) == edit_distance(right, left));
  RC_ASSERT(edit_distance(left, left) == 0u);
  RC_ASSERT(edit_distance(left, right) <= std::max(left.size(), right.size()));
}

TEST(NearestName, a_slip_leads_to_the_name_and_another_word_to_none) {
  const std::vector<std::string> names = {"listen", "data", "trusted_proxies"};
  EXPECT_EQ(nearest_name("lisen", names), "listen");
  EXPECT_EQ(nearest_name("trusted-proxy", names), "trusted_proxies");
  EXPECT_EQ(nearest_name("dtaa", names), "data");
  EXPECT_EQ(nearest_name("colour", names), "");
  EXPECT_EQ(nearest_name("listen", {}), "");
  EXPECT_EQ(nearest_name(std::string(10'000, 'x'), names), "");
}

}  // namespace
}  // namespace noctule

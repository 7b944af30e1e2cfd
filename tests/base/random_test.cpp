// SPDX-License-Identifier: Apache-2.0
#include "noctule/base/random.h"

#include <gtest/gtest.h>

#include "noctule/base/hash.h"

namespace noctule {
namespace {

TEST(Random, the_same_seed_gives_the_same_sequence) {
  Random a(7), b(7), c(8);
  const uint64_t first = a.next();
  EXPECT_EQ(first, b.next());
  EXPECT_NE(first, c.next());
}

TEST(Random, moments_are_those_of_the_distribution) {
  Random random(1);
  constexpr int kDraws = 200'000;
  double uniform = 0, exponential = 0, poisson = 0, normal = 0;
  for (int i = 0; i < kDraws; ++i) {
    uniform += random.uniform();
    exponential += random.exponential(3);
    poisson += static_cast<double>(random.poisson(4.5));
    normal += random.normal();
  }
  EXPECT_NEAR(uniform / kDraws, 0.5, 0.005);
  EXPECT_NEAR(exponential / kDraws, 3.0, 0.05);
  EXPECT_NEAR(poisson / kDraws, 4.5, 0.03);
  EXPECT_NEAR(normal / kDraws, 0.0, 0.02);
}

TEST(Hash, combining_depends_on_order) {
  EXPECT_NE(combine_hashes(1, 2), combine_hashes(2, 1));
  EXPECT_NE(hash_bytes("a"), hash_bytes("b"));
  EXPECT_NE(hash_bytes("a", 1), hash_bytes("a", 2));
}

}  // namespace
}  // namespace noctule

// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <set>

#include "noctule/model/evidence.h"

namespace noctule {
namespace {

template <typename Enum, typename Parse>
void every_name_is_distinct_and_parses_back(int count, Parse parse) {
  std::set<std::string_view> names;
  for (int i = 0; i < count; ++i) {
    const auto value = static_cast<Enum>(i);
    EXPECT_FALSE(name_of(value).empty());
    EXPECT_TRUE(names.insert(name_of(value)).second) << name_of(value);
    EXPECT_EQ(parse(name_of(value)), value);
  }
  EXPECT_FALSE(parse("no such name"));
}

TEST(Names, every_enumeration_parses_back_from_its_names) {
  every_name_is_distinct_and_parses_back<Kind>(kKinds, parse_kind);
  every_name_is_distinct_and_parses_back<Grade>(kGrades, parse_grade);
  every_name_is_distinct_and_parses_back<Private>(3, parse_private);
  every_name_is_distinct_and_parses_back<Channel>(kChannels, parse_channel);
  every_name_is_distinct_and_parses_back<Ga4Channel>(kGa4Channels, parse_ga4_channel);
}

}  // namespace
}  // namespace noctule

// SPDX-License-Identifier: Apache-2.0
// Whether docs/query.md names everything that can be asked for.
#include <gtest/gtest.h>

#include <fstream>
#include <sstream>

#include "metric.h"
#include "dimension.h"
#include "noctule/model/evidence.h"

namespace noctule {
namespace {

std::string document() {
  std::ifstream file(NOCTULE_SOURCE_DIR "/docs/query.md");
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

TEST(Documents, every_metric_dimension_and_channel_stands_in_query_md) {
  const std::string text = document();
  const auto stands = [&](std::string_view name) { return text.find("`" + std::string(name) + "`") != std::string::npos; };
  for (const Metric& metric : metrics()) EXPECT_TRUE(stands(metric.name)) << metric.name;
  for (const Dimension& dimension : dimensions()) {
    const bool property = dimension.special == Special::Property;
    EXPECT_TRUE(stands(property ? "event:props:NAME" : dimension.name)) << dimension.name;
  }
  for (int i = 0; i < kChannels; ++i) EXPECT_TRUE(stands(name_of(static_cast<Channel>(i)))) << name_of(static_cast<Channel>(i));
}

}  // namespace
}  // namespace noctule

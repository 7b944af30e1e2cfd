// SPDX-License-Identifier: Apache-2.0
// docs/collect.md names every reason for dropping, every limit as it is, every field of noctule's own protocol, and its example
// is understood.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <fstream>
#include <iterator>
#include <string>

#include "decoded.h"
#include "form.h"
#include "noctule/collect/cleaning.h"
#include "requests.h"

namespace noctule {
namespace {

std::string read_document() {
  std::ifstream file(NOCTULE_SOURCE_DIR "/docs/collect.md");
  return {std::istreambuf_iterator<char>(file), {}};
}

TEST(CollectDocument, names_every_reason_for_dropping) {
  const std::string text = read_document();
  for (int i = 0; i < kDrops; ++i) EXPECT_NE(text.find(fmt::format("| `{}` |", name_of(static_cast<Drop>(i)))), std::string::npos) << name_of(static_cast<Drop>(i));
}

TEST(CollectDocument, names_every_limit_as_it_is) {
  const std::string text = read_document();
  for (const std::string& row :
       {fmt::format("| body | {} KiB |", kBodySizeMax / 1024), fmt::format("| events in one request | {} |", kBatchEventsMax),
        fmt::format("| path of an address | {} bytes |", kUrlSizeMax), fmt::format("| {} bytes and {} parameters are read |", kQueryReadMax, kQueryParametersMax),
        fmt::format("| {} bytes in all, {} bytes each |", kTagsSizeMax, kTagValueSizeMax), fmt::format("| name of an event | {} bytes |", kNameSizeMax),
        fmt::format("| properties | {} |", kPropertiesMax), fmt::format("| name of a property | {} bytes |", kPropertyKeySizeMax),
        fmt::format("| value of a property | {} bytes |", kPropertyValueSizeMax), fmt::format("| id of an event | {} bytes |", kEventIdSizeMax),
        fmt::format("| user agent | {} bytes |", kUserAgentSizeMax), fmt::format("| one engagement | {} seconds |", kEngagedMsMax / 1000),
        fmt::format("| worth | {} units |", kRevenueMax), fmt::format("| clock ahead of the server's | {} seconds |", kFutureMsMax / 1000),
        fmt::format("| age of an event without a key | {} hours |", kBackdateMsMax / 3'600'000), fmt::format("| fields of a form | {} |", kFormFieldsMax)}) {
    EXPECT_NE(text.find(row), std::string::npos) << row;
  }
}

TEST(CollectDocument, its_example_is_understood_whole) {
  const std::string text = read_document();
  const size_t begin = text.find("```json\n") + 8;
  const CollectOutcome outcome = collect(TestRequest(Protocol::Events, text.substr(begin, text.find("```", begin) - begin)));
  EXPECT_TRUE(outcome.readable);
  EXPECT_EQ(outcome.kept, 3U);
  EXPECT_EQ(outcome.dropped, 0U);
}

}  // namespace
}  // namespace noctule

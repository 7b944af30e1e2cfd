// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <array>
#include <fstream>
#include <set>

#include "noctule/base/text.h"
#include "noctule/collect/cleaning.h"
#include "noctule/collect/collector.h"
#include "noctule/detect/knowledge.h"
#include "noctule/detect/software.h"

namespace noctule {
namespace {

TEST(UserAgentReduction, leaves_what_tells_systems_and_browsers_apart) {
  EXPECT_EQ(reduce_user_agent("Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/124.0.6367.91 Safari/537.36 Edg/124.0.2478.67"),
            "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/124.0.0.0 Safari/537.36 Edg/124.0.0.0");
  EXPECT_EQ(reduce_user_agent("Mozilla/5.0 (Linux; Android 13; Pixel 7 Build/TQ3A.230901.001; wv) AppleWebKit/537.36 (KHTML, like Gecko) Version/4.0 Chrome/116.0.5845.163 Mobile Safari/537.36"),
            "Mozilla/5.0 (Linux; Android 13; wv) AppleWebKit/537.36 (KHTML, like Gecko) Version/4.0 Chrome/116.0.0.0 Mobile Safari/537.36");
  EXPECT_EQ(reduce_user_agent("Mozilla/5.0 (iPhone; CPU iPhone OS 17_4_1 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.4.1 Mobile/15E148 Safari/604.1"),
            "Mozilla/5.0 (iPhone; CPU iPhone OS 17_0_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.0.0 Safari/604.0");
}

// Every user agent that stands in the tests of the classifier.
std::set<std::string> known_user_agents() {
  std::set<std::string> found;
  for (const char* name : {"arrivals", "campaigns", "signals", "others"}) {
    std::ifstream file(std::string(NOCTULE_SOURCE_DIR "/tests/detect/golden/") + name + ".txt");
    for (std::string line; std::getline(file, line);) {
      for (const size_t at : {line.find("Mozilla/"), line.find("WhatsApp/"), line.find("Instagram ")}) {
        if (at == std::string::npos) continue;
        found.insert(line.substr(at, line.find_first_of("\t\"", at) - at));
        break;
      }
    }
  }
  return found;
}

TEST(UserAgentReduction, is_judged_as_the_whole_was) {
  const auto all = known_user_agents();
  ASSERT_GE(all.size(), 50U);
  for (const std::string& whole : all) {
    const std::string reduced = reduce_user_agent(whole);
    const UserAgentVerdict before = Knowledge::builtin().classify_user_agent(whole), after = Knowledge::builtin().classify_user_agent(reduced);
    if (before.kind == Kind::Bot || before.kind == Kind::PreviewBot) continue;  // of machines nothing is kept
    EXPECT_EQ(before.kind, after.kind) << whole << "\n" << reduced;
    EXPECT_EQ(before.app, after.app) << whole << "\n" << reduced;
    EXPECT_EQ(before.surface, after.surface) << whole << "\n" << reduced;
    EXPECT_EQ(before.mobile, after.mobile) << whole << "\n" << reduced;
    EXPECT_EQ(read_software(whole).browser, read_software(reduced).browser) << whole << "\n" << reduced;
    EXPECT_EQ(read_software(whole).os_version, read_software(reduced).os_version) << whole << "\n" << reduced;
    EXPECT_EQ(reduced, reduce_user_agent(reduced)) << "not the same when reduced again";
  }
}

TEST(UserAgentReduction, any_bytes_give_a_short_clean_text) {
  EXPECT_TRUE(rc::check([](const std::string& bytes) {
    const std::string reduced = reduce_user_agent(bytes);
    RC_ASSERT(reduced.size() <= kUserAgentSizeMax + 8);
    for (std::string_view rest = reduced; !rest.empty(); rest.remove_prefix(utf8_length(rest))) RC_ASSERT(utf8_length(rest) > 0U);
  }));
}

}  // namespace
}  // namespace noctule

// SPDX-License-Identifier: Apache-2.0
#include "noctule/detect/software.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <fstream>
#include <string>

namespace noctule {
namespace {

struct Case {
  const char* user_agent;
  const char *browser, *browser_version, *os, *os_version, *device;
};

// User agents in the forms that the makers document.
constexpr Case kCases[] = {
    {"Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/141.0.0.0 Safari/537.36", "Chrome", "141", "Windows", "10", "desktop"},
    {"Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/141.0.0.0 Safari/537.36 Edg/141.0.0.0", "Microsoft Edge", "141", "Windows", "10", "desktop"},
    {"Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0", "Firefox", "140", "Linux", "", "desktop"},
    {"Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/141.0.0.0 Mobile Safari/537.36", "Chrome", "141", "Android", "10", "mobile"},
    {"Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/141.0.0.0 Safari/537.36", "Chrome", "141", "Android", "10", "tablet"},
    {"Mozilla/5.0 (Android 15; Tablet; rv:140.0) Gecko/140.0 Firefox/140.0", "Firefox", "140", "Android", "15", "tablet"},
    {"Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.5 Mobile/15E148 Safari/604.1", "Safari", "18", "iOS", "18", "mobile"},
    {"Mozilla/5.0 (iPad; CPU OS 17_1 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) CriOS/141.0.7390.0 Mobile/15E148 Safari/604.1", "Chrome", "141", "iOS", "17", "tablet"},
    {"Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Mobile/15E148", "Safari", "", "iOS", "18", "mobile"},
    {"Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.5 Safari/605.1.15", "Safari", "18", "macOS", "10", "desktop"},
    {"Mozilla/5.0 (Linux; Android 14; SAMSUNG SM-X200) AppleWebKit/537.36 (KHTML, like Gecko) SamsungBrowser/28.0 Chrome/130.0.0.0 Mobile Safari/537.36", "Samsung Internet", "28", "Android", "14", "mobile"},
    {"Mozilla/5.0 (X11; CrOS x86_64 14541.0.0) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/141.0.0.0 Safari/537.36", "Chrome", "141", "Chrome OS", "", "desktop"},
    {"Mozilla/5.0 (Windows NT 10.0; WOW64; Trident/7.0; rv:11.0) like Gecko", "Internet Explorer", "11", "Windows", "10", "desktop"},
    {"curl/8.5.0", "", "", "", "", ""},
    {"", "", "", "", "", ""},
};

TEST(Software, documented_user_agents_name_their_browser_system_and_device) {
  for (const Case& c : kCases) {
    const Software software = read_software(c.user_agent);
    EXPECT_EQ(software.browser, c.browser) << c.user_agent;
    EXPECT_EQ(software.browser_version, c.browser_version) << c.user_agent;
    EXPECT_EQ(software.os, c.os) << c.user_agent;
    EXPECT_EQ(software.os_version, c.os_version) << c.user_agent;
    EXPECT_EQ(name_of(software.device), c.device) << c.user_agent;
  }
}

RC_GTEST_PROP(Software, any_text_is_read_and_versions_are_numbers, (std::string before, std::string after)) {
  const std::string text = before + "Chrome/" + after + "Android " + before;
  const Software software = read_software(text);
  RC_ASSERT(!software.browser.empty());
  RC_ASSERT(software.browser_version.find_first_not_of("0123456789") == std::string_view::npos);
  RC_ASSERT(software.browser_version.size() <= 5);
}

}  // namespace
}  // namespace noctule

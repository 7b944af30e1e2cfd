// SPDX-License-Identifier: Apache-2.0
#include "noctule/visits/target.h"

#include <gtest/gtest.h>

namespace noctule {
namespace {

TEST(Target, home_pages_are_what_people_type) {
  for (const char* path : {"/", "/index.html", "/index.php", "/en/", "/de-CH/", "/fr", "/en/index.html"}) {
    EXPECT_EQ(classify_target(path, false), Target::Home) << path;
  }
}

TEST(Target, short_single_words_are_sections) {
  for (const char* path : {"/about", "/shop/", "/contact.html", "/en/kontakt"}) {
    EXPECT_EQ(classify_target(path, false), Target::Section) << path;
  }
}

TEST(Target, everything_else_that_looks_like_a_page_is_deep) {
  for (const char* path : {"/p/42", "/2020/11/01/hallo-wereld/", "/how-to-find-bats-in-the-dark", "/shop/shoes/red",
                           "/caf%C3%A9-au-lait", "/presentations/index.html"}) {
    EXPECT_EQ(classify_target(path, false), Target::Deep) << path;
  }
}

TEST(Target, a_home_page_addressed_by_its_query_is_deep) {
  EXPECT_EQ(classify_target("/", true), Target::Deep);
  EXPECT_EQ(classify_target("/index.php", true), Target::Deep);
  EXPECT_EQ(classify_target("/about", true), Target::Section);
}

TEST(Target, assets_data_and_downloads_are_no_pages) {
  EXPECT_EQ(classify_target("/static/app.min.js", false), Target::Asset);
  EXPECT_EQ(classify_target("/IMG/Bat.JPG", true), Target::Asset);
  EXPECT_EQ(classify_target("/favicon.ico", false), Target::Favicon);
  EXPECT_EQ(classify_target("/api/v1/things", false), Target::Data);
  EXPECT_EQ(classify_target("/blog/feed/", false), Target::Data);
  EXPECT_EQ(classify_target("/robots.txt", false), Target::Data);
  EXPECT_EQ(classify_target("/brochure.pdf", false), Target::Download);
  EXPECT_EQ(classify_target("", false), Target::Data);
}

TEST(Target, paths_that_only_scanners_ask_for_are_probes) {
  for (const char* path : {"/.env", "/wp-login.php", "/.git/config", "/vendor/phpunit/src/Util/PHP/eval-stdin.php",
                           "/phpMyAdmin/index.php", "/a/../../etc/passwd", "\\x16\\x03", "/backup.sql"}) {
    EXPECT_EQ(classify_target(path, false), Target::Probe) << path;
  }
  EXPECT_EQ(classify_target("/wp-content/plugins/forms/style.css", false), Target::Asset);
}

}  // namespace
}  // namespace noctule

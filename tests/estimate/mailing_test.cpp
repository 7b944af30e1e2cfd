// SPDX-License-Identifier: Apache-2.0
// Webmail in the referrer: a mail from one person to another, or a mailing without tags?
#include <fmt/format.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <string>

#include "noctule/analyze/analyze.h"

namespace noctule {
namespace {

// A visitor who comes from webmail on this day of March and loads the page's picture.
std::string visit_from_mail(int visitor, int day) {
  const std::string user_agent = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/120.0.0.0 Safari/537.36";
  const auto line = [&](std::string_view second, std::string_view path, std::string_view referrer) {
    return fmt::format("192.0.2.{} - - [{:02}/Mar/2026:10:{:02}:{} +0000] \"GET {} HTTP/1.1\" 200 900 \"{}\" \"{}\"\n", visitor, day, visitor, second, path,
                       referrer, user_agent);
  };
  return line("00", "/2026/03/a-long-story", "https://mail.google.com/") +
         line("01", "/media/picture.jpg", "https://www.example.org/2026/03/a-long-story");
}

PrivateEstimate estimate_of(const std::string& log) {
  const auto path = std::filesystem::temp_directory_path() / fmt::format("noctule-mailing-{}.log", getpid());
  std::ofstream(path, std::ios::binary) << log;
  AnalyzeOptions options;
  options.paths = {path.string()};
  options.site_hosts = {"www.example.org"};
  const auto analysis = analyze_logs(options);
  std::filesystem::remove(path);
  EXPECT_TRUE(analysis.has_value());
  return analysis ? analysis->private_arrivals : PrivateEstimate{};
}

TEST(Mailing, people_who_come_from_mail_weeks_apart_came_by_mails_between_people) {
  std::string log;
  for (int visitor = 1; visitor <= 5; ++visitor) log += visit_from_mail(visitor, 5 * visitor);
  const PrivateEstimate estimate = estimate_of(log);
  EXPECT_EQ(estimate.low, 5);
  EXPECT_EQ(estimate.high, 5);
}

TEST(Mailing, people_who_come_from_mail_to_one_page_on_one_day_may_have_come_by_a_mailing) {
  std::string log;
  for (int visitor = 1; visitor <= 5; ++visitor) log += visit_from_mail(visitor, 3);
  const PrivateEstimate estimate = estimate_of(log);
  EXPECT_EQ(estimate.low, 0);
  EXPECT_EQ(estimate.high, 5);
}

}  // namespace
}  // namespace noctule

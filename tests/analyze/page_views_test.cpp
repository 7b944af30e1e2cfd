// SPDX-License-Identifier: Apache-2.0
#include "noctule/analyze/page_views.h"

#include <gtest/gtest.h>

#include <sys/stat.h>

#include <fstream>
#include <map>
#include <thread>

#include "log_lines.h"
#include "logs/temporary_folder.h"
#include "noctule/simulate/world.h"

namespace noctule {
namespace {

using testing::kMinute, testing::TemporaryFolder, testing::text, testing::view;

struct Read {
  LogFindings findings;
  struct View {
    size_t visit;
    bool begins;
    std::string path, address;
  };
  std::vector<View> views;
};

Result<Read> read(const std::string& path) {
  AnalyzeOptions options;
  options.paths = {path};
  options.site_hosts = {"www.example.org"};
  Read all;
  auto done = read_page_views(
      options,
      [&](const LogFindings& findings) -> Result<void> {
        all.findings = findings;
        return {};
      },
      [&](const LogPageView& page) -> Result<void> {
        all.views.push_back({page.visit, page.begins_visit, std::string(page.path), std::string(page.address)});
        return {};
      });
  if (!done) return std::unexpected(done.error());
  return all;
}

TEST(PageViews, a_visit_of_two_pages_gives_both_and_a_scanner_gives_none) {
  const TemporaryFolder folder;
  std::string log = view({.target = "/p/7?utm_source=telegram", .address = "192.0.2.1"});
  log += view({.at_ms = kMinute, .target = "/p/8", .referrer = "https://www.example.org/p/7", .address = "192.0.2.1"});
  log += text({.at_ms = 2 * kMinute, .target = "/p/9", .address = "192.0.2.9"});
  log += text({.at_ms = 3 * kMinute, .target = "/p/7", .agent = "WhatsApp/2.23.20.0", .address = "192.0.2.7"});
  const Result<Read> got = read(folder.write("access.log", log));
  ASSERT_TRUE(got) << got.error().message;
  ASSERT_EQ(got->findings.visits.size(), 1u);
  EXPECT_EQ(got->findings.visits[0].page, "/p/7");
  EXPECT_EQ(got->findings.visits[0].verdict.is_private, Private::Yes);
  ASSERT_EQ(got->views.size(), 2u);
  EXPECT_TRUE(got->views[0].begins);
  EXPECT_FALSE(got->views[1].begins);
  EXPECT_EQ(got->views[1].path, "/p/8");
  EXPECT_EQ(got->views[1].address, "192.0.2.1");
  ASSERT_EQ(got->findings.pastes.size(), 1u);
  EXPECT_EQ(got->findings.pastes[0].path, "/p/7");
  EXPECT_EQ(Knowledge::builtin().app(got->findings.pastes[0].app).id, "whatsapp");
}

TEST(PageViews, a_log_is_told_again_when_it_has_grown) {
  const TemporaryFolder folder;
  std::string log = view({.target = "/p/7", .address = "192.0.2.1"});
  const Result<Read> young = read(folder.write("access.log", log));
  log += view({.at_ms = kMinute, .target = "/p/8", .address = "192.0.2.2"});
  const Result<Read> grown = read(folder.write("access.log.1", log));
  const Result<Read> other = read(folder.write("other.log", view({.target = "/p/9", .address = "192.0.2.1"})));
  ASSERT_TRUE(young && grown && other);
  EXPECT_NE(young->findings.files.at(0).first_request_hash, 0u);
  EXPECT_EQ(young->findings.files.at(0).first_request_hash, grown->findings.files.at(0).first_request_hash);
  EXPECT_NE(young->findings.files.at(0).first_request_hash, other->findings.files.at(0).first_request_hash);
}

TEST(PageViews, a_pipe_is_refused_with_what_to_do) {
  const TemporaryFolder folder;
  const std::string pipe = folder.write("fifo", "");
  ASSERT_EQ(std::remove(pipe.c_str()), 0);
  ASSERT_EQ(::mkfifo(pipe.c_str(), 0600), 0);
  std::jthread feed([&] { std::ofstream(pipe) << view({.target = "/p/7"}); });
  const Result<Read> got = read(pipe);
  ASSERT_FALSE(got);
  EXPECT_NE(got.error().message.find("name a file"), std::string::npos);
}

// The two readings agree: each visit's first view is found, views lie within their visit, and there are as many visits as
// the analysis has arrivals.
TEST(PageViews, of_a_simulated_world_each_visit_has_its_views) {
  const TemporaryFolder folder;
  const std::string path = folder.write("world.log", "");
  std::ofstream out(path);
  WorldOptions world;
  world.days = 3;
  world.visits_per_day = 200;
  ASSERT_TRUE(simulate_world(world, out));
  out.close();
  AnalyzeOptions options;
  options.paths = {path};
  options.site_hosts = {"www.example.org"};
  const Result<Analysis> analysis = analyze_logs(options);
  ASSERT_TRUE(analysis);
  const Result<Read> got = read(path);
  ASSERT_TRUE(got) << got.error().message;
  EXPECT_EQ(got->findings.visits.size(), analysis->arrivals);
  std::map<size_t, size_t> begun, views;
  for (const Read::View& page : got->views) {
    ++views[page.visit];
    if (!page.begins) continue;
    ++begun[page.visit];
    EXPECT_EQ(page.path, got->findings.visits[page.visit].page);
  }
  EXPECT_EQ(views.size(), analysis->arrivals);
  EXPECT_EQ(begun.size(), analysis->arrivals);
  EXPECT_GT(got->views.size(), analysis->arrivals);
  EXPECT_EQ(got->findings.pastes.size(), analysis->unfurls_total);
}

}  // namespace
}  // namespace noctule

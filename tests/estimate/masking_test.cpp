// SPDX-License-Identifier: Apache-2.0
#include "masking.h"

#include <fmt/format.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "worlds.h"

namespace noctule {
namespace {

constexpr uint64_t kSeeds = 20, kWorlds = 12, kSeedsOfWorld = 4;
constexpr double kHeldByLog = 0.7, kHeldByAll = 0.85;

std::filesystem::path corpus() {
  const char* given = std::getenv("NOCTULE_CORPUS");
  return given != nullptr ? std::filesystem::path(given) : std::filesystem::path(NOCTULE_SOURCE_DIR).parent_path() / "shared" / "data";
}

std::vector<std::filesystem::path> logs_of_corpus() {
  std::vector<std::filesystem::path> paths;
  std::error_code missing;
  for (const auto& entry : std::filesystem::directory_iterator(corpus() / "web" / "logs", missing)) {
    if (entry.path().filename().string().find(".log.") != std::string::npos) paths.push_back(entry.path());
  }
  std::ranges::sort(paths);
  return paths;
}

struct Tally {
  size_t said = 0, held = 0;
};

// Prints one line for a log, means over its runs, and counts those that held.
Tally summarise(std::string_view name, const MaskedLog& log) {
  Tally tally;
  double low = 0, high = 0, truth = 0, hidden = 0, hidden_private = 0;
  const auto count = static_cast<double>(log.runs.size());
  for (const MaskedRun& run : log.runs) {
    tally.said += run.estimate.enough ? 1U : 0U;
    tally.held += run.estimate.enough && run.holds() ? 1U : 0U;
    low += run.estimate.central.low / count;
    high += run.estimate.central.high / count;
    truth += run.private_before / count;
    hidden += run.hidden / count;
    hidden_private += run.hidden_private / count;
  }
  fmt::print("{}: {:.0f} sources, {:.0f} private; hidden {:.0f}, {:.0f} of them private; held {} of {} (said nothing: {}); {:.0f} in {:.0f} to {:.0f}\n",
             name, log.sources, log.privates, hidden, hidden_private, tally.held, tally.said, log.runs.size() - tally.said, truth, low, high);
  return tally;
}

TEST(Masking, private_arrivals_hidden_in_real_logs_are_found_again_within_the_interval) {
  const auto paths = logs_of_corpus();
  if (paths.empty()) GTEST_SKIP() << "no corpus of real logs: set NOCTULE_CORPUS";
  Tally all;
  for (const auto& path : paths) {
    const std::string name = path.filename().string();
    const auto log = mask_log(path.string(), kSeeds);
    ASSERT_TRUE(log) << name << ": " << log.error().message;
    if (log->runs.empty()) continue;  // too few visits of known source
    const Tally tally = summarise(name, *log);
    EXPECT_GE(tally.said, kSeeds / 2) << name;
    EXPECT_GE(static_cast<double>(tally.held), kHeldByLog * static_cast<double>(tally.said)) << name;
    all.said += tally.said;
    all.held += tally.held;
  }
  EXPECT_GE(all.said, 3 * kSeeds);
  EXPECT_GE(static_cast<double>(all.held), kHeldByAll * static_cast<double>(all.said));
}

// Where no real logs are at hand: the same in worlds of which no other test knows.
TEST(Masking, private_arrivals_hidden_in_simulated_logs_are_found_again_within_the_interval) {
  Tally all;
  for (uint64_t seed = 20'002; seed < 20'002 + 2 * kWorlds; seed += 2) {
    const auto path = std::filesystem::temp_directory_path() / fmt::format("noctule-masked-{}-{}.log", getpid(), seed);
    {
      std::ofstream out(path, std::ios::binary);
      ASSERT_TRUE(simulate_world(world_of(seed), out));
    }
    const auto log = mask_log(path.string(), kSeedsOfWorld);
    std::filesystem::remove(path);
    ASSERT_TRUE(log) << log.error().message;
    const Tally tally = summarise(fmt::format("world {}", seed), *log);
    all.said += tally.said;
    all.held += tally.held;
  }
  EXPECT_GE(all.said, kWorlds * kSeedsOfWorld * 9 / 10);
  EXPECT_GE(static_cast<double>(all.held), kHeldByAll * static_cast<double>(all.said));
}

}  // namespace
}  // namespace noctule

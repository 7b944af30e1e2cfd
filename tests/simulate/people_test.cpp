// SPDX-License-Identifier: Apache-2.0
// What people, apps and machines of a world do, seen in its log.
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <algorithm>
#include <map>
#include <set>

#include "noctule/logs/log_format.h"
#include "simulated.h"

namespace noctule {
namespace {

// One world for the tests that only look at it.
const Simulated& typical() {
  static const Simulated world = simulate({.seed = 5, .days = 14, .visits_per_day = 1'500, .private_share = 0.2});
  return world;
}

double part_of(uint64_t count, uint64_t whole) { return static_cast<double>(count) / static_cast<double>(whole); }

uint64_t arrivals_by(const std::string& cause) {
  const auto found = typical().truth.arrivals_by_cause.find(cause);
  return found == typical().truth.arrivals_by_cause.end() ? 0 : found->second;
}

bool has_no_referrer(std::string_view line) { return line.find(" \"-\" \"") != std::string_view::npos; }

TEST(People, arrive_by_the_causes_of_the_mix) {
  const WorldTruth& truth = typical().truth;
  const uint64_t others = truth.arrivals - truth.private_arrivals;
  double total = 0;
  for (const char* cause : {"search", "typed", "bookmark", "feed", "newsletter", "social", "referral", "paid", "ai", "document"}) total += truth.mix.at(cause);
  for (const char* cause : {"search", "typed", "bookmark", "feed", "social", "referral", "paid", "ai"}) {
    const double expected = truth.mix.at(cause) / total;
    EXPECT_NEAR(part_of(arrivals_by(cause), others), expected, 0.15 * expected + 0.004) << cause;
  }
  // Newsletters come by issue: a window holds one more or less.
  EXPECT_NEAR(part_of(arrivals_by("newsletter"), others), truth.mix.at("newsletter") / total, 0.035);
  EXPECT_NEAR(part_of(truth.private_arrivals, truth.arrivals), 0.2, 0.03);
}

TEST(People, open_most_links_from_chats_without_referrer_in_a_plain_browser) {
  const std::vector<std::string_view> lines = lines_of(typical().log);
  std::map<std::string, std::pair<double, double>> bare;  // app -> without referrer and trace, all
  for (const ArrivalTruth& arrival : typical().arrivals) {
    if (arrival.generation == 0) continue;
    auto& [count, all] = bare[arrival.app];
    count += has_no_referrer(lines[arrival.line - 1]) && !arrival.with_trace;
    ++all;
  }
  for (const char* app : {"whatsapp", "signal", "imessage", "sms"}) EXPECT_GT(bare[app].first / bare[app].second, 0.75) << app;
  EXPECT_LT(bare["messenger"].first / bare["messenger"].second, 0.15);
}

TEST(People, who_hold_an_android_phone_get_no_imessage) {
  const std::vector<std::string_view> lines = lines_of(typical().log);
  size_t seen = 0;
  for (const ArrivalTruth& arrival : typical().arrivals) {
    if (arrival.app != "imessage") continue;
    ++seen;
    EXPECT_NE(lines[arrival.line - 1].find("iPhone"), std::string_view::npos) << lines[arrival.line - 1];
  }
  EXPECT_GT(seen, 100U);
}

TEST(People, pass_links_on_over_generations_that_thin_out) {
  std::map<int, uint64_t> by_generation;
  for (const ArrivalTruth& arrival : typical().arrivals) ++by_generation[arrival.generation];
  EXPECT_GT(by_generation[1], by_generation[2]);
  EXPECT_GT(by_generation[2], by_generation[3]);
  EXPECT_GT(by_generation[3], 0U);
}

RC_GTEST_PROP(People, share_in_cascades_that_stay_finite, ()) {
  WorldOptions options{.seed = *rc::gen::arbitrary<uint64_t>(), .days = 3, .visits_per_day = 300, .vary_mix = true};
  options.private_share = *rc::gen::element(0.05, 0.45, 0.9);
  const WorldTruth truth = simulate(options).truth;
  RC_ASSERT(truth.arrivals < 3 * 3 * 300);
}

TEST(People, carry_click_ids_along_when_they_pass_a_link_on) {
  const std::vector<std::string_view> lines = lines_of(typical().log);
  std::map<std::string_view, std::set<std::string_view>> addresses_of_id;
  for (const ArrivalTruth& arrival : typical().arrivals) {
    const std::string_view line = lines[arrival.line - 1];
    const size_t at = line.find("fbclid=");
    if (at != std::string_view::npos) addresses_of_id[line.substr(at, line.find(' ', at) - at)].insert(line.substr(0, line.find(' ')));
  }
  EXPECT_GT(addresses_of_id.size(), 500U);
  EXPECT_GT(std::ranges::count_if(addresses_of_id, [](const auto& entry) { return entry.second.size() >= 2; }), 20);
}

TEST(People, mostly_ask_for_an_asset_or_a_second_page_and_some_leave_no_such_sign) {
  const auto corroborated = static_cast<uint64_t>(std::ranges::count_if(typical().arrivals, &ArrivalTruth::corroborated));
  EXPECT_NEAR(part_of(corroborated, typical().truth.arrivals), 0.88, 0.06);
  EXPECT_LT(typical().truth.private_visible, typical().truth.private_deep_arrivals);
}

TEST(People, who_are_called_corroborated_have_a_page_of_the_site_as_referrer_in_a_later_line) {
  const std::vector<std::string_view> lines = lines_of(typical().log);
  // address, user agent and page of every request that the site's own page led to
  std::set<std::string> followed;
  const std::string own = "https://www.example.org";
  const auto address_of = [](std::string_view line) { return line.substr(0, line.find(' ')); };
  const auto agent_of = [](std::string_view line) { return line.substr(line.rfind(" \"")); };
  for (const std::string_view line : lines) {
    const size_t at = line.find("\"https://www.example.org");
    if (at == std::string_view::npos) continue;
    const std::string_view page = line.substr(at + 1 + own.size(), line.find('"', at + 1) - at - 1 - own.size());
    followed.insert(std::string(address_of(line)) + std::string(page) + std::string(agent_of(line)));
  }
  size_t checked = 0;
  for (const ArrivalTruth& arrival : typical().arrivals) {
    if (!arrival.corroborated) continue;
    const std::string_view line = lines[arrival.line - 1];
    const size_t target = line.find("GET ") + 4;
    const std::string_view url = line.substr(target, line.find(' ', target) - target);
    ASSERT_TRUE(followed.contains(std::string(address_of(line)) + std::string(url) + std::string(agent_of(line)))) << line;
    ++checked;
  }
  EXPECT_GT(checked, 10'000U);
}

TEST(Machines, are_nine_in_ten_of_what_lands_deep_without_referrer) {
  const WorldTruth& truth = typical().truth;
  // A third of them also try paths that do not exist: 0.35 * 2.5 probes for 2.2 pages.
  const double landings = static_cast<double>(truth.machine_hits.at("scanner")) / (1 + 0.35 * 2.5 / 2.2);
  EXPECT_NEAR(landings / static_cast<double>(truth.dark_landings), 9, 2.5);
}

TEST(Machines, of_every_kind_are_there) {
  for (const char* machine : {"crawler", "scanner", "probe", "monitor", "mail_gateway", "prefetch", "http_client", "feed_poller", "preview:public",
                              "preview:whatsapp", "preview:signal", "preview:imessage", "preview:telegram", "preview:messenger", "preview:slack",
                              "preview:discord", "preview:teams", "preview:snapchat", "preview:viber"}) {
    EXPECT_GT(typical().truth.machine_hits.count(machine), 0U) << machine;
  }
}

TEST(Machines, of_whatsapp_signal_and_imessage_fetch_from_the_senders_own_address) {
  std::set<std::string_view> visitors;
  const std::vector<std::string_view> lines = lines_of(typical().log);
  for (const ArrivalTruth& arrival : typical().arrivals) visitors.insert(lines[arrival.line - 1].substr(0, lines[arrival.line - 1].find(' ')));
  const auto part_from_visitors = [&](std::string_view agent) {
    double from_visitors = 0, all = 0;
    for (const std::string_view line : lines) {
      if (line.find(agent) == std::string_view::npos) continue;
      from_visitors += visitors.contains(line.substr(0, line.find(' ')));
      ++all;
    }
    return from_visitors / all;
  };
  EXPECT_GT(part_from_visitors("\"WhatsApp/2"), 0.6);
  EXPECT_EQ(part_from_visitors("TelegramBot"), 0);
  EXPECT_EQ(part_from_visitors("Discordbot"), 0);
}

TEST(Machines, of_whatsapp_ask_for_each_prefix_that_is_typed) {
  std::set<std::string> paths;
  for (const ArrivalTruth& arrival : typical().arrivals) paths.insert(arrival.page);
  size_t prefixes = 0;
  for (const std::string_view line : lines_of(typical().log)) {
    if (line.find("\"WhatsApp/2") == std::string_view::npos || line.find("\" 404 ") == std::string_view::npos) continue;
    const size_t target = line.find("GET ") + 4;
    const std::string prefix(line.substr(target, line.find(' ', target) - target));
    const auto whole = paths.lower_bound(prefix);
    ASSERT_TRUE(whole != paths.end() && whole->starts_with(prefix)) << line;
    ++prefixes;
  }
  EXPECT_GT(prefixes, 20U);
}

}  // namespace
}  // namespace noctule

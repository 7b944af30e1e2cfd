// SPDX-License-Identifier: Apache-2.0
// docs/privacy.md says what is done: its examples come out as it has them, its numbers are the code's, and what it says is not
// read changes nothing.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <fstream>
#include <iterator>
#include <regex>
#include <string>

#include "noctule/collect/cleaning.h"
#include "noctule/settings/settings.h"
#include "opaque.h"
#include "requests.h"

namespace noctule {
namespace {

std::string read_document() {
  std::ifstream file(NOCTULE_SOURCE_DIR "/docs/privacy.md");
  return {std::istreambuf_iterator<char>(file), {}};
}

TEST(PrivacyDocument, its_user_agent_is_reduced_as_it_says) {
  const std::string text = read_document();
  const std::regex pair("```\n(Mozilla[^\n]*)\n(Mozilla[^\n]*)\n```");
  std::smatch found;
  ASSERT_TRUE(std::regex_search(text, found, pair));
  EXPECT_EQ(reduce_user_agent(found[1].str()), found[2].str());
}

TEST(PrivacyDocument, its_pages_are_kept_as_it_says) {
  const std::string text = read_document();
  const std::regex row("\\| `(https://[^`]*)` \\| `([^`]*)` \\|");
  size_t rows = 0;
  for (std::sregex_iterator at(text.begin(), text.end(), row), end; at != end; ++at, ++rows) {
    const CollectOutcome outcome = collect(TestRequest(Protocol::Events, fmt::format(R"({{"type":"pageview","site":"example.org","url":"{}"}})", (*at)[1].str())));
    ASSERT_EQ(outcome.kept, 1U) << (*at)[1];
    EXPECT_EQ(events_of(outcome).at(0).path, (*at)[2].str()) << (*at)[1];
  }
  EXPECT_GT(rows, 5U);
}

TEST(PrivacyDocument, its_numbers_are_those_of_the_code) {
  const std::string text = read_document();
  const Site site;
  EXPECT_EQ(site.mode, ConsentMode::Exempt);
  for (const std::string& part :
       {fmt::format("texts of {} characters or more", kOpaqueSizeMin), fmt::format("k-threshold ({}, unless changed)", site.k_threshold),
        fmt::format("at most 25 months ({} days)", kRetentionDaysMaxExempt), fmt::format("retention, at most {} days", kRetentionDaysMaxExempt),
        fmt::format("| of echoes | keyed hashes of click and recipient ids (consented mode) | {} days |", kEchoKeyDays),
        fmt::format("for {} days comparable", kEchoKeyDays)}) {
    EXPECT_NE(text.find(part), std::string::npos) << part;
  }
}

TEST(PrivacyDocument, ids_that_are_not_read_change_nothing_that_is_kept) {
  TestRequest plain(Protocol::Matomo), named(Protocol::Matomo);
  plain.query = "idsite=1&rec=1&url=https%3A%2F%2Fexample.org%2Fa";
  named.query = plain.query + "&_id=0123456789abcdef&uid=ada&cid=fedcba9876543210";
  ASSERT_EQ(collect(plain).kept, 1U);
  EXPECT_EQ(collect(named).events, collect(plain).events);
  const auto umami = [](std::string_view more) {
    return collect(TestRequest(Protocol::UmamiSend, fmt::format(R"({{"type":"event","payload":{{"website":"11111111-2222-4333-8444-555555555555","url":"/a"{}}}}})", more)));
  };
  ASSERT_EQ(umami("").kept, 1U);
  EXPECT_EQ(umami(R"(,"id":"ada")").events, umami("").events);
}

TEST(PrivacyDocument, values_of_click_ids_are_the_same_for_everybody) {
  const auto tags = [](std::string_view value) {
    const CollectOutcome outcome = collect(TestRequest(Protocol::Events, fmt::format(R"({{"type":"pageview","site":"example.org","url":"https://example.org/?{}"}})", value)));
    return std::string(events_of(outcome).at(0).tags);
  };
  for (const std::string_view name : {"fbclid", "gclid", "mc_eid"}) {
    const std::string kept = tags(fmt::format("{}=IwAR0a1b2c3d4e5f6g7h8i9j", name));
    EXPECT_TRUE(kept.starts_with(name)) << kept;
    EXPECT_EQ(tags(fmt::format("{}=Zk9xYq2Lm4Pw7Rt1Vb8Nc3Qs", name)), kept);
  }
}

// Of what a request holds, the objection alone is counted, whichever protocol it speaks.
TEST(PrivacyDocument, objections_are_honoured_for_every_protocol) {
  const auto asked = [](Protocol protocol) {
    TestRequest request(protocol);
    switch (protocol) {
      case Protocol::Events: request.set_body(R"({"type":"pageview","site":"example.org","url":"https://example.org/a"})"); break;
      case Protocol::Plausible: request.set_body(R"({"n":"pageview","u":"https://example.org/a","d":"example.org"})"); break;
      case Protocol::UmamiSend: request.set_body(R"({"type":"event","payload":{"website":"11111111-2222-4333-8444-555555555555","url":"/a"}})"); break;
      case Protocol::UmamiBatch: request.set_body(R"([{"type":"event","payload":{"website":"11111111-2222-4333-8444-555555555555","url":"/a"}}])"); break;
      case Protocol::GoatCounterCount: request.set_body(R"({"hits":[{"path":"/a","host":"example.org"}]})"); break;
      case Protocol::Pixel: request.query = "site=example.org&url=https%3A%2F%2Fexample.org%2Fa"; break;
      case Protocol::GoatCounterPixel: request.query = "code=example.org&p=%2Fa"; break;
      case Protocol::Matomo: request.query = "idsite=1&rec=1&url=https%3A%2F%2Fexample.org%2Fa"; break;
    }
    return request;
  };
  for (const Protocol protocol : {Protocol::Events, Protocol::Pixel, Protocol::Plausible, Protocol::UmamiSend, Protocol::UmamiBatch, Protocol::GoatCounterPixel,
                                  Protocol::GoatCounterCount, Protocol::Matomo}) {
    TestRequest request = asked(protocol);
    EXPECT_EQ(collect(request).kept, 1U) << static_cast<int>(protocol);
    for (const bool gpc : {true, false}) {
      request.gpc = gpc;
      request.dnt = !gpc;
      const CollectOutcome outcome = collect(request);
      EXPECT_TRUE(outcome.events.empty()) << static_cast<int>(protocol);
      EXPECT_EQ(outcome.first_drop, gpc ? Drop::Gpc : Drop::Dnt) << static_cast<int>(protocol);
    }
  }
}

}  // namespace
}  // namespace noctule

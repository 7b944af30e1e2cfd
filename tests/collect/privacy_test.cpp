// SPDX-License-Identifier: Apache-2.0
// Whatever place a client puts an address, an e-mail address or a secret in, the encoded events and the debug answer hold none
// of it: neither as it is, nor escaped, nor in other letters' case.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <span>

#include "form.h"
#include "noctule/base/text.h"
#include "requests.h"

namespace noctule {
namespace {

struct Secret {
  std::string_view text;    // what is put in
  std::string_view traces;  // what must not be found, '|' between them
};

constexpr size_t kAddresses = 6;  // they come first
constexpr std::array kSecrets = {
    Secret{"ada.lovelace@example.org", "lovelace"},
    Secret{"ada.lovelace%40example.org", "lovelace"},
    Secret{"ada.lovelace%2540example.org", "lovelace"},
    Secret{"203.0.113.77", "203.0.113"},
    Secret{"2001:db8:77::1", "db8:77|db8%3a77"},
    Secret{"2001%3Adb8%3A77%3A%3A1", "db8:77|db8%3a77"},
    Secret{"eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJhZGEifQ.c2lnbmF0dXJl", "eyJhbG|eyJzdWI|c2lnbmF0"},
    Secret{"6f1c2a9b-5d3e-4c8f-9a7b-0e1d2c3b4a5f", "6f1c2a9b|0e1d2c3b"},
    Secret{"Zk9xYq2Lm4Pw7Rt1Vb8Nc3", "Zk9xYq2L"},
    Secret{"d41d8cd98f00b204e9800998ecf8427e", "d41d8cd9"}};

// Each with {} where the secret goes.
constexpr std::array kUrls = {"https://example.org/{}",
                              "https://example.org/a/{}/b",
                              "https://example.org/?id={}",
                              "https://example.org/?page=1&id={}&x=2",
                              "https://example.org/?token={}",
                              "https://example.org/?email={}",
                              "https://example.org/?utm_campaign={}",
                              "https://example.org/?utm_content={}&utm_source=whatsapp",
                              "https://example.org/?utm_term={}",
                              "https://example.org/?fbclid={}",
                              "https://example.org/?gclid={}",
                              "https://example.org/?mc_eid={}",
                              "https://example.org/?igsh={}",
                              "https://example.org/?anything={}",
                              "https://example.org/#{}",
                              "https://example.org/#/{}",
                              "https://example.org/#access_token={}",
                              "https://example.org/#/x?utm_content={}",
                              "https://{}:{}@example.org/",
                              "https://example.org/;jsessionid={}"};

constexpr std::array kBodies = {
    R"({{"n":"pageview","u":"{0}","d":"example.org","h":1}})",
    R"({{"n":"pageview","u":"https://example.org/","d":"example.org","r":"{0}"}})",
    R"({{"n":"Link","u":"https://example.org/","d":"example.org","p":{{"url":"{0}"}}}})"};

std::string replaced(std::string text, std::string_view from, std::string_view to) {
  for (size_t at = 0; (at = text.find(from, at)) != std::string::npos; at += to.size()) text.replace(at, from.size(), to);
  return text;
}

void expect_no_trace(const CollectOutcome& outcome, const Secret& secret, const std::string& body) {
  std::string kept = lower(outcome.events) + lower(outcome.debug);
  kept += percent_decode(kept);
  for (std::string_view rest = secret.traces; !rest.empty();) {
    const std::string_view trace = rest.substr(0, rest.find('|'));
    rest.remove_prefix(std::min(trace.size() + 1, rest.size()));
    EXPECT_EQ(kept.find(lower(trace)), std::string::npos) << body << "\n" << outcome.debug;
  }
}

TEST(CollectPrivacy, nothing_of_a_secret_in_an_address_is_kept) {
  for (const Secret& secret : kSecrets) {
    for (const std::string_view url : kUrls) {
      for (const std::string_view body : kBodies) {
        const std::string text = fmt::format(fmt::runtime(body), replaced(std::string(url), "{}", secret.text));
        expect_no_trace(collect(TestRequest(Protocol::Plausible, text)), secret, text);
        const std::string consented = replaced(replaced(text, "https://example.org", "https://consented.example.net"), R"("d":"example.org")", R"("d":"consented.example.net")");
        expect_no_trace(collect(TestRequest(Protocol::Plausible, consented)), secret, consented);
      }
    }
  }
}

TEST(CollectPrivacy, nothing_of_a_secret_in_another_field_is_kept) {
  for (const Secret& secret : kSecrets) {
    for (const char* body : {R"({{"n":"pageview","u":"https://example.org/","d":"example.org","p":{{"who":"{0}"}}}})",
                             R"({{"n":"Order","u":"https://example.org/","d":"example.org","p":{{"email":"{0}","token":"{0}"}}}})"}) {
      const std::string text = fmt::format(fmt::runtime(body), secret.text);
      expect_no_trace(collect(TestRequest(Protocol::Plausible, text)), secret, text);
    }
    TestRequest umami(Protocol::UmamiSend, fmt::format(R"({{"type":"event","payload":{{"website":"11111111-2222-4333-8444-555555555555","url":"/","id":"{0}","ip":"{0}","title":"{0}"}}}})", secret.text));
    expect_no_trace(collect(umami), secret, "umami");
    TestRequest matomo(Protocol::Matomo);
    matomo.query = fmt::format("idsite=1&rec=1&url=https%3A%2F%2Fexample.org%2F&_id={0}&uid={0}&cid={0}&cip={0}&action_name={0}&search={0}", percent_encode_field(secret.text));
    expect_no_trace(collect(matomo), secret, "matomo");
  }
}

// Also with words around them, where nobody would take the whole for a secret.
TEST(CollectPrivacy, no_address_inside_of_a_text_is_kept) {
  for (const Secret& secret : std::span(kSecrets).first(kAddresses)) {
    for (const std::string_view body : {
             R"({"n":"pageview","u":"https://example.org/from-{}-on/b","d":"example.org"})",
             R"({"n":"pageview","u":"https://example.org/?id=at%20{}%20once&x=1","d":"example.org"})",
             R"({"n":"pageview","u":"https://example.org/?utm_campaign=mail-to-{}","d":"example.org"})",
             R"({"n":"pageview","u":"https://example.org/","d":"example.org","r":"https://example.net/from-{}-on/b"})",
             R"({"n":"Order","u":"https://example.org/","d":"example.org","p":{"note":"by {}, twice"}})",
             R"({"n":"Order","u":"https://example.org/","d":"example.org","p":{"of {}":"1"}})",
             R"({"n":"{}","u":"https://example.org/","d":"example.org"})",
             R"({"n":"seen by {}:443","u":"https://example.org/","d":"example.org"})"}) {
      const std::string text = replaced(std::string(body), "{}", secret.text);
      expect_no_trace(collect(TestRequest(Protocol::Plausible, text)), secret, text);
    }
  }
}

TEST(CollectPrivacy, the_address_of_the_client_is_nowhere) {
  for (const char* address : {"203.0.113.77", "2001:db8:77::1"}) {
    TestRequest request(Protocol::Plausible, R"({"n":"pageview","u":"https://example.org/","d":"example.org"})");
    request.address = address;
    expect_no_trace(collect(request), {address, "203.0.113|db8:77"}, address);
  }
}

TEST(CollectPrivacy, a_user_agent_is_kept_without_model_build_and_minor_versions) {
  TestRequest request(Protocol::Plausible, R"({"n":"pageview","u":"https://example.org/","d":"example.org"})");
  request.user_agent =
      "Mozilla/5.0 (Linux; Android 14; SM-G991B Build/UP1A.231005.007; wv) AppleWebKit/537.36 (KHTML, like Gecko) Version/4.0 Chrome/124.0.6367.91 Mobile "
      "Safari/537.36 Instagram 330.0.0.40.92 Android (34/14; 420dpi; 1080x2176; samsung; SM-G991B; o1s; exynos2100; de_DE; 596227502)";
  const std::string events = collect(request).events;
  for (const char* trace : {"SM-G991B", "231005", "6367", "1080x2176", "596227502", "de_DE", "330.0.0.40"}) EXPECT_EQ(events.find(trace), std::string::npos) << trace;
}

// Who tells of the past with one key in force must not tie a visitor's days together.
TEST(CollectPrivacy, a_visitor_of_whom_several_days_are_told_at_once_has_a_pseudonym_for_each) {
  TestRequest request(Protocol::Events, R"({"events": [
    {"type": "pageview", "site": "example.org", "url": "https://example.org/a"},
    {"type": "pageview", "site": "example.org", "url": "https://example.org/b", "time": "2026-05-01T00:00:01Z"},
    {"type": "pageview", "site": "example.org", "url": "https://example.org/c", "time": "2026-04-30T23:59:59Z"},
    {"type": "pageview", "site": "example.org", "url": "https://example.org/d", "time": "2026-04-30T01:00:00Z"},
    {"type": "pageview", "site": "example.org", "url": "https://example.org/e", "time": "2026-04-29T01:00:00Z"}]})");
  request.api_key_ok = true;
  request.key_site = SiteId{1};
  const CollectOutcome outcome = collect(request);
  const std::vector<Event> events = events_of(outcome);
  ASSERT_EQ(events.size(), 5U);
  EXPECT_EQ(events[0].visitor, events[1].visitor);
  EXPECT_EQ(events[2].visitor, events[3].visitor);
  EXPECT_NE(events[0].visitor, events[2].visitor);
  EXPECT_NE(events[0].visitor, events[4].visitor);
  EXPECT_NE(events[2].visitor, events[4].visitor);
}

}  // namespace
}  // namespace noctule

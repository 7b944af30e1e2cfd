#pragma once
// SPDX-License-Identifier: Apache-2.0
// Sites, keys, a clock and requests for the tests of the collector.
#include <string>
#include <vector>

#include "noctule/collect/collector.h"

namespace noctule {

inline constexpr int64_t kTestNowMs = 1'777'636'800'000;  // 2026-05-01T12:00:00Z
inline constexpr std::string_view kTestBrowser =
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/124.0.6367.91 Safari/537.36";

// 1 example.org (exempt), 2 consented.example.net (consented), 3 localhost, 4 shop.example.org.
SiteBook test_sites();
PseudonymKeys test_keys();

// A request that owns its texts; the body is padded as the collector wants it.
class TestRequest {
 public:
  explicit TestRequest(Protocol protocol, std::string body = {}) : protocol_(protocol), body_(std::move(body)) { body_.reserve(body_.size() + kBodyPadding); }
  std::string query, content_type = "application/json", user_agent{kTestBrowser}, referer, origin, authorization, address = "192.0.2.17";
  bool gpc = false, dnt = false, prefetch = false, debug = true, api_key_ok = false;
  SiteId key_site = SiteId::None;
  [[nodiscard]] CollectRequest view() const;
  void set_body(std::string body) {
    body_ = std::move(body);
    body_.reserve(body_.size() + kBodyPadding);
  }

 private:
  Protocol protocol_;
  std::string body_;
};

CollectOutcome collect(const TestRequest& request);
// The events of an outcome; their texts live as long as it does.
std::vector<Event> events_of(const CollectOutcome& outcome);

}  // namespace noctule

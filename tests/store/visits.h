#pragma once
// SPDX-License-Identifier: Apache-2.0
// Events for tests of visits.
#include <string>
#include <vector>

#include "noctule/base/random.h"
#include "noctule/model/event.h"

namespace noctule::testing {

inline constexpr int64_t kNoon = 1'798'632'000'000;  // 2026-12-30T12:00:00Z
inline constexpr int64_t kMinute = 60'000;
inline constexpr std::string_view kFirefox = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0";
inline constexpr std::string_view kSafari = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.0 Mobile/15E148 Safari/604.1";

inline Event page(int64_t instant_ms, uint64_t visitor, std::string_view path) {
  Event event;
  event.site = SiteId{1};
  event.instant_ms = instant_ms;
  event.visitor = Pseudonym(visitor);
  event.host = "example.org";
  event.path = path;
  event.user_agent = kFirefox;
  return event;
}

// So many events of a lively site, some late by less than a pause, a few with the id of one before. Seeded.
inline std::vector<Event> lively_events(uint64_t seed, size_t count) {
  static constexpr std::string_view kPaths[] = {"/", "/blog/a-story-of-bats", "/shop/", "/blog/another-story?page=2", "/about"};
  static constexpr std::string_view kReferrers[] = {"", "", "", "https://www.google.com/", "https://example.net/post", "https://example.org/", "android-app://com.whatsapp/"};
  static constexpr std::string_view kTags[] = {"", "", "", "utm_source=news&utm_medium=email&utm_campaign=May+%C3%A9", "utm_source=whatsapp", "fbclid=xxxxxxxxxxxxxxxxxxxxxxxx"};
  Random random(seed);
  std::vector<Event> events;
  int64_t now = kNoon;
  for (size_t i = 0; i < count; ++i) {
    now += static_cast<int64_t>(random.exponential(40'000));
    Event event = page(now, 1 + random.below(12), kPaths[random.below(std::size(kPaths))]);
    event.site = static_cast<SiteId>(1 + random.below(2));
    event.id = random.chance(0.5) ? 1 + random.below(count) : 0;
    event.referrer = kReferrers[random.below(std::size(kReferrers))];
    event.tags = kTags[random.below(std::size(kTags))];
    if (event.tags.starts_with("fbclid")) event.click_hash = 1 + random.below(4);
    else if (random.chance(0.1)) event.instant_ms -= static_cast<int64_t>(random.below(20 * kMinute));
    event.user_agent = event.visitor.value() % 2 == 0 ? kFirefox : kSafari;
    const double kind = random.uniform();
    if (kind < 0.2) {
      event.kind = EventKind::Engagement;
      event.engaged_ms = static_cast<int32_t>(random.below(90'000));
      event.scroll_percent = static_cast<uint8_t>(random.below(101));
    } else if (kind < 0.3) {
      event.kind = EventKind::Custom;
      event.name = "Signup";
      event.interactive = random.chance(0.5);
      event.properties = R"({"plan":"yearly"})";
    } else if (kind < 0.35) {
      event.kind = EventKind::Unfurl;
      event.origin = EventOrigin::Log;
      event.visitor = Pseudonym(0);
      event.user_agent = "WhatsApp/2.23.20.0";
    }
    events.push_back(event);
  }
  return events;
}

}  // namespace noctule::testing

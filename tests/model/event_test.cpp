// SPDX-License-Identifier: Apache-2.0
#include "noctule/model/event.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

namespace noctule {
namespace {

void expect_same(const Event& a, const Event& b) {
  RC_ASSERT(a.site == b.site && a.kind == b.kind && a.origin == b.origin && a.instant_ms == b.instant_ms && a.visitor == b.visitor && a.id == b.id);
  RC_ASSERT(a.name == b.name && a.host == b.host && a.path == b.path && a.referrer == b.referrer && a.tags == b.tags && a.user_agent == b.user_agent);
  RC_ASSERT(a.click_hash == b.click_hash && a.recipient_hash == b.recipient_hash && a.viewport_width == b.viewport_width);
  RC_ASSERT(a.engaged_ms == b.engaged_ms && a.scroll_percent == b.scroll_percent && a.interactive == b.interactive);
  RC_ASSERT(a.properties == b.properties && a.revenue_micros == b.revenue_micros && a.currency == b.currency);
}

RC_GTEST_PROP(EventCodec, what_was_encoded_comes_back_one_after_the_other,
              (uint32_t site, uint8_t kind, uint8_t origin, int64_t instant, uint64_t hash, std::string text, std::string other, int32_t engaged,
               uint16_t width, int64_t revenue)) {
  Event event;
  event.site = static_cast<SiteId>(site);
  event.kind = static_cast<EventKind>(kind % 4);
  event.origin = static_cast<EventOrigin>(origin % 8);
  event.instant_ms = instant;
  event.visitor = Pseudonym(hash);
  event.id = ~hash;
  event.name = text;
  event.host = other;
  event.path = text;
  event.referrer = other;
  event.tags = text;
  event.user_agent = other;
  event.click_hash = hash * 3;
  event.recipient_hash = hash * 5;
  event.viewport_width = width;
  event.engaged_ms = engaged;
  event.scroll_percent = kind;
  event.interactive = (kind & 1) != 0;
  event.properties = other;
  event.revenue_micros = revenue;
  event.currency = text;
  std::string bytes;
  append_encoded(event, bytes);
  append_encoded(Event{}, bytes);
  std::string_view rest = bytes;
  const Result<Event> first = take_encoded(rest);
  RC_ASSERT(first.has_value());
  expect_same(event, *first);
  const Result<Event> second = take_encoded(rest);
  RC_ASSERT(second.has_value());
  expect_same(Event{}, *second);
  RC_ASSERT(rest.empty());
}

TEST(EventCodec, every_cut_and_every_unknown_kind_is_refused) {
  Event event;
  event.path = "/a";
  event.properties = "{}";
  std::string bytes;
  append_encoded(event, bytes);
  for (size_t size = 0; size < bytes.size(); ++size) {
    std::string_view cut = std::string_view(bytes).substr(0, size);
    EXPECT_FALSE(take_encoded(cut)) << size;
    EXPECT_EQ(cut.size(), size);
  }
  for (const size_t at : {0u, 2u, 3u}) {
    std::string changed = bytes;
    changed[at] = 99;
    std::string_view view = changed;
    EXPECT_FALSE(take_encoded(view)) << at;
  }
}

}  // namespace
}  // namespace noctule

// SPDX-License-Identifier: Apache-2.0
#include "world.h"

#include <gtest/gtest.h>

#include "answer_text.h"
#include "zone.h"

namespace noctule::testing {

World::World(std::string zone) {
  site.id = SiteId{1};
  site.domain = "dummy.site";
  site.time_zone = std::move(zone);
  auto opened = open_duckdb({.path = ":memory:"});
  if (!opened) throw std::runtime_error(opened.error().message);
  store = std::move(*opened);
  engine_ = std::make_unique<QueryEngine>(*store);
}

std::string_view World::keep(std::string text) { return texts_.emplace_back(std::move(text)); }

EventRow& World::raw(EventRow row) {
  row.site = static_cast<uint32_t>(site.id);
  return added_.emplace_back(row);
}

EventRow& World::visit(int64_t time, uint64_t visitor, std::string_view page) {
  EventRow row;
  row.time = time;
  row.visitor = visitor;
  row.visit = ++visits_[visitor];
  row.host = "dummy.site";
  row.path = row.entry_path = keep(std::string(page));
  row.visits = row.bounces = 1;
  row.channel = static_cast<uint8_t>(Channel::Direct);
  row.grade = static_cast<uint8_t>(Grade::Direct);
  return raw(row);
}

EventRow& World::view(const EventRow& arrival, int64_t time, std::string_view page) {
  EventRow row = arrival;
  row.duration_ms = time - arrival.time;
  row.time = time;
  row.path = keep(std::string(page));
  row.kind = static_cast<uint8_t>(EventKind::Pageview);
  row.visits = 0;
  row.bounces = 0;
  row.engaged_ms = 0;
  row.scroll = kScrollUnknown;
  return raw(row);
}

EventRow& World::custom(const EventRow& arrival, int64_t time, std::string_view name) {
  EventRow& row = view(arrival, time, arrival.path);
  row.kind = static_cast<uint8_t>(EventKind::Custom);
  row.name = keep(std::string(name));
  return row;
}

EventRow& World::engagement(const EventRow& page, int64_t time, int32_t engaged_ms, uint8_t scroll) {
  EventRow& row = view(page, time, page.path);
  row.kind = static_cast<uint8_t>(EventKind::Engagement);
  row.engaged_ms = engaged_ms;
  row.scroll = scroll;
  return row;
}

EventRow& World::unfurl(int64_t time, std::string_view page, std::string_view app) {
  EventRow row;
  row.kind = static_cast<uint8_t>(EventKind::Unfurl);
  row.origin = static_cast<uint8_t>(EventOrigin::Log);
  row.time = time;
  row.host = "dummy.site";
  row.path = keep(std::string(page));
  row.app = keep(std::string(app));
  return raw(row);
}

void World::load() {
  const std::vector<EventRow> batch(added_.begin(), added_.end());
  added_.clear();
  rows.insert(rows.end(), batch.begin(), batch.end());
  const auto appended = store->append(static_cast<BatchId>(++batch_), batch);
  ASSERT_TRUE(appended.has_value()) << appended.error().message;
}

int World::roll_up(int64_t now_ms, int days_max) {
  const auto made = engine_->roll_up({site}, now_ms, days_max);
  EXPECT_TRUE(made.has_value()) << made.error().message;
  return made.value_or(-1);
}

Result<std::string> World::ask(const Json& question, int64_t now_ms, bool published, AnswerFormat format) {
  return engine_->answer(question.dump(), {site, now_ms, published}, format);
}

Json World::answer(const Json& question, int64_t now_ms, bool published) {
  const auto answer = ask(question, now_ms, published);
  EXPECT_TRUE(answer.has_value()) << answer.error().message << "\n" << question.dump();
  return answer ? Json::parse(*answer) : Json();
}

Json World::answer_from_events(const Json& question, int64_t now_ms) {
  auto parsed = parse_question(question.dump());
  EXPECT_TRUE(parsed.has_value()) << parsed.error().message;
  const Zone zone = *Zone::find(site.time_zone);
  parsed->question.range = resolve_range(parsed->range, zone, now_ms, now_ms, false);
  const AnswerContext context{{{static_cast<uint32_t>(site.id), 1, &zone}, "", now_ms, false}, 0};
  const auto answer = answer_question(parsed->question, context, *store);
  EXPECT_TRUE(answer.has_value()) << answer.error().message;
  return answer ? Json::parse(to_json(*parsed, *answer, {}, zone)) : Json();
}

std::string World::error(const Json& question, int64_t now_ms) {
  const auto answer = ask(question, now_ms);
  EXPECT_FALSE(answer.has_value()) << question.dump();
  return answer ? std::string() : answer.error().message;
}

}  // namespace noctule::testing

#pragma once
// SPDX-License-Identifier: Apache-2.0
// A small made-up site in a store in memory: rows by hand, or many at random, and answers as JSON.
#include <deque>
#include <map>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "noctule/base/civil_time.h"
#include "noctule/base/random.h"
#include "noctule/query/query.h"
#include "noctule/store/store.h"

namespace noctule::testing {

using Json = nlohmann::ordered_json;

inline int64_t instant(int year, int month, int day, int hour = 12, int minute = 0, int second = 0) {
  return instant_ms_from_civil({.year = year, .month = month, .day = day, .hour = hour, .minute = minute, .second = second}, 0);
}

class World {
 public:
  explicit World(std::string zone = "UTC");

  // The first page view of a visit; the visitor's visits are numbered from 1.
  EventRow& visit(int64_t time, uint64_t visitor, std::string_view page);
  // Further rows of a visit, with its arrival.
  EventRow& view(const EventRow& arrival, int64_t time, std::string_view page);
  EventRow& custom(const EventRow& arrival, int64_t time, std::string_view name);
  EventRow& engagement(const EventRow& page, int64_t time, int32_t engaged_ms, uint8_t scroll);
  EventRow& unfurl(int64_t time, std::string_view page, std::string_view app);
  EventRow& raw(EventRow row);
  std::string_view keep(std::string text);  // for as long as this lives

  void load();                              // appends what is new as one batch
  int roll_up(int64_t now_ms, int days_max = 1'000);
  [[nodiscard]] Result<std::string> ask(const Json& question, int64_t now_ms, bool published = false, AnswerFormat format = AnswerFormat::Json);
  // The answer's JSON; a failure fails the test.
  [[nodiscard]] Json answer(const Json& question, int64_t now_ms, bool published = false);
  // The same without roll-ups.
  [[nodiscard]] Json answer_from_events(const Json& question, int64_t now_ms);
  [[nodiscard]] std::string error(const Json& question, int64_t now_ms = 0);

  Site site;
  std::unique_ptr<Store> store;
  std::vector<EventRow> rows;               // all of them, loaded or not

 private:
  std::deque<EventRow> added_;
  std::deque<std::string> texts_;
  std::unique_ptr<QueryEngine> engine_;
  int64_t batch_ = 0;
  std::map<uint64_t, uint16_t> visits_;
};

}  // namespace noctule::testing

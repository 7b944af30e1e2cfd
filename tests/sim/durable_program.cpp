// SPDX-License-Identifier: Apache-2.0
// Numbered events through journal, loader and store, for a test that kills it.
//
//   durable_program run FOLDER SEED FIRST [ERRNO FROM TO]
//     appends events numbered from FIRST on and says on stdout, a line each: "s A B" before events A to B are appended, "a A B" once
//     they are acknowledged. What FOLDER/again names ("A B" a line) is appended first. The disk fails from its operation FROM to TO.
//   durable_program count FOLDER
//     loads what waits and says "n NUMBER COUNT" for each event that is stored.
//
// Events with even numbers have an id, so that they may be sent again. Exit code 3: something could not be opened.
#include <fmt/format.h>
#include <unistd.h>

#include <atomic>
#include <condition_variable>
#include <cstdlib>
#include <deque>
#include <filesystem>
#include <fstream>
#include <mutex>
#include <thread>

#include "faulty_disk.h"
#include "noctule/base/random.h"
#include "noctule/base/text.h"
#include "noctule/store/loader.h"

namespace noctule {
namespace {

constexpr int64_t kBegin_ms = 1'790'000'000'000;
constexpr uint64_t kEventsMax = 5'000, kAtOnceMax = 8;
constexpr size_t kUnsettledMax = 16;

std::atomic<int64_t> clock_ms{kBegin_ms};

void say(const std::string& line) {
  if (::write(STDOUT_FILENO, line.data(), line.size()) < 0) std::_Exit(4);
}

struct Numbers {
  uint64_t first = 0, last = 0;
};

// Says what was acknowledged, and lets no more than a few appends be on their way.
class Acknowledger {
 public:
  explicit Acknowledger(Journal& journal) {
    journal.add_listener([this](Journal::Place settled, const Result<void>& outcome) { settle(settled, outcome.has_value()); });
  }

  // False: it was refused.
  bool append(Journal& journal, const std::string& events, Numbers numbers) {
    std::unique_lock lock(mutex_);
    settled_.wait(lock, [&] { return waiting_.size() < kUnsettledMax; });
    const auto place = journal.append(events, static_cast<uint32_t>(numbers.last - numbers.first + 1));
    if (place) waiting_.push_back({*place, numbers});
    return place.has_value();
  }

 private:
  void settle(Journal::Place settled, bool durable) {
    const std::lock_guard lock(mutex_);
    while (!waiting_.empty() && waiting_.front().place <= settled) {
      const Numbers numbers = waiting_.front().numbers;
      if (durable) say(fmt::format("a {} {}\n", numbers.first, numbers.last));
      waiting_.pop_front();
    }
    settled_.notify_all();
  }

  struct Waiting {
    Journal::Place place;
    Numbers numbers;
  };
  std::mutex mutex_;
  std::condition_variable settled_;
  std::deque<Waiting> waiting_;
};

std::string encode(Numbers numbers) {
  std::string events;
  for (uint64_t number = numbers.first; number <= numbers.last; ++number) {
    const std::string path = fmt::format("/n/{}", number);
    Event event;
    event.site = SiteId{1};
    event.visitor = Pseudonym(1 + number % 50);
    event.id = number % 2 == 0 ? number + 1 : 0;
    event.instant_ms = clock_ms += 1'000;
    event.host = "example.org";
    event.path = path;
    append_encoded(event, events);
  }
  return events;
}

void send(Journal& journal, Acknowledger& acknowledger, Numbers numbers) {
  say(fmt::format("s {} {}\n", numbers.first, numbers.last));
  const std::string events = encode(numbers);
  while (!acknowledger.append(journal, events, numbers)) std::this_thread::yield();  // as a client that tries again
}

void send_again(const std::string& folder, Journal& journal, Acknowledger& acknowledger) {
  std::ifstream file(folder + "/again");
  for (Numbers numbers; file >> numbers.first >> numbers.last;) send(journal, acknowledger, numbers);
}

struct Opened {
  std::unique_ptr<Journal> journal;
  std::unique_ptr<Store> store;
  std::unique_ptr<Loader> loader;
};

Result<Opened> open(const std::string& folder) {
  Opened opened;
  NOCT_TRY(opened.journal, Journal::open({.path = folder + "/journal.db", .now_ms = [] { return clock_ms.load(); }}));
  NOCT_TRY(opened.store, open_duckdb({.path = folder + "/events.duckdb", .threads = 1, .readers = 1, .now_ms = [] { return clock_ms.load(); }}));
  return opened;
}

int run(const std::string& folder, uint64_t seed, uint64_t number) {
  auto opened = open(folder);
  if (!opened) {
    fmt::print(stderr, "{}\n", opened.error().message);
    return 3;
  }
  Random random(seed);
  clock_ms += static_cast<int64_t>(random.below(4)) * 3'600'000;
  Acknowledger acknowledger(*opened->journal);
  auto loader = Loader::start(*opened->journal, *opened->store);
  if (!loader) return 3;
  std::thread hurry([&] {
    for (;;) (*loader)->catch_up(1'000);  // loads follow each other at once; the process is killed, so it never ends
  });
  send_again(folder, *opened->journal, acknowledger);
  const uint64_t end = number + kEventsMax;
  while (number < end) {
    const Numbers numbers{number, number + random.below(kAtOnceMax)};
    send(*opened->journal, acknowledger, numbers);
    number = numbers.last + 1;
    if (random.chance(0.02)) clock_ms += random.chance(0.5) ? 3'000'000 : -3'000'000;
  }
  say("end\n");
  hurry.join();
  return 0;
}

// What went wrong is said where the test reads.
int give_up(const std::string& why) {
  say(fmt::format("error {}\n", why));
  return 3;
}

int count(const std::string& folder) {
  auto opened = open(folder);
  if (!opened) return give_up(opened.error().message);
  auto loader = Loader::start(*opened->journal, *opened->store);
  if (!loader) return give_up(loader.error().message);
  if (!(*loader)->catch_up(60'000)) return give_up(fmt::format("not loaded: {}", (*loader)->status().error));
  const auto table = opened->store->read({"SELECT path, sum(count) FROM events GROUP BY path", {}});
  if (!table) return give_up(table.error().message);
  std::string lines;
  for (const auto& row : table->rows) lines += fmt::format("n {} {}\n", std::get<std::string>(row[0]).substr(3), std::get<int64_t>(row[1]));
  const auto findings = opened->store->check();
  for (const std::string& finding : findings.value()) lines += fmt::format("bad {}\n", finding);
  for (size_t at = 0; at < lines.size();) at += static_cast<size_t>(::write(STDOUT_FILENO, lines.data() + at, lines.size() - at));
  return 0;
}

}  // namespace
}  // namespace noctule

int main(int count, char** arguments) {
  using noctule::parse_decimal;
  const auto number = [&](int index) { return index < count ? parse_decimal(arguments[index]).value_or(0) : 0; };
  const std::string_view mode = count > 2 ? arguments[1] : "";
  if (mode == "count") return noctule::count(arguments[2]);
  if (mode != "run") return 2;
  if (count > 7) noctule::testing::fail_disk(static_cast<int>(number(5)), number(6), number(7));
  return noctule::run(arguments[2], number(3), number(4));
}

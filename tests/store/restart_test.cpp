// SPDX-License-Identifier: Apache-2.0
// The loader's memory of visits is rebuilt from the store.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "store/chain.h"
#include "store/visits.h"

namespace noctule {
namespace {

using testing::Chain;
using testing::lively_events;
using testing::TemporaryFolder;

std::vector<std::string> all_rows(Store& store) {
  std::string columns = "epoch_ms(time)";
  const EventRow row;
  for_each_column(row, [&](const std::string& name, const auto&) { columns += name == "time" ? "" : " || '|' || " + name; });
  std::vector<std::string> rows;
  const Table table = store.read({"SELECT " + columns + " AS line FROM events ORDER BY line", {}}).value();
  for (const auto& cells : table.rows) rows.push_back(std::get<std::string>(cells[0]));
  return rows;
}

// Stopped and started at any place, the rows are the same as of one run.
TEST(Loader, a_restart_anywhere_changes_no_row) {
  for (uint64_t seed = 1; seed <= 4; ++seed) {
    const std::vector<Event> events = lively_events(seed, 300);
    const TemporaryFolder whole, parts;
    Chain one(whole);
    one.settle(events);
    one.load_all();
    Random random(seed);
    for (size_t first = 0; first < events.size();) {
      const size_t count = std::min<size_t>(1 + random.below(120), events.size() - first);
      Chain chain(parts);
      chain.settle(std::span(events).subspan(first, count));
      chain.load_all();
      first += count;
    }
    Chain again(parts);
    const std::vector<std::string> found = all_rows(*again.store), wanted = all_rows(*one.store);
    ASSERT_EQ(found.size(), wanted.size()) << seed;
    for (size_t i = 0; i < found.size(); ++i) ASSERT_EQ(found[i], wanted[i]) << seed;
  }
}

}  // namespace
}  // namespace noctule

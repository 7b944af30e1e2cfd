#pragma once
// SPDX-License-Identifier: Apache-2.0
// A journal, a store and what loads from one to the other, in one folder.
#include <gtest/gtest.h>

#include <memory>
#include <span>
#include <string>

#include "journal/settling.h"
#include "logs/temporary_folder.h"
#include "noctule/store/loader.h"

namespace noctule::testing {

inline constexpr int kPatience_ms = 60'000;

inline std::string encoded(std::span<const Event> events) {
  std::string bytes;
  for (const Event& event : events) append_encoded(event, bytes);
  return bytes;
}

struct Chain {
  explicit Chain(const TemporaryFolder& folder)
      : journal(Journal::open({.path = folder.path("journal.db")}).value()), settling(*journal), store(open_duckdb({.path = folder.path("events.duckdb")}).value()) {}

  void settle(std::span<const Event> events) {
    ASSERT_TRUE(settling.wait(*journal->append(encoded(events), static_cast<uint32_t>(events.size()))));
  }
  void load() { loader = Loader::start(*journal, *store).value(); }
  void load_all() {
    if (!loader) load();
    ASSERT_TRUE(loader->catch_up(kPatience_ms)) << loader->status().error;
  }

  std::unique_ptr<Journal> journal;
  Settling settling;
  std::unique_ptr<Store> store;
  std::unique_ptr<Loader> loader;
};

}  // namespace noctule::testing

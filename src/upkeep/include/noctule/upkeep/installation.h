#pragma once
// SPDX-License-Identifier: Apache-2.0
// Installation: what upkeep works on: the settings, the journal and the store of one data folder, open. A running server has
// them open already; a command opens them itself when nobody else does.
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "noctule/base/result.h"
#include "noctule/journal/journal.h"
#include "noctule/settings/data_folder.h"
#include "noctule/settings/settings.h"
#include "noctule/store/store.h"

namespace noctule {

// Views: whoever made it keeps the parts alive. One thread uses it at a time (Settings).
struct Installation {
  DataFolder folder;
  Settings& settings;
  Journal& journal;
  Store& store;
};

// A folder at rest, opened for one command. Owns the folder's lock.
class InstallationAtRest {
 public:
  // Error: Exhausted (a server runs), NotFound (no such folder, or nothing of noctule's in it), Corrupt (also: a restore was
  // broken off), Io.
  static Result<InstallationAtRest> open(const DataFolder& folder);
  [[nodiscard]] Installation view() { return {folder_, settings_, *journal_, *store_}; }

 private:
  InstallationAtRest(DataFolder folder, DataFolderLock lock, Settings settings, std::unique_ptr<Journal> journal, std::unique_ptr<Store> store)
      : folder_(std::move(folder)), lock_(std::move(lock)), settings_(std::move(settings)), journal_(std::move(journal)), store_(std::move(store)) {}
  DataFolder folder_;
  DataFolderLock lock_;
  Settings settings_;
  std::unique_ptr<Journal> journal_;
  std::unique_ptr<Store> store_;
};

// Reads every page and row of the three databases, and compares what they say of each other. Findings in words; empty: sound.
[[nodiscard]] Result<std::vector<std::string>> check_installation(const Installation& installation);

// Every row of the reports' attribution as a statement, enumerations by their names. site: None: of all sites.
[[nodiscard]] Statement export_statement(SiteId site);

}  // namespace noctule

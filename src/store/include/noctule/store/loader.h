#pragma once
// SPDX-License-Identifier: Apache-2.0
// Loader: takes batches from the journal, gives their events visits and attribution, and appends them to the store. One thread.
// Its memory of open visits is rebuilt from the store at start, so that stopping it anywhere changes nothing.
#include <functional>
#include <memory>

#include "noctule/base/result.h"
#include "noctule/journal/journal.h"
#include "noctule/store/channel_rules.h"
#include "noctule/store/store.h"

namespace noctule {

struct LoaderStatus {
  uint64_t batches = 0, events = 0, duplicates = 0, unreadable = 0;  // since start
  uint64_t open_visits = 0;
  int64_t last_load_ms = 0;      // wall clock of the last batch
  std::string error;             // of the last attempt; empty: it went well
};

struct VersionMade {
  uint16_t version = 1;      // of the site's attribution, in force now
  uint64_t visits = 0;       // that pastes explain now and did not before
};

class Loader {
 public:
  // journal and store outlive it. Error: the store cannot be read.
  static Result<std::unique_ptr<Loader>> start(Journal& journal, Store& store);
  ~Loader();                     // finishes the batch at hand
  [[nodiscard]] LoaderStatus status() const;
  // Called by the loader's thread after each batch with what is new; for live views. Before start returns nothing is called.
  using OnLoaded = std::function<void(std::span<const EventRow>)>;
  void set_listener(OnLoaded listener);
  // An operator's rules for channels, of all sites; they hold from the next batch on.
  void set_channel_rules(ChannelRules rules);
  // Rows of a site were added to the store beside the journal (an import): the pastes among them explain arrivals from now on, within a
  // moment and without a restart. Visits that were judged before stay as they are.
  void note_import(SiteId site);
  // Applies the rules that hold now to what is stored of a site: a new version of its attribution (channel_rules.h). Blocks while
  // nothing is loaded; gives the version. Error: Exhausted (stopping), those of Store::write.
  [[nodiscard]] Result<uint16_t> reclassify(SiteId site, std::string reason);
  // Judges anew, as a version, the visits of scripts that pastes explain which were stored after them; where there are none, no version is
  // made. Blocks while nothing is loaded. Error: as reclassify.
  [[nodiscard]] Result<VersionMade> apply_pastes(SiteId site, std::string reason);
  // Blocks until everything durable now is loaded and imports noted so far are known, or the time is over. True: they are.
  bool catch_up(int timeout_ms);

 private:
  Loader();
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace noctule

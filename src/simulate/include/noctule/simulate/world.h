#pragma once
// SPDX-License-Identifier: Apache-2.0
// A world: pages, people, apps, machines, and the log that a web server in front of them would write. The same options give
// the same bytes on every machine.
#include <cstdint>
#include <map>
#include <ostream>
#include <string>
#include <vector>

#include "noctule/base/result.h"

namespace noctule {

// Ways in which a world can break what the estimate assumes.
struct WorldBreaks {
  bool unknown_app = false;         // shares through an app that leaves no trace that is known
  bool search_referrer_loss = false;  // most searches arrive without referrer
  bool bookmark_wave = false;       // a burst of bookmarked or typed deep visits
  bool cdn_edge = false;            // the log shows a CDN's edge addresses
  bool pdf_link = false;            // a deep page is linked from a document that sends no referrer
};

struct WorldOptions {
  uint64_t seed = 1;
  int64_t start_ms = 1'767'225'600'000;  // 2026-01-01T00:00:00Z
  double days = 14;
  uint64_t lines_target = 0;       // 0: whatever the world gives; else activity is scaled to about this many lines
  double visits_per_day = 400;     // by people
  double private_share = -1;       // part of people's visits that come by private shares; < 0: drawn from the seed
  std::string format = "combined";  // a name that LogFormat knows
  std::string host = "www.example.org";
  WorldBreaks breaks;
  // Draw the mix (apps, referrer losses, bookmarks, devices, scanners) from the seed over wide ranges; else a typical mix.
  bool vary_mix = false;
};

// What really happened, to judge an analysis by. Arrivals are people's first page views of a visit.
struct WorldTruth {
  uint64_t lines = 0;
  uint64_t arrivals = 0;                      // of people
  uint64_t private_arrivals = 0;              // came by a private share, any page
  uint64_t private_deep_arrivals = 0;         // of those, on pages other than home and sections
  uint64_t private_home_with_trace = 0;       // on home or section pages, and the log line names the app
  std::map<std::string, uint64_t> private_by_app;
  std::map<std::string, uint64_t> arrivals_by_cause;  // search, typed, bookmark, newsletter, private:whatsapp, ...
  std::map<std::string, uint64_t> machine_hits;       // scanner, crawler, preview:whatsapp, mail_gateway, monitor, ...
  uint64_t shares = 0;                        // links passed on in private
};

// Writes the log to out and returns the truth. Error: InvalidInput for a format or an option it cannot write.
[[nodiscard]] Result<WorldTruth> simulate_world(const WorldOptions& options, std::ostream& out);

// Called with each arrival as it is written, for truth files: line number (1-based) in the log, and its cause.
struct ArrivalTruth {
  int64_t instant_ms;
  std::string page, cause, app;   // cause as in arrivals_by_cause
  int generation;                 // 0: not a share; 1: first receiver; 2: passed on again ...
};
[[nodiscard]] Result<WorldTruth> simulate_world(const WorldOptions& options, std::ostream& out,
                                                std::vector<ArrivalTruth>* arrivals);

// The truth as one JSON document.
[[nodiscard]] std::string to_json(const WorldOptions& options, const WorldTruth& truth);

}  // namespace noctule

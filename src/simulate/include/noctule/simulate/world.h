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
  std::string format = "combined";  // one of simulated_formats(), or an nginx log_format or Apache LogFormat string
  std::string host = "www.example.org";
  WorldBreaks breaks{};
  // Draw the mix (apps, referrer losses, bookmarks, devices, scanners) from the seed over wide ranges; else a typical mix.
  bool vary_mix = false;
};

// What really happened, to judge an analysis by. Arrivals are people's first page views of a visit.
struct WorldTruth {
  uint64_t lines = 0;                         // without header lines
  uint64_t people_hits = 0;                   // lines of people: pages and assets; the other lines are machine_hits
  uint64_t arrivals = 0;                      // of people
  uint64_t dark_landings = 0;                 // arrivals on deep pages without referrer, whatever their cause
  uint64_t private_arrivals = 0;              // came by a private share, any page
  uint64_t private_deep_arrivals = 0;         // of those, on pages other than home and sections
  uint64_t private_home_with_trace = 0;       // on home or section pages, and the log line names the app
  // Of these two, the arrivals that an asset or a second page in the log follows: all that any analysis can see as people.
  uint64_t private_visible = 0;
  std::map<std::string, uint64_t> private_by_app;
  std::map<std::string, uint64_t> arrivals_by_cause;  // search, typed, bookmark, newsletter, private:whatsapp, ...
  std::map<std::string, uint64_t> machine_hits;       // scanner, crawler, preview:whatsapp, mail_gateway, monitor, ...
  uint64_t shares = 0;                        // links passed on in private, inside the window
  std::map<std::string, double> mix;          // the parameters of this world; docs/simulator.md explains each
};

// What simulate_world refuses, before anything is written. Error: InvalidInput.
[[nodiscard]] Result<void> check_world_options(const WorldOptions& options);

// Writes the log to out and returns the truth. Error: InvalidInput for a format or an option it cannot write.
[[nodiscard]] Result<WorldTruth> simulate_world(const WorldOptions& options, std::ostream& out);

// One arrival, for truth files.
struct ArrivalTruth {
  int64_t instant_ms = 0;
  uint64_t line = 0;              // of the log, 1-based, header lines counted
  std::string page{}, cause{}, app{};  // cause as in arrivals_by_cause; app also names the network of a public post
  int generation = 0;             // 0: not a share; 1: first receiver; 2: passed on again ...
  bool deep = false;              // neither home page nor section
  bool with_trace = false;        // of a share: the log line names the app
  bool corroborated = false;      // an asset or a second page follows in the log
};
// The same, with every arrival appended to *arrivals in the order of the log when it is not null.
[[nodiscard]] Result<WorldTruth> simulate_world(const WorldOptions& options, std::ostream& out,
                                                std::vector<ArrivalTruth>* arrivals);

// The formats that simulate_world writes.
[[nodiscard]] std::vector<std::string> simulated_formats();

// The truth as one JSON document, with the options that made it.
[[nodiscard]] std::string to_json(const WorldOptions& options, const WorldTruth& truth);
// One arrival as one JSON object on one line, without line end.
[[nodiscard]] std::string to_json(const ArrivalTruth& arrival);

}  // namespace noctule

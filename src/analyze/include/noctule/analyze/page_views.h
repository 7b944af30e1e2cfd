#pragma once
// SPDX-License-Identifier: Apache-2.0
// The page views of people behind an analysis, one by one, for a store that keeps them: the same reading, exclusions, visits
// and verdicts as analyze_logs. The files are read twice: once to tell people from machines, once for their page views.
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "noctule/analyze/analyze.h"
#include "noctule/base/result.h"
#include "noctule/detect/knowledge.h"
#include "noctule/model/log_record.h"

namespace noctule {

// A visit as a log tells it.
struct LogVisit {
  int64_t instant_ms = 0, end_ms = 0;  // of its first and last hit, since 1970 UTC
  size_t file = 0;                     // index into LogFindings::files: where its arrival stands
  uint64_t visitor = 0;                // tells visitors apart within this reading and nowhere else
  std::string page;                    // of its arrival: path, and the part of the query that tells pages apart
  ArrivalVerdict verdict;
  std::string referrer_host;           // empty: none, or a page of the site
  bool deep = false;
  bool may_be_private = false;         // may_be_private() of estimate.h
  bool mobile = false;
  uint64_t click_id = 0, recipient_id = 0;  // hashes, as visitor
};

struct LogPaste {
  int64_t instant_ms = 0;
  size_t file = 0;                     // index into LogFindings::files
  std::string host, path;
  AppId app = AppId::None;
  Private surface = Private::Unknown;
  uint32_t fetches = 1;
  bool same_device = false;
};

struct LogFile {
  std::string path;                    // as shown to people
  uint64_t first_request_hash = 0;     // tells it again when it has grown, was renamed or packed; 0: no request in it
};

struct LogFindings {
  std::vector<LogFile> files;
  std::vector<LogVisit> visits;        // of people, by time
  std::vector<LogPaste> pastes;        // by time
  bool addresses_are_visitors = true;  // false: a CDN's, or a proxy's
  std::vector<Warning> warnings;
  uint64_t lines = 0, unparsed = 0, hits = 0;
  int64_t first_ms = 0, last_ms = 0;
};

// A page view of a person; views into the line, valid during the call.
struct LogPageView {
  size_t visit = 0;                    // index into LogFindings::visits
  bool begins_visit = false;
  int64_t instant_ms = 0;
  std::string_view host, path, query;  // path in one spelling, with the part of the query that tells pages apart; query as sent
  std::string_view referrer, user_agent, address;  // as logged; address: behind trusted proxies the client's
};

// Calls on_findings once, then on_view for each page view, file by file. Errors: as analyze_logs; InvalidInput for an input that
// cannot be read twice; those of on_view, which end the reading.
[[nodiscard]] Result<void> read_page_views(const AnalyzeOptions& options, const std::function<Result<void>(const LogFindings&)>& on_findings,
                                           const std::function<Result<void>(const LogPageView&)>& on_view);

}  // namespace noctule

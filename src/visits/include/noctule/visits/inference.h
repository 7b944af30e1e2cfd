#pragma once
// SPDX-License-Identifier: Apache-2.0
// What one arrival alone does not tell and the rest of the log does: a click id that came back from somebody else, and an
// arrival that follows a paste of its page more often than chance explains.
#include <cstdint>
#include <span>
#include <vector>

#include "noctule/visits/tracker.h"
#include "noctule/visits/unfurl.h"

namespace noctule {

// Whose addresses a log holds. Whatever tells people apart by address is for those of visitors only.
enum class Addresses : uint8_t { OfVisitors, OfEdges };

// For each arrival (in order of time) whether its click or recipient id was brought before by another person. Another
// person: another address, more than a minute later, and a user agent that differs in more than digits (an update of one
// browser is one browser); or, with the same browser, the third address within a day. An id that several user agents
// bring within a minute is a mail gateway's and echoes nowhere. For addresses of visitors only.
[[nodiscard]] std::vector<bool> find_echoes(std::span<const Arrival> arrivals);

struct UnfurlMatch {
  AppId app = AppId::None;      // of the latest private unfurl of the page in the window before; None: no match
  int64_t lag_ms = 0;
  double chance = 1;            // estimated probability that the match is one of chance
};

struct UnfurlMatches {
  std::vector<UnfurlMatch> of_candidate;  // parallel to candidates
  double observed = 0, by_chance = 0;     // matches, and how many of them chance explains
};

// Matches later than this are not looked for.
inline constexpr int64_t kUnfurlWindow_ms = 24 * 3'600'000;
// A match counts as evidence when chance explains at most one in five like it.
inline constexpr double kChanceMax = 0.2;

// candidates: indexes into arrivals of those without another explanation. first_ms, last_ms: the log's span. Chance is
// what is left when each page's arrivals are rotated within the log's span by a random shift (whole days when the log is
// long enough, so that the hour of day stays), and never less than the matches in the mirrored window before the paste,
// which carry the page's own rise and fall, nor than what the controls match: arrivals that came from somewhere public,
// searches for one, follow a paste by chance only. docs/visits.md has the method.
[[nodiscard]] UnfurlMatches match_unfurls(std::span<const Arrival> arrivals, std::span<const uint32_t> candidates,
                                          std::span<const Unfurl> unfurls, int64_t first_ms, int64_t last_ms, uint64_t seed,
                                          std::span<const uint32_t> controls = {});

}  // namespace noctule

#pragma once
// SPDX-License-Identifier: Apache-2.0
// Plans the visits of people that no private share brings: search, typing, bookmarks, feeds, newsletters by issue, public
// posts, links, advertisements, assistants, documents; and the waves of a world that breaks assumptions.
#include <vector>

#include "noctule/simulate/world.h"
#include "stage.h"

namespace noctule::sim {

class Background {
 public:
  Background(Stage& stage, const WorldBreaks& breaks, double private_share);

  struct Stretch {
    int64_t from_ms, to_ms;
    double visits;           // in the mean, shares among them
    double expected_visits;  // of the whole window
  };
  void plan(const Stretch& stretch);
  // Part of all visits that waves will bring from an instant on.
  [[nodiscard]] double waves_to_come(int64_t instant_ms) const;

 private:
  // Visits beyond the mix to a few pages: bookmarks and typing, evenly, or a document's readers, who fade away.
  struct Wave {
    int64_t from_ms = 0, to_ms = 0;
    double part = 0;       // of all visits of the window
    double fading_ms = 0;  // 0: even
    std::vector<uint32_t> pages{};
    [[nodiscard]] double done_at(int64_t instant_ms) const;
  };
  [[nodiscard]] int64_t draw_between(int64_t from_ms, int64_t to_ms);
  uint32_t draw_page(Cause cause);
  uint32_t draw_shallow();
  void plan_one(int64_t instant_ms);
  void send_issue(int64_t instant_ms, double visits);
  void check_links(const VisitPlan& open, int64_t sent_ms);
  QueryPart tag_newsletter(PersonId recipient) const;
  Wave make_bookmark_wave();
  Wave make_document();
  void plan_wave(const Wave& wave, const Stretch& stretch);

  Stage& stage_;
  double other_part_;       // of visits: not by private shares
  double newsletter_part_;  // of those
  std::vector<double> cause_weights_;  // in the order of Cause; newsletters and shares weigh nothing here
  std::vector<double> source_weights_;
  QueryKind newsletter_tool_;
  int64_t issue_every_ms_, next_issue_ms_;
  uint64_t issue_number_ = 40;
  std::vector<Wave> waves_;
};

}  // namespace noctule::sim

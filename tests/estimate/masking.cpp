// SPDX-License-Identifier: Apache-2.0
#include "masking.h"

#include <algorithm>
#include <unordered_set>

#include "findings.h"
#include "noctule/base/random.h"
#include "run.h"

namespace noctule {
namespace {

// The sources of one log as they were judged with everything in view.
class Mask {
 public:
  Mask(Engine& engine, const Findings& seen) : engine_(engine) {
    for (size_t i = 0; i < seen.judged.size(); ++i) {
      const JudgedArrival& judged = seen.judged[i];
      if (is_known_private(judged)) privates_.insert(seen.tracked.arrivals[i].origin);
      if (has_source(judged)) sources_.insert(seen.tracked.arrivals[i].origin);
      if (stays(judged)) staying_.insert(seen.tracked.arrivals[i].origin);
      remember_plain_browser(seen.tracked.arrivals[i], judged);
    }
    for (size_t i = 0; i < seen.judged.size(); ++i) {
      if (!sources_.contains(seen.tracked.arrivals[i].origin) || !seen.judged[i].deep) continue;
      ++source_count_;
      if (is_known_private(seen.judged[i])) ++private_count_;
    }
  }

  [[nodiscard]] double source_count() const { return source_count_; }
  [[nodiscard]] double private_count() const { return private_count_; }

  // Drops the arrivals whose source nobody knows, and hides the sources of half of the others.
  void apply(std::vector<Arrival>& arrivals, MaskedRun& run) const {
    std::erase_if(arrivals, [&](const Arrival& arrival) { return !sources_.contains(arrival.origin); });
    Random random(run.seed);
    for (Arrival& arrival : arrivals) {
      const bool is_private = privates_.contains(arrival.origin), deep = arrival.target == Target::Deep;
      const bool hide = !staying_.contains(arrival.origin) && random.chance(0.5);
      if (hide) hide_source(arrival);
      if (hide && deep) ++run.hidden;
      if (hide && deep && is_private) ++run.hidden_private;
      if (is_private && (deep || !hide)) ++run.private_before;  // at home and without a trace no log shows it
    }
  }

 private:
  static bool has_source(const JudgedArrival& judged) {
    return judged.grade >= Grade::Inferred && judged.is_private != Private::Unknown;
  }

  // The site's own tags on the link stay when a referrer is lost, and so do the visits that they explain; what was inferred
  // has no referrer to lose.
  static bool stays(const JudgedArrival& judged) {
    return judged.channel == Channel::Newsletter || judged.channel == Channel::Paid ||
           judged.grade == Grade::Inferred || (judged.grade == Grade::Proven && judged.is_private == Private::No);
  }

  // A user agent that names no app, to put in the place of one that does.
  void remember_plain_browser(const Arrival& arrival, const JudgedArrival& judged) {
    const UserAgentVerdict& verdict = engine_.verdicts().user_agents.at(arrival.user_agent);
    if (verdict.kind == Kind::Browser && verdict.app == AppId::None) plain_[judged.mobile ? 1 : 0] = arrival.user_agent;
  }

  void hide_source(Arrival& arrival) const {
    const UserAgentVerdict& verdict = engine_.verdicts().user_agents.at(arrival.user_agent);
    if (verdict.kind == Kind::InappBrowser) arrival.user_agent = plain_[verdict.mobile ? 1 : 0];
    arrival.referrer = arrival.query = 0;
    arrival.referrer_host = arrival.click_id = arrival.recipient_id = 0;
  }

  Engine& engine_;
  std::unordered_set<uint64_t> sources_, privates_, staying_;  // by origin
  uint16_t plain_[2] = {};
  double source_count_ = 0, private_count_ = 0;
};

}  // namespace

Result<MaskedLog> mask_log(const std::string& path, uint64_t seeds) {
  AnalyzeOptions options;
  options.paths = {path};
  MaskedLog log;
  auto done = with_engine(options, [&](Engine& engine) -> Result<void> {
    NOCT_TRY(const Findings seen, make_findings(engine, options));
    const Mask mask(engine, seen);
    log.sources = mask.source_count();
    log.privates = mask.private_count();
    if (log.sources < kMaskedSourcesMin) return {};
    for (uint64_t seed = 1; seed <= seeds; ++seed) {
      MaskedRun run;
      run.seed = seed;
      NOCT_TRY(const Findings hidden, make_findings(engine, options, [&](std::vector<Arrival>& arrivals) { mask.apply(arrivals, run); }));
      run.estimate = hidden.estimate;
      log.runs.push_back(run);
    }
    return {};
  });
  if (!done) return std::unexpected(std::move(done).error());
  return log;
}

}  // namespace noctule

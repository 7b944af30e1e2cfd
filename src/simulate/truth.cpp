// SPDX-License-Identifier: Apache-2.0
#include "truth.h"

#include <fmt/format.h>

namespace noctule::sim {
namespace {

constexpr std::string_view kCauseNames[] = {"search",   "typed", "bookmark", "feed",     "newsletter", "social",
                                            "referral", "paid",  "ai",       "document", "private"};
constexpr std::string_view kMachineNames[] = {"none",     "crawler",     "scanner",     "probe",  "monitor", "mail_gateway",
                                              "prefetch", "http_client", "feed_poller", "preview"};
static_assert(std::size(kCauseNames) == kCauses && std::size(kMachineNames) == kMachines);

std::string_view name_of_app(const HitTruth& truth) {
  if (truth.app == kNoApp) return "";
  return truth.cause == Cause::Social ? public_sources()[truth.app].id : apps()[truth.app].id;
}

}  // namespace

std::string name_of_cause(const HitTruth& truth) {
  const std::string_view cause = kCauseNames[static_cast<size_t>(truth.cause)];
  return truth.cause == Cause::Private ? fmt::format("{}:{}", cause, name_of_app(truth)) : std::string(cause);
}

std::string name_of_machine(const HitTruth& truth) {
  const std::string_view machine = kMachineNames[static_cast<size_t>(truth.machine)];
  if (truth.machine != Machine::Preview) return std::string(machine);
  return fmt::format("{}:{}", machine, truth.app == kNoApp ? "public" : apps()[truth.app].id);
}

void TruthBook::count(const Hit& hit, uint64_t line, const TextTable& texts) {
  ++truth_.lines;
  const HitTruth& truth = hit.truth;
  if (truth.machine != Machine::None) {
    const size_t app = truth.machine == Machine::Preview && truth.app != kNoApp ? truth.app : apps().size();
    ++machines_[static_cast<size_t>(truth.machine)][app];
    return;
  }
  ++truth_.people_hits;
  if (!truth.arrival) return;
  count_arrival(hit);
  if (arrivals_ == nullptr) return;
  arrivals_->push_back({.instant_ms = hit.instant_ms, .line = line, .page = texts.text(hit.target.text), .cause = name_of_cause(truth),
                        .app = std::string(name_of_app(truth)), .generation = truth.generation, .deep = truth.deep,
                        .with_trace = truth.cause == Cause::Private && (truth.traces & shown_traces_) != 0,
                        .corroborated = truth.corroborated});
}

void TruthBook::count_arrival(const Hit& hit) {
  const HitTruth& truth = hit.truth;
  const bool is_private = truth.cause == Cause::Private;
  ++truth_.arrivals;
  ++causes_[static_cast<size_t>(truth.cause)][is_private ? truth.app : apps().size()];
  if (truth.deep && hit.referrer.text == TextId::None) ++truth_.dark_landings;
  if (!is_private) return;
  ++truth_.private_arrivals;
  const bool home_with_trace = !truth.deep && (truth.traces & shown_traces_) != 0;
  if (truth.deep) ++truth_.private_deep_arrivals;
  if (home_with_trace) ++truth_.private_home_with_trace;
  if (truth.corroborated && (truth.deep || home_with_trace)) ++truth_.private_visible;
}

WorldTruth TruthBook::finish(const Stage& stage) const {
  static_assert(kApps > 20);
  NOCT_ASSERT(apps().size() < kApps);
  WorldTruth truth = truth_;
  for (size_t app = 0; app <= apps().size(); ++app) {
    const uint8_t id = app == apps().size() ? kNoApp : static_cast<uint8_t>(app);
    for (size_t cause = 0; cause < kCauses; ++cause) {
      const uint64_t count = causes_[cause][app];
      if (count == 0) continue;
      truth.arrivals_by_cause[name_of_cause({.cause = static_cast<Cause>(cause), .app = id})] += count;
      if (id != kNoApp) truth.private_by_app[std::string(apps()[id].id)] += count;
    }
    for (size_t machine = 0; machine < kMachines; ++machine) {
      const uint64_t count = machines_[machine][app];
      if (count > 0) truth.machine_hits[name_of_machine({.machine = static_cast<Machine>(machine), .app = id})] += count;
    }
  }
  truth.shares = stage.share_count;
  for (const MixRow& row : mix_rows()) truth.mix[std::string(row.name)] = stage.mix.*row.field;
  return truth;
}

}  // namespace noctule::sim

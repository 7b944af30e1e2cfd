// SPDX-License-Identifier: Apache-2.0
#include <nlohmann/json.hpp>

#include "noctule/base/civil_time.h"
#include "noctule/simulate/world.h"

namespace noctule {

using Json = nlohmann::ordered_json;

std::string to_json(const WorldOptions& options, const WorldTruth& truth) {
  const WorldBreaks& breaks = options.breaks;
  Json json;
  json["options"] = {{"seed", options.seed},
                     {"start", format_iso_instant(options.start_ms)},
                     {"days", options.days},
                     {"lines_target", options.lines_target},
                     {"visits_per_day", options.visits_per_day},
                     {"private_share", options.private_share < 0 ? Json(nullptr) : Json(options.private_share)},
                     {"format", options.format},
                     {"host", options.host},
                     {"vary_mix", options.vary_mix},
                     {"breaks",
                      {{"unknown_app", breaks.unknown_app},
                       {"search_referrer_loss", breaks.search_referrer_loss},
                       {"bookmark_wave", breaks.bookmark_wave},
                       {"cdn_edge", breaks.cdn_edge},
                       {"pdf_link", breaks.pdf_link}}}};
  json["lines"] = truth.lines;
  json["people_hits"] = truth.people_hits;
  json["arrivals"] = truth.arrivals;
  json["dark_landings"] = truth.dark_landings;
  json["private_arrivals"] = truth.private_arrivals;
  json["private_deep_arrivals"] = truth.private_deep_arrivals;
  json["private_home_with_trace"] = truth.private_home_with_trace;
  json["private_visible"] = truth.private_visible;
  json["shares"] = truth.shares;
  json["private_by_app"] = truth.private_by_app;
  json["arrivals_by_cause"] = truth.arrivals_by_cause;
  json["machine_hits"] = truth.machine_hits;
  json["mix"] = truth.mix;
  return json.dump(2, ' ', false, Json::error_handler_t::replace);
}

std::string to_json(const ArrivalTruth& arrival) {
  const Json json = {{"time", format_iso_instant(arrival.instant_ms)},
                     {"line", arrival.line},
                     {"page", arrival.page},
                     {"cause", arrival.cause},
                     {"app", arrival.app},
                     {"generation", arrival.generation},
                     {"deep", arrival.deep},
                     {"with_trace", arrival.with_trace},
                     {"corroborated", arrival.corroborated}};
  return json.dump(-1, ' ', false, Json::error_handler_t::replace);
}

}  // namespace noctule

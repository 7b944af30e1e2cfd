#pragma once
// SPDX-License-Identifier: Apache-2.0
// The common log format and its family, written by hand because most logs are of it: at most a dozen searches for a
// delimiter per line, no copy unless a field holds an escape.
#include "line_parser.h"
#include "log_time.h"

namespace noctule {

struct CombinedShape {
  enum class Host : uint8_t { None, First, Second };  // vhost before the client; between client and user (OVH)
  // After the user agent: nothing, further quoted or bare fields, or Traefik's `1 "router" "http://server" 2ms`.
  enum class Tail : uint8_t { None, Fields, Traefik };
  Host host = Host::None;
  bool has_agent = true;     // "referrer" "user agent"
  bool has_seconds = false;  // "(0 s)" after the time (Gandi)
  Tail tail = Tail::None;
};

[[nodiscard]] std::unique_ptr<LineParser> make_combined_parser(const CombinedShape& shape);

}  // namespace noctule

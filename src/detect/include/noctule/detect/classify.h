#pragma once
// SPDX-License-Identifier: Apache-2.0
// The classifier by itself: one request in, one verdict out, as lines of JSON, for pipelines of others and for judging it.
// It knows nothing but the one request: no sessions, no unfurls, no echoes of click ids.
#include <cstdint>
#include <string>
#include <string_view>

#include "noctule/base/result.h"
#include "noctule/detect/knowledge.h"

namespace noctule {

// What is known of a request; empty or "-": not said. Views must live as long as the call.
struct ClassifyRequest {
  std::string_view user_agent;
  std::string_view referrer;
  std::string_view url;             // absolute, or path and query
  std::string_view method;
  std::string_view requested_with;  // X-Requested-With
  std::string_view purpose;         // Sec-Purpose, Purpose, X-Purpose or X-Moz
  std::string_view host;            // Host, where the url has none
};

// Appends {"kind":...,"app":...,"channel":...,"private":...,"grade":...,"rules":[...],"ga4_channel":...,"source":...,
// "referrer_class":...} and a line feed. app, source and referrer_class are null where there is none. A request that can be
// no person's arrival (a machine's, a prefetch, no GET) has grade "none", private "no", channel "other".
void append_classification(const Knowledge& knowledge, const ClassifyRequest& request, std::string& out);

struct ClassifyCounts { uint64_t lines = 0, errors = 0; };

inline constexpr size_t kClassifyLineSizeMax = 64 * 1024;  // longer lines are answered with an error

// Reads lines of JSON objects from a file descriptor (user_agent, referrer or referer, url, method and headers, all optional;
// headers is an object or a list of pairs, names in any case) and writes one line for each to the other, in the same order. A
// line that is no such object is answered with {"line":N,"error":"..."}; blank lines are passed over. Memory is bounded by the line limit. What has been
// answered is written before more is waited for, so that it can stand in a pipe. Error: Io.
Result<ClassifyCounts> classify_json_lines(const Knowledge& knowledge, int in, int out);

}  // namespace noctule

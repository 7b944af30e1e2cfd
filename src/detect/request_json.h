#pragma once
// SPDX-License-Identifier: Apache-2.0
// RequestReader: one line of JSON to the request it describes.
#include <simdjson.h>

#include <string>
#include <string_view>

#include "noctule/base/result.h"
#include "noctule/detect/classify.h"

namespace noctule {

class RequestReader {
 public:
  // line: without its line feed; SIMDJSON_PADDING bytes behind it must be readable. The request's views live until the next call.
  // Half of a surrogate pair, as programs write that cut texts in the middle, becomes U+FFFD.
  // Error: InvalidInput, with the member at fault and what was expected ("user_agent: expected a string").
  Result<ClassifyRequest> read(std::string_view line);

 private:
  simdjson::error_code parse(std::string_view line, ClassifyRequest& request, std::string& problem);
  simdjson::ondemand::parser parser_;
  std::string repaired_;
};

}  // namespace noctule

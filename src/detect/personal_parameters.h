#pragma once
// SPDX-License-Identifier: Apache-2.0
// PersonalParameters: data/personal_parameters.tsv, the parameters of addresses that no report may show. Immutable once read.
#include <string>
#include <string_view>
#include <vector>

#include "noctule/base/result.h"

namespace noctule {

class PersonalParameters {
 public:
  static Result<PersonalParameters> read(std::string_view text);
  // parameter: "name=value" as it stands in an address.
  [[nodiscard]] bool has(std::string_view parameter) const;

 private:
  std::vector<std::string> names_;  // sorted
};

}  // namespace noctule

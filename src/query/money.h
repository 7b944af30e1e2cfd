#pragma once
// SPDX-License-Identifier: Apache-2.0
// Money as text: "$96.3M" and "$96,336,315.00". Currencies whose sign is not unmistakable are written with their code.
#include <string>

#include "answer.h"

namespace noctule {

[[nodiscard]] std::string short_text(const Money& money);
[[nodiscard]] std::string long_text(const Money& money);

}  // namespace noctule

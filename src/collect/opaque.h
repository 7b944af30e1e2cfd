#pragma once
// SPDX-License-Identifier: Apache-2.0
// Whether a part of an address is a secret or an id that a program made (a token, a digest, a UUID, a JWT) and no word of a
// person. Told by its shape alone, so it errs both ways; what is known by name stands in data/.
#include <string_view>

namespace noctule {

inline constexpr size_t kOpaqueSizeMin = 20;

[[nodiscard]] bool is_opaque(std::string_view text);

}  // namespace noctule

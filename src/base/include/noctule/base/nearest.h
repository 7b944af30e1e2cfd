#pragma once
// SPDX-License-Identifier: Apache-2.0
// What a mistyped name was probably meant to be, for messages: "there is no examle.org; did you mean example.org?"
#include <span>
#include <string>
#include <string_view>

namespace noctule {

// How many letters must be put in, left out, replaced or swapped with their neighbour to make one of the other (the optimal
// string alignment distance). Case is ignored. Time and memory grow with the product of the lengths: for names, not for texts.
[[nodiscard]] size_t edit_distance(std::string_view a, std::string_view b);

// The nearest of the names, when at most a third of its letters differ; empty: none is near. The first of several equals.
[[nodiscard]] std::string_view nearest_name(std::string_view typed, std::span<const std::string> names);

}  // namespace noctule

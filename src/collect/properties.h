#pragma once
// SPDX-License-Identifier: Apache-2.0
// The properties of a custom event, as they are kept: a JSON object of texts.
#include <span>
#include <string>

#include "decoded.h"

namespace noctule {

// Leaves out what says who somebody is, by its name or its value. Addresses lose query and fragment. In exempt mode a value that
// looks like an id is hidden. Empty when nothing is left.
void append_properties(std::span<const RawProperty> properties, ConsentMode mode, std::string& out);

}  // namespace noctule

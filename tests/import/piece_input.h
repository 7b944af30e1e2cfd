#pragma once
// SPDX-License-Identifier: Apache-2.0
// Gives a text in pieces of a size, as a file or an archive may.
#include <algorithm>
#include <span>
#include <string_view>

#include "csv.h"

namespace noctule::testing {

class PieceInput final : public ByteInput {
 public:
  PieceInput(std::string_view text, size_t piece) : rest_(text), piece_(piece) {}
  Result<size_t> read(std::span<char> into) override {
    const size_t size = std::min({piece_, into.size(), rest_.size()});
    std::ranges::copy(rest_.substr(0, size), into.begin());
    rest_.remove_prefix(size);
    return size;
  }

 private:
  std::string_view rest_;
  size_t piece_;
};

}  // namespace noctule::testing

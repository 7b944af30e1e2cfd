#pragma once
// SPDX-License-Identifier: Apache-2.0
// ByteBuffer: a vector of bytes that does not fill with zeros what is about to be read into; measured at 2 % of a whole
// analysis. Grown bytes hold anything until they are written.
#include <memory>
#include <utility>
#include <vector>

namespace noctule {

template <typename T>
struct UninitialisedAllocator : std::allocator<T> {
  using std::allocator<T>::allocator;
  template <typename Other>
  struct rebind {
    using other = UninitialisedAllocator<Other>;
  };
  template <typename Other>
  void construct(Other* place) noexcept {
    ::new (static_cast<void*>(place)) Other;
  }
  template <typename Other, typename... Args>
  void construct(Other* place, Args&&... args) {
    ::new (static_cast<void*>(place)) Other(std::forward<Args>(args)...);
  }
};

using ByteBuffer = std::vector<char, UninitialisedAllocator<char>>;

}  // namespace noctule

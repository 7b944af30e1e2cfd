#pragma once
// SPDX-License-Identifier: Apache-2.0
// Listening sockets.
#include <string>
#include <utility>

#include "noctule/http/http_server.h"

namespace noctule {

// Owns a file descriptor.
class Descriptor {
 public:
  explicit Descriptor(int value) : value_(value) {}
  Descriptor(Descriptor&& other) noexcept : value_(std::exchange(other.value_, -1)) {}
  Descriptor& operator=(Descriptor&& other) noexcept {
    std::swap(value_, other.value_);
    return *this;
  }
  ~Descriptor();
  explicit operator bool() const { return value_ >= 0; }
  [[nodiscard]] int get() const { return value_; }
  [[nodiscard]] int release() { return std::exchange(value_, -1); }

 private:
  int value_;
};

// "http://127.0.0.1:8000", "unix:/path".
[[nodiscard]] std::string listen_text(const Listen& listen);
// A socket that listens there; port 0 becomes the one taken. Each thread binds one of its own to the same port.
[[nodiscard]] Result<Descriptor> bind_listen(Listen& listen);

}  // namespace noctule

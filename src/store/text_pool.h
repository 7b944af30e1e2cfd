#pragma once
// SPDX-License-Identifier: Apache-2.0
// TextPool: each distinct text once, for as long as somebody holds it. What is released stays readable until sweep(), so that
// rows made before may still point to it. One thread.
#include <cstdint>
#include <deque>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace noctule {

enum class TextId : uint32_t { Empty = 0 };

class TextPool {
 public:
  TextPool();
  // Holds the text; as often as it is taken it must be released.
  [[nodiscard]] TextId take(std::string_view text);
  void release(TextId id);
  // Frees what nobody holds any more.
  void sweep();
  [[nodiscard]] std::string_view text(TextId id) const { return entries_[static_cast<size_t>(id)].text; }
  // Of the texts that somebody holds, and what keeps them.
  [[nodiscard]] size_t bytes() const { return bytes_; }
  [[nodiscard]] size_t size() const { return ids_.size(); }

 private:
  struct Entry {
    std::string text;
    uint32_t holders = 0;
    bool released = false;  // waits for the sweep
  };
  std::deque<Entry> entries_;  // a deque: texts stay where they are
  std::unordered_map<std::string_view, uint32_t> ids_;
  std::vector<uint32_t> free_, released_;
  size_t bytes_ = 0;
};

}  // namespace noctule

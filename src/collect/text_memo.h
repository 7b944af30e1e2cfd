#pragma once
// SPDX-License-Identifier: Apache-2.0
// TextMemo: what a text was made into, for the few thousand that come again and again (pages, referrers). One per thread. It
// holds kTextsMax texts of kTextSizeMax bytes at most; full, it forgets all of them.
#include <string>
#include <string_view>
#include <unordered_map>

#include "memo_hash.h"

namespace noctule {

class TextMemo {
 public:
  static constexpr size_t kTextsMax = 4'096, kTextSizeMax = 256;

  // make(text, out) appends what text is made into. The answer lives until the next call.
  template <typename Make>
  std::string_view find(std::string_view text, Make&& make) {
    if (text.size() > kTextSizeMax) {
      long_.clear();
      make(text, long_);
      return long_;
    }
    if (const auto known = made_.find(text); known != made_.end()) return known->second;
    if (made_.size() >= kTextsMax) made_.clear();
    std::string& out = made_[std::string(text)];
    make(text, out);
    return out;
  }

 private:
  std::unordered_map<std::string, std::string, MemoHash, std::equal_to<>> made_;
  std::string long_;
};

}  // namespace noctule

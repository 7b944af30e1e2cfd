#pragma once
// SPDX-License-Identifier: Apache-2.0
// ClientMemo: what was found out about each user agent seen lately, because a site's visitors share a few hundred of them.
// One per thread. At most kClientsMax are remembered; then all are forgotten and found out again.
#include <string>
#include <string_view>
#include <unordered_map>

#include "memo_hash.h"
#include "noctule/detect/knowledge.h"

namespace noctule {

inline constexpr size_t kClientsMax = 4'096;  // of up to 512 bytes twice: 4 MiB

struct Client {
  Kind kind = Kind::Browser;
  MachinePurpose purpose = MachinePurpose::None;
  std::string reduced;  // empty for machines
};

class ClientMemo {
 public:
  // The answer lives until the next call. user_agent: at most kUserAgentSizeMax bytes.
  const Client& find(std::string_view user_agent);

 private:
  std::unordered_map<std::string, Client, MemoHash, std::equal_to<>> clients_;
};

}  // namespace noctule

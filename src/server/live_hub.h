#pragma once
// SPDX-License-Identifier: Apache-2.0
// LiveHub: who is on a site now, told to whoever follows it by server-sent events. The loader tells it of new rows; it remembers
// each visitor of the last five minutes by pseudonym and page, for sites that somebody follows alone, and forgets them with the
// last reader.
#include <deque>
#include <map>
#include <mutex>
#include <span>
#include <string>
#include <unordered_map>
#include <vector>

#include "noctule/http/message.h"
#include "noctule/store/event_row.h"

namespace noctule {

inline constexpr int64_t kLiveWindowMs = 5 * 60'000;
inline constexpr size_t kLiveVisitorsMax = 100'000;  // of one site; beyond it no new ones are counted
inline constexpr size_t kLivePagesMax = 10;          // in one message

class LiveHub {
 public:
  // k: numbers of people below it are withheld, for outsiders.
  struct Reader {
    SiteId site = SiteId::None;
    uint32_t k = 0;
    std::shared_ptr<StreamWriter> writer;   // shared with the connection
  };
  // False: readers_max follow already.
  bool follow(Reader reader, size_t readers_max, int64_t now_ms);
  void on_rows(std::span<const EventRow> rows);  // the loader's thread
  void tell(int64_t now_ms);                     // once a second: what changed, and now and then a sign of life
  [[nodiscard]] size_t readers() const;

 private:
  struct Visitor {
    int64_t seen_ms = 0;
    std::string page;
    bool is_private = false;
  };
  struct SiteNow {
    std::unordered_map<uint64_t, Visitor> visitors;
    bool changed = true;
    int64_t told_ms = 0;
  };
  [[nodiscard]] static std::string message(const SiteNow& site, uint32_t k);

  mutable std::mutex mutex_;
  std::vector<Reader> readers_;
  std::map<SiteId, SiteNow> sites_;
};

}  // namespace noctule

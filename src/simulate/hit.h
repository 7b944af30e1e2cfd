#pragma once
// SPDX-License-Identifier: Apache-2.0
// A hit of the simulated world before it is written: fixed size, all strings by number. A world makes millions of them, so
// nothing in here owns memory.
#include <cstdint>
#include <deque>
#include <limits>
#include <string>
#include <string_view>
#include <unordered_map>

#include "noctule/base/result.h"

namespace noctule::sim {

enum class TextId : uint32_t { None = 0 };  // index into TextTable; None is the empty text

// All strings of a world: paths, referrers, user agents. Numbers are handed out in order of first use.
class TextTable {
 public:
  TextTable() { static_cast<void>(intern("")); }
  TextId intern(std::string_view text) {
    const auto found = ids_.find(text);
    if (found != ids_.end()) return found->second;
    const auto id = static_cast<TextId>(texts_.size());
    texts_.emplace_back(text);
    ids_.emplace(texts_.back(), id);
    return id;
  }
  [[nodiscard]] const std::string& text(TextId id) const { return texts_[static_cast<size_t>(id)]; }
  [[nodiscard]] size_t count() const { return texts_.size(); }

 private:
  std::deque<std::string> texts_;  // the map's keys point into it
  std::unordered_map<std::string_view, TextId> ids_;  // looked up, never walked: its order must not reach the output
};

// Below 2^32 an IPv4 address, else the upper half of an IPv6 address whose lower half follows from it.
struct Address {
  uint64_t bits = 0;
  [[nodiscard]] bool is_v4() const { return bits <= std::numeric_limits<uint32_t>::max(); }
  friend bool operator==(Address, Address) = default;
};

// What stands in a query string; a row of the table in url_text.cpp says how it is spelled.
enum class QueryKind : uint8_t {
  None, Fbclid, Gclid, Igsh, Igshid, McEid, McTerm, NewsletterUtm, NewsletterUtmBare, UtmChatgpt, UtmWhatsapp, UtmSocial, GroupMessage,
  SingleMessage, Timeline, SiteSearch, SearchWords, WordpressAuthor
};

struct QueryPart {
  QueryKind kind = QueryKind::None;
  uint64_t value = 0;
  friend bool operator==(QueryPart, QueryPart) = default;
};

// On the own site: a path and up to two query parts. As a referrer, own says that host goes before it.
struct Url {
  TextId text = TextId::None;
  bool own = false;
  QueryPart first{}, second{};
};

enum class Method : uint8_t { Get, Head, Post, Options };
enum class Protocol : uint8_t { Http11, Http2, Http3, Http10 };
enum class Purpose : uint8_t { None, Prefetch, PrefetchAnonymous };

// Why a person came.
enum class Cause : uint8_t { Search, Typed, Bookmark, Feed, Newsletter, Social, Referral, Paid, Ai, Document, Private };
inline constexpr int kCauses = 11;

// What kind of machine sent a hit.
enum class Machine : uint8_t {
  None, Crawler, Scanner, Probe, Monitor, MailGateway, Prefetch, HttpClient, FeedPoller, Preview
};
inline constexpr int kMachines = 10;

inline constexpr uint8_t kNoApp = 0xFF;

// The columns of a log in which an arrival may name the app that it came from.
enum class Trace : uint8_t { Target = 1, Referrer = 2, UserAgent = 4 };

// What the world knows of a hit and the log does not say.
struct HitTruth {
  Machine machine = Machine::None;
  Cause cause = Cause::Search;
  uint8_t app = kNoApp;         // row of apps(), or of public sources for Cause::Social
  uint8_t generation = 0;       // 0: not a share
  bool arrival = false;         // the first page view of a person's visit
  uint8_t traces = 0;           // what names the app, bits of Trace: how much of it shows depends on the format
  bool corroborated = false;    // an asset or a second page follows within the log
  bool deep = false;            // of an arrival: neither home page nor section
};

struct Hit {
  int64_t instant_ms = 0;
  Address client{};
  TextId user_agent = TextId::None;
  TextId package = TextId::None;  // X-Requested-With
  Url target{}, referrer{};
  uint32_t bytes = 0;
  uint32_t page = 0;              // of Site, for arrivals
  uint16_t status = 200;
  uint16_t duration_ms = 0;
  Method method = Method::Get;
  Protocol protocol = Protocol::Http2;
  Purpose purpose = Purpose::None;
  HitTruth truth{};
};

}  // namespace noctule::sim

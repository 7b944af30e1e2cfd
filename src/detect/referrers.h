#pragma once
// SPDX-License-Identifier: Apache-2.0
// ReferrerTable: what a Referer header says (data/referrers.tsv and the packages of android-app:// referrers). A row's host:
//   vk.com          the host and all below it      =msn.com       the host and its www twin only
//   google.{}       under any country's ending     {}.yahoo.com   with a country's letters before it
//   x.com/i/grok    this path and what lies below it    t.me/*   any path but "/"
//   mail.*          any host with this label before its registered name, a number at the label's end aside
//   */roundcube     any host, a path that begins so
// The most specific row wins: the longest host, there the longest path. What no row knows is a search when its address has
// the shape of a result page, else a referral. Immutable; any number of threads may share one.
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "registry.h"
#include "user_agents.h"

namespace noctule {

// Hashes std::string and std::string_view alike, so that a lookup copies nothing.
struct TextHash {
  using is_transparent = void;
  size_t operator()(std::string_view text) const { return std::hash<std::string_view>{}(text); }
};
template <typename Value>
using TextMap = std::unordered_map<std::string, Value, TextHash, std::equal_to<>>;

[[nodiscard]] std::optional<ReferrerClass> parse_referrer_class(std::string_view name);

class ReferrerTable {
 public:
  static Result<ReferrerTable> read(std::string_view text, Registry& registry);
  [[nodiscard]] ReferrerVerdict classify(std::string_view referrer, std::string_view own_host, const UserAgentTable& packages,
                                         const Registry& registry) const;
  // The row of a bare host name such as "chatgpt.com", as utm_source carries it; nullptr when unknown.
  struct Row {
    std::string path;  // "" for any
    ReferrerClass cls;
    SourceId source;
    AppId app;
    Private surface;
    Ga4Channel ga4;
    RuleId rule;
  };
  [[nodiscard]] const Row* find_host(std::string_view host) const { return find(host, "/", Generic::No); }

 private:
  enum class Generic : uint8_t { No, Yes };
  struct Place { std::string_view host, path, query; };
  [[nodiscard]] const Row* find(std::string_view host, std::string_view path, Generic generic) const;
  [[nodiscard]] const Row* find_named(std::string_view key, std::string_view path) const;
  [[nodiscard]] ReferrerVerdict classify_app(std::string_view package, const UserAgentTable& packages,
                                             const Registry& registry) const;
  [[nodiscard]] ReferrerVerdict classify_place(const Place& place) const;
  [[nodiscard]] Ga4Channel ga4_of_host(std::string_view host) const;
  TextMap<std::vector<Row>> hosts_;   // by host, "=host" or "name.{}"; longest path first
  TextMap<Row> labels_;               // of "label.*"
  std::vector<Row> paths_;            // of "*/path"
  struct Rules { RuleId internal, private_network, search_shape, other_site, other_app, malformed; } rules_{};
};

}  // namespace noctule

// SPDX-License-Identifier: Apache-2.0
#include "noctule/settings/site.h"

#include <algorithm>
#include <array>

#include "noctule/base/text.h"

namespace noctule {
namespace {

constexpr size_t kNameBytesMax = 253;  // of a host name in text (RFC 1035, section 2.3.4)

// A host or an id as the book keeps it, made without allocating: the collector asks once for every event it has no memo of.
class LookupName {
 public:
  // Lower case, without www. in front and a root's dot behind; empty when it is longer than any host name.
  static LookupName of_host(std::string_view host) {
    if (host.ends_with('.')) host.remove_suffix(1);
    if (starts_with_ignoring_case(host, "www.") && host.size() > 4) host.remove_prefix(4);
    return LookupName(host);
  }
  explicit LookupName(std::string_view text) : size_(text.size() <= kNameBytesMax ? text.size() : 0) {
    std::ranges::transform(text.substr(0, size_), bytes_.begin(), to_lower);
  }
  [[nodiscard]] std::string_view text() const { return {bytes_.data(), size_}; }

 private:
  std::array<char, kNameBytesMax> bytes_{};
  size_t size_;
};

}  // namespace

SiteBook::SiteBook(std::vector<Site> sites) : sites_(std::move(sites)) {
  std::ranges::sort(sites_, {}, &Site::id);
  // All names before any further host: a site's own name is never taken by another's list.
  for (size_t index = 0; index < sites_.size(); ++index) {
    by_domain_.emplace(LookupName::of_host(sites_[index].domain).text(), index);
    if (!sites_[index].umami_id.empty()) by_umami_.emplace(LookupName(sites_[index].umami_id).text(), index);
  }
  for (size_t index = 0; index < sites_.size(); ++index) {
    for (const std::string& host : sites_[index].hosts) by_domain_.emplace(LookupName::of_host(host).text(), index);
  }
  by_domain_.erase("");
}

const Site* SiteBook::find(SiteId id) const {
  const auto found = std::ranges::lower_bound(sites_, id, {}, &Site::id);
  return found != sites_.end() && found->id == id ? &*found : nullptr;
}

const Site* SiteBook::find_domain(std::string_view domain) const {
  const auto found = by_domain_.find(LookupName::of_host(domain).text());
  return found == by_domain_.end() ? nullptr : &sites_[found->second];
}

const Site* SiteBook::find_umami(std::string_view uuid) const {
  const auto found = by_umami_.find(LookupName(uuid).text());
  return found == by_umami_.end() ? nullptr : &sites_[found->second];
}

}  // namespace noctule

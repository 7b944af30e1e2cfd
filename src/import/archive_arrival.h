#pragma once
// SPDX-License-Identifier: Apache-2.0
// ArchiveArrival: what Knowledge says of how a visit of an archive began, in the texts and numbers that its rows carry.
#include <array>
#include <string>
#include <string_view>

#include "noctule/detect/knowledge.h"
#include "noctule/store/event_row.h"

namespace noctule {

// What is known of a visit's beginning. referrer: absolute, cleaned; tags: a query, cleaned.
struct ArchiveArrivalFacts {
  std::string_view host, path, referrer, tags;
  UserAgentVerdict user_agent;
  std::string_view source;      // the product's own name for where it came from; ours goes before it
};

class ArchiveArrival {
 public:
  ArchiveArrival() = default;
  explicit ArchiveArrival(const ArchiveArrivalFacts& facts);
  // Sets the columns of arrival and attribution; texts stay this object's.
  void put(EventRow& row) const;
  // The same where nothing is known of the page: totals, which are neither deep nor dark.
  void put_total(EventRow& row) const;

 private:
  ArrivalVerdict verdict_;
  std::string path_, referrer_, source_, rules_;
  std::array<std::string, 5> utm_;
  bool deep_ = false, dark_ = false;
};

// An app's own browser, as exports name it ("instagram"); AppId::None: a browser like others.
[[nodiscard]] UserAgentVerdict verdict_of_app(AppId app);

// A name of an event or a source as it is kept: printable, at most kArchiveNameBytesMax; "***" where it holds an e-mail address.
inline constexpr size_t kArchiveNameBytesMax = 120;
[[nodiscard]] std::string clean_name(std::string_view name);

// "name=value" with the value escaped, after what is there already; nothing for an empty value.
void append_tag(std::string_view name, std::string_view value, std::string& tags);

}  // namespace noctule

#pragma once
// SPDX-License-Identifier: Apache-2.0
// QueryTable: what the parameters of a page's address say (data/parameters.tsv, data/utm_sources.tsv). Names and values are
// percent-decoded and compared without case. The cell `value` of a parameter narrows it:
//   -  any value      a|b  one of these      ab*  begins so      ~16  at least 16 letters, digits, '-' or '_'
//   0_x-y-z  Mailchimp's utm_term: a list, a campaign and a recipient
// A value of utm_sources.tsv is also known with spaces, '_', '-' or '+' between its letters ("Whats App", "e-mail"); the cell
// `word` says whether it is known within a longer value: "yes" as a word of it, "part" within a word as well.
// Work is linear in the query's length, of which 8 KiB and 256 parameters are read. Immutable; threads may share one.
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "ga4.h"
#include "referrers.h"

namespace noctule {

// What a parameter is for.
enum class ParameterRole : uint8_t {
  Token,       // the site's own share token
  Source,      // names the source of a campaign
  Medium,      // its medium
  Campaign,    // its name
  Tag,         // another part of it
  Ref,         // a source where the value is a known one; any other value is the page's own business
  Newsletter,  // set by a mailing tool, the same for all its recipients
  Recipient,   // set by a mailing tool, another value for each recipient
  Click,       // set by a network on each click
  PaidClick,   // set by an advertiser's network on each click
  Paid,        // set by an advertiser's network, the same on many clicks
  Listing,     // set by a search engine on its unpaid results
  Share,       // set by an app's share button
  Mark         // set by an app, or too common a name: it decides nothing by itself
};

class QueryTable {
 public:
  static Result<QueryTable> read(std::string_view parameters, std::string_view sources, Registry& registry);
  // hosts: where the category of a source such as "chatgpt.com" is looked up.
  [[nodiscard]] QueryVerdict classify(std::string_view query, const ReferrerTable& hosts) const;

 private:
  enum class ValueShape : uint8_t { Any, OneOf, Prefix, Opaque, MailchimpTerm };
  struct Parameter {
    ValueShape shape = ValueShape::Any;
    std::vector<std::string> values;  // of OneOf, Prefix
    size_t size_min = 0;              // of Opaque
    ParameterRole role{};
    AppId app{};
    Private surface{};
    bool read_by_ga4 = false;
    RuleId rule{};
    [[nodiscard]] bool accepts(std::string_view value) const;
  };
  struct Source {
    AppId app;
    Private surface;
    Channel channel;
    SourceCategory category;
    SourceId name;
    RuleId rule;
  };
  struct Campaign;  // what the tags of one query say, while it is read
  static Result<Parameter> parse_parameter(const TsvTable::Row& row, Registry& registry);
  Result<void> read_sources(std::string_view text, Registry& registry);
  [[nodiscard]] const Parameter* find(std::string_view name, std::string_view value) const;
  [[nodiscard]] const Source* find_source(std::string_view value) const;
  [[nodiscard]] const Source* find_word(std::string_view value) const;
  [[nodiscard]] const Source* find_medium(std::string_view value) const;
  void note(const Parameter& parameter, std::string_view name, std::string_view value, Campaign& campaign,
            QueryVerdict& verdict) const;
  void judge_source(Campaign& campaign, const ReferrerTable& hosts, QueryVerdict& verdict) const;
  void judge_medium(Campaign& campaign, QueryVerdict& verdict) const;
  TextMap<std::vector<Parameter>> parameters_;
  std::vector<std::pair<std::string, Parameter>> prefixes_;  // of "bsft_*"
  TextMap<Source> sources_, mediums_;
  TextMap<Source> compact_sources_, compact_mediums_;   // the same without spaces, '_', '-' and '+'
  TextMap<Source> words_;                               // what may stand as a word within a longer value
  std::vector<std::pair<std::string, Source>> parts_;   // what may stand within a word
  RuleId paid_medium_{};
};

}  // namespace noctule

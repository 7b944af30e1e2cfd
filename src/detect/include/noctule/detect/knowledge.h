#pragma once
// SPDX-License-Identifier: Apache-2.0
// Knowledge: what is known of user agents, referrers, parameters, packages and networks, from the tables in data/ (built
// into the program). Immutable once made; any number of threads may share one. Every verdict names the rows that fired.
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "noctule/base/result.h"
#include "noctule/model/evidence.h"

namespace noctule {

enum class AppId : uint16_t { None = 0 };    // index of a row of data/apps.tsv
enum class RuleId : uint16_t { None = 0 };   // a row of any table in data/
enum class SourceId : uint16_t { None = 0 };  // a named source, e.g. "Google", "WhatsApp"

// Who fetches an app's link previews: the sharer's own device (WhatsApp, Signal, iMessage), a server of the app, or each
// instance of a federated network.
enum class PreviewsBy : uint8_t { Device, Server, Instances };

struct AppInfo {
  std::string id;        // stable, e.g. "whatsapp"
  std::string name;      // for people, e.g. "WhatsApp"
  Private surface;       // of its in-app browser, when nothing else says: a messenger's is Yes, a network's Unknown
  PreviewsBy previews_by = PreviewsBy::Server;
};

struct RuleInfo {
  std::string id;      // stable, e.g. "ua.whatsapp_android"
  std::string text;    // what it says, in English, for --explain
  std::string source;  // where the fact comes from
};

// Why a client is a machine, for the named exclusions.
enum class MachinePurpose : uint8_t { None, Crawler, Preview, Monitoring, MailScanner, HttpClient, FeedReader, Headless };

// At most four rules fire on one field; more do not change a verdict.
struct RuleList {
  RuleId ids[4] = {};
  void add(RuleId id) {
    if (id == RuleId::None) return;
    for (RuleId& slot : ids) {
      if (slot == id) return;
      if (slot == RuleId::None) { slot = id; return; }
    }
  }
  friend bool operator==(const RuleList&, const RuleList&) = default;
};

struct UserAgentVerdict {
  Kind kind = Kind::Browser;
  AppId app = AppId::None;
  Private surface = Private::No;       // meaningful for InappBrowser: is the app's in-app browser a private surface
  MachinePurpose purpose = MachinePurpose::None;
  bool mobile = false;
  bool web_view = false;               // the browser inside some app that does not name itself; kind stays Browser
  RuleList rules;
  friend bool operator==(const UserAgentVerdict&, const UserAgentVerdict&) = default;
};

enum class ReferrerClass : uint8_t {
  None, Internal, Search, Social, PrivateMessage, Email, Sms, AiAssistant, Paid, Video, Shopping, Referral, Other, Spam
};

[[nodiscard]] std::string_view name_of(ReferrerClass cls);  // stable, lower snake_case; AiAssistant is "ai"

struct ReferrerVerdict {
  ReferrerClass cls = ReferrerClass::None;
  SourceId source = SourceId::None;
  AppId app = AppId::None;
  Private surface = Private::No;
  Ga4Channel ga4 = Ga4Channel::Direct;  // what GA4 reports for it when no campaign tag says otherwise
  RuleList rules;
  friend bool operator==(const ReferrerVerdict&, const ReferrerVerdict&) = default;
};

// What a query string says. Hashes identify values within one analysis; the values themselves are not kept.
struct QueryVerdict {
  bool token = false;                  // the site's own share token (parameter nt)
  bool campaign = false;               // any utm_* or equivalent campaign tag
  bool campaign_known = false;         // its source or medium is one that a row knows
  bool messenger_source = false;       // utm_source itself names a messenger, not just the medium
  bool ga4_tagged = false;             // a tag or click id that GA4 itself reads: then utm_ga4 is its verdict, else the referrer's
  SourceId utm_source = SourceId::None;  // the named source of utm_source, where it is a known one
  AppId utm_app = AppId::None;         // utm_source names a messenger or app
  Private utm_surface = Private::No;
  Channel utm_channel = Channel::Other;  // what utm_source/utm_medium say; Other: nothing
  Ga4Channel utm_ga4 = Ga4Channel::Unassigned;  // GA4's reading of the utm tags and paid click ids
  AppId share_app = AppId::None;       // igsh, mibextid, from=groupmessage and their kind
  Private share_surface = Private::No;
  AppId click_app = AppId::None;       // the app or network that a per-click id belongs to (fbclid: facebook)
  uint64_t click_id = 0;               // hash of a per-click id's name and value; 0: none
  uint64_t recipient_id = 0;           // hash of a per-recipient id's name and value (mc_eid...); 0: none
  bool paid_click = false;             // gclid, msclkid and their kind
  RuleList rules;
  friend bool operator==(const QueryVerdict&, const QueryVerdict&) = default;
};

// What the rest of the log adds to one arrival.
struct ArrivalContext {
  bool deep_page = true;               // not the home page or a section page
  bool returning = false;              // the visitor was here before
  bool click_echo = false;             // its click or recipient id was seen from another person before
  AppId unfurl_app = AppId::None;      // an unfurl of the same page before it, better than chance
};

struct ArrivalVerdict {
  Grade grade = Grade::None;
  AppId app = AppId::None;
  Private is_private = Private::No;
  Channel channel = Channel::Direct;
  Ga4Channel ga4 = Ga4Channel::Direct;
  SourceId source = SourceId::None;
  RuleId rules[8] = {};                // in order of weight, None ends the list
};

enum class NetworkKind : uint8_t { None, CdnEdge, MailGateway, MetaCrawler, TelegramCrawler, AppleRelay };

class Knowledge {
 public:
  // The tables that were built in; made on first use, then shared. Asserts that they are well-formed (a test proves it).
  static const Knowledge& builtin();
  ~Knowledge();

  [[nodiscard]] UserAgentVerdict classify_user_agent(std::string_view user_agent, std::string_view requested_with = {}) const;
  // own_host: the host of the page asked for, empty when the log does not say; a referrer on it (or its www twin) is Internal.
  [[nodiscard]] ReferrerVerdict classify_referrer(std::string_view referrer, std::string_view own_host = {}) const;
  // query: what follows '?', percent-encoded, without '#'.
  [[nodiscard]] QueryVerdict classify_query(std::string_view query) const;
  // Whether one parameter ("name=value") says who somebody is or lets one in: by its name, or a value like an e-mail address.
  [[nodiscard]] bool is_personal(std::string_view parameter) const;
  // The address as text, IPv4 or IPv6; None when it is neither.
  [[nodiscard]] NetworkKind classify_address(std::string_view address) const;
  // The same for an IPv4 address as a number, its first part in the highest byte.
  [[nodiscard]] NetworkKind classify_ipv4(uint32_t address) const;
  [[nodiscard]] ArrivalVerdict decide(const UserAgentVerdict& user_agent, const ReferrerVerdict& referrer,
                                      const QueryVerdict& query, const ArrivalContext& context) const;

  [[nodiscard]] const AppInfo& app(AppId id) const;      // None is a row of its own with empty id
  [[nodiscard]] const RuleInfo& rule(RuleId id) const;
  [[nodiscard]] std::string_view source(SourceId id) const;
  [[nodiscard]] size_t app_count() const;
  [[nodiscard]] size_t rule_count() const;
  [[nodiscard]] AppId find_app(std::string_view id) const;  // None when unknown

 private:
  Knowledge();
  struct Tables;
  std::unique_ptr<Tables> tables_;
};

// Whether the text holds something like jane@example.org, also as jane%40example.org. A leading "@" is a handle, not an address.
[[nodiscard]] bool contains_email_address(std::string_view text);
// Whether an IP address stands in it as a word of its own, also with a port. Versions of four numbers below 256 look the same.
[[nodiscard]] bool contains_ipv4_address(std::string_view text);
[[nodiscard]] bool contains_ipv6_address(std::string_view text);

}  // namespace noctule

#pragma once
// SPDX-License-Identifier: Apache-2.0
// HitMaker: turns a log record into a hit. Each thread has its own, with memos of what it has judged before; the lists of
// distinct verdicts and the page names are shared. Judging each distinct text once is what makes the analysis fast.
#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "address_book.h"
#include "noctule/base/flat_table.h"
#include "noctule/detect/knowledge.h"
#include "noctule/model/log_record.h"
#include "noctule/visits/hit.h"
#include "noctule/visits/inference.h"
#include "page_names.h"
#include "site_hosts.h"
#include "verdict_list.h"

namespace noctule {

// Shared by all hit makers of one analysis.
struct SharedVerdicts {
  VerdictList<UserAgentVerdict> user_agents;
  VerdictList<ReferrerVerdict> referrers;
  VerdictList<QueryVerdict> queries;  // without their ids
};

class HitMaker {
 public:
  // addresses: OfEdges says that all addresses are a CDN's, also those that no published range holds.
  HitMaker(const Knowledge& knowledge, const SiteHosts& hosts, SharedVerdicts& verdicts, PageNames& names,
           Addresses addresses = Addresses::OfVisitors)
      : knowledge_(knowledge), hosts_(hosts), verdicts_(verdicts), names_(names), addresses_(knowledge), addresses_are_(addresses) {}

  // fields: the columns that the record's log has.
  Hit make(const LogRecord& record, FieldSet fields, uint64_t origin);

  // Whose request it was: the peer's address, or the one that a trusted proxy names.
  [[nodiscard]] std::string_view client_address(const LogRecord& record);

  // A new file's lines follow: addresses count per file.
  void begin_file(uint32_t file) { file_ = file; }

  // Of the last record: the hash by which its address is shared out to the shards.
  [[nodiscard]] uint64_t address_group() const { return address_group_; }

  // Of the last record: its address is a private network's; it was not seen in this file before, as far as the memo goes.
  [[nodiscard]] bool address_is_private() const { return address_is_private_; }
  [[nodiscard]] bool address_is_new() const { return address_is_new_; }
  [[nodiscard]] size_t agent_count() const { return agents_.size(); }

  // Hosts that were named as referrer of styles and scripts, with how often.
  [[nodiscard]] std::vector<HostTally> host_tally() const;
  [[nodiscard]] uint64_t forwarded_trusted() const { return forwarded_trusted_; }

 private:
  struct AgentMemo {
    uint64_t key;
    uint32_t family;
    uint16_t index;
    Kind kind;
    MachinePurpose purpose;
  };
  struct ReferrerMemo {
    uint64_t key, path;
    uint16_t index;
    ReferrerClass cls;
  };
  struct TargetMemo {
    uint64_t key, page, path;
    Target target;
    bool named;
  };
  struct QueryMemo {
    uint64_t key, click_id, recipient_id;
    uint16_t index;
  };
  // A memo that has grown past this is emptied: it is a cache, the verdicts stay.
  static constexpr size_t kMemoRowsMax = 1 << 16;

  void set_agent(const LogRecord& record, Hit& hit);
  void set_address(const LogRecord& record, Hit& hit);
  void set_target(const LogRecord& record, FieldSet fields, Hit& hit);
  void set_referrer(const LogRecord& record, FieldSet fields, Hit& hit);
  void set_visitor(Hit& hit);
  struct JudgedTarget {
    TargetMemo memo;
    std::string address;  // path and query in one spelling
  };
  [[nodiscard]] JudgedTarget judge_target(std::string_view host, std::string_view path, std::string_view query, uint64_t key) const;
  void set_query(std::string_view query, Hit& hit);
  [[nodiscard]] ReferrerMemo judge_referrer(std::string_view referrer, std::string_view host, uint64_t key);
  [[nodiscard]] bool is_own_host(std::string_view host, std::string_view request_host) const;
  void tally_asset(std::string_view referrer);

  const Knowledge& knowledge_;
  const SiteHosts& hosts_;
  SharedVerdicts& verdicts_;
  PageNames& names_;
  FlatTable<AgentMemo> agents_;
  FlatTable<ReferrerMemo> referrers_;
  FlatTable<TargetMemo> targets_;
  FlatTable<QueryMemo> queries_;
  AddressBook addresses_;
  std::unordered_map<std::string, uint64_t> tally_;
  std::string tally_host_;     // the last host counted, and how often since: pages fetch many assets in a row
  uint64_t tally_pending_ = 0;
  Addresses addresses_are_;
  uint64_t address_group_ = 0, forwarded_trusted_ = 0;
  uint32_t file_ = 0;
  bool address_is_private_ = false, address_is_new_ = false;
};

}  // namespace noctule

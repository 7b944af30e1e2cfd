#pragma once
// SPDX-License-Identifier: Apache-2.0
// ArrivalJudge: what Knowledge says of how a visit began, in the texts and numbers that its rows carry. Each distinct user
// agent, referrer and tag is classified once and remembered within a limit. One thread.
#include <array>
#include <string>
#include <unordered_map>

#include "noctule/detect/knowledge.h"
#include "noctule/detect/software.h"
#include "noctule/model/event.h"
#include "noctule/store/event_row.h"

namespace noctule {

inline constexpr size_t kUtmTags = 5;  // source, medium, campaign, content, term

// What the events before an arrival add to its verdict.
struct ArrivalSurroundings {
  bool returning = false, click_echo = false;
  AppId unfurl_app = AppId::None;
};

// Views live until the judge's next call.
struct JudgedVisit {
  ArrivalVerdict verdict;
  bool deep = false, dark = false;
  std::string_view referrer;        // empty where it is a page of the site itself
  std::string_view source, rules, app;
  std::array<std::string_view, kUtmTags> utm;
};

class ArrivalJudge {
 public:
  struct Client {
    UserAgentVerdict verdict;
    Software software;
    // Where the user agent does not tell, the width of the page's view does.
    [[nodiscard]] DeviceKind device(uint16_t viewport_width) const;
  };

  explicit ArrivalJudge(const Knowledge& knowledge) : knowledge_(knowledge) {}
  [[nodiscard]] const JudgedVisit& judge(const Event& event, const ArrivalSurroundings& surroundings);
  // The reference lives until the judge's next call.
  [[nodiscard]] const Client& client_of(std::string_view user_agent);
  [[nodiscard]] const Knowledge& knowledge() const { return knowledge_; }

 private:
  struct Tags {
    QueryVerdict verdict;
    std::array<std::string, kUtmTags> utm;
  };
  template <typename T>
  using Memo = std::unordered_map<std::string, T>;

  const ReferrerVerdict& referrer_of(std::string_view referrer, std::string_view host);
  const Tags& tags_of(std::string_view tags);
  ArrivalVerdict decide(const Event& event, const ArrivalSurroundings& surroundings);
  [[nodiscard]] std::string_view source_of(const ArrivalVerdict& verdict, const JudgedVisit& judged) const;

  const Knowledge& knowledge_;
  Memo<Client> clients_;
  Memo<ReferrerVerdict> referrers_;
  Memo<Tags> tags_;
  std::string key_, rules_;
  JudgedVisit judged_;
};

[[nodiscard]] std::string_view surface_name(Private is_private, std::string_view app);

}  // namespace noctule

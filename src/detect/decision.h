#pragma once
// SPDX-License-Identifier: Apache-2.0
// Decision: from the verdicts on the parts of one arrival to its grade, app, channel and surface. A list of steps in order
// of weight; the first that has something to say decides, and its rules come first in the verdict. docs/evidence.md says
// why the order is as it is. Immutable; any number of threads may share one.
#include <optional>

#include "registry.h"

namespace noctule {

class Decision {
 public:
  explicit Decision(const Registry& registry);
  struct Arrival {
    const UserAgentVerdict& user_agent;
    const ReferrerVerdict& referrer;
    const QueryVerdict& query;
    const ArrivalContext& context;
  };
  [[nodiscard]] ArrivalVerdict decide(const Arrival& arrival, const Registry& registry) const;

 private:
  struct Outcome {
    Grade grade = Grade::None;
    AppId app = AppId::None;
    Private is_private = Private::No;
    Channel channel = Channel::Other;
    SourceId source = SourceId::None;
    RuleId rule = RuleId::None;             // of the step itself
    const RuleList* evidence = nullptr;     // of the part that decided
  };
  using Step = std::optional<Outcome> (Decision::*)(const Arrival&, const Registry&) const;
  std::optional<Outcome> machine(const Arrival& arrival, const Registry& registry) const;
  std::optional<Outcome> own_token(const Arrival& arrival, const Registry& registry) const;
  std::optional<Outcome> messenger_tag(const Arrival& arrival, const Registry& registry) const;
  std::optional<Outcome> messenger_share(const Arrival& arrival, const Registry& registry) const;
  std::optional<Outcome> echo(const Arrival& arrival, const Registry& registry) const;
  std::optional<Outcome> private_app(const Arrival& arrival, const Registry& registry) const;
  std::optional<Outcome> private_referrer(const Arrival& arrival, const Registry& registry) const;
  std::optional<Outcome> campaign(const Arrival& arrival, const Registry& registry) const;
  std::optional<Outcome> other_site(const Arrival& arrival, const Registry& registry) const;
  std::optional<Outcome> public_app(const Arrival& arrival, const Registry& registry) const;
  std::optional<Outcome> network_referrer(const Arrival& arrival, const Registry& registry) const;
  std::optional<Outcome> share_button(const Arrival& arrival, const Registry& registry) const;
  std::optional<Outcome> unknown_campaign(const Arrival& arrival, const Registry& registry) const;
  std::optional<Outcome> unfurl(const Arrival& arrival, const Registry& registry) const;
  std::optional<Outcome> lost_click(const Arrival& arrival, const Registry& registry) const;
  std::optional<Outcome> nothing_said(const Arrival& arrival, const Registry& registry) const;
  struct Mail { AppId app; SourceId source; Private surface; const RuleList& evidence; };
  Outcome mail(const Arrival& arrival, const Mail& mail) const;
  [[nodiscard]] AppId family_of(AppId app) const;
  struct Rules { RuleId token, echo, mail_campaign, passed_on, unfurl, lost_click, returning, internal, home, deep; } rules_{};
  AppId facebook_, meta_;
};

}  // namespace noctule

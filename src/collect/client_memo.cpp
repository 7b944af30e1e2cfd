// SPDX-License-Identifier: Apache-2.0
#include "client_memo.h"

#include "noctule/collect/cleaning.h"

namespace noctule {

const Client& ClientMemo::find(std::string_view user_agent) {
  if (const auto known = clients_.find(user_agent); known != clients_.end()) return known->second;
  if (clients_.size() >= kClientsMax) clients_.clear();
  const UserAgentVerdict verdict = Knowledge::builtin().classify_user_agent(user_agent);
  Client client{.kind = verdict.kind, .purpose = verdict.purpose, .reduced = {}};
  if (verdict.kind == Kind::Browser || verdict.kind == Kind::InappBrowser || verdict.kind == Kind::App) client.reduced = reduce_user_agent(user_agent);
  return clients_.emplace(user_agent, std::move(client)).first->second;
}

}  // namespace noctule

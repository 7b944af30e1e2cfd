// SPDX-License-Identifier: Apache-2.0
#include "noctule/detect/knowledge.h"

#include "embedded_tables.h"
#include "knowledge_tables.h"

namespace noctule {

TableTexts TableTexts::builtin() {
  return {kTable_apps, kTable_rules, kTable_user_agents, kTable_packages, kTable_referrers, kTable_parameters,
          kTable_utm_sources, kTable_networks, kTable_personal_parameters};
}

Result<KnowledgeTables> KnowledgeTables::read(const TableTexts& texts) {
  KnowledgeTables tables;
  if (auto read = tables.registry.read_apps(texts.apps); !read) return std::unexpected(std::move(read).error());
  if (auto read = tables.registry.read_rules(texts.rules); !read) return std::unexpected(std::move(read).error());
  NOCT_TRY(tables.user_agents, UserAgentTable::read(texts.user_agents, texts.packages, tables.registry));
  NOCT_TRY(tables.referrers, ReferrerTable::read(texts.referrers, tables.registry));
  NOCT_TRY(tables.queries, QueryTable::read(texts.parameters, texts.utm_sources, tables.registry));
  NOCT_TRY(tables.networks, NetworkTable::read(texts.networks, tables.registry));
  NOCT_TRY(tables.personal_parameters, PersonalParameters::read(texts.personal_parameters));
  return tables;
}

const Knowledge& Knowledge::builtin() {
  static const Knowledge knowledge;
  return knowledge;
}

Knowledge::Knowledge() {
  auto tables = KnowledgeTables::read(TableTexts::builtin());
  NOCT_ASSERT(tables.has_value());
  Decision decision(tables->registry);
  tables_ = std::make_unique<Tables>(Tables{*std::move(tables), decision});
}

Knowledge::~Knowledge() = default;

UserAgentVerdict Knowledge::classify_user_agent(std::string_view user_agent, std::string_view requested_with) const {
  return tables_->all.user_agents.classify(user_agent, requested_with);
}

ReferrerVerdict Knowledge::classify_referrer(std::string_view referrer, std::string_view own_host) const {
  return tables_->all.referrers.classify(referrer, own_host, tables_->all.user_agents, tables_->all.registry);
}

QueryVerdict Knowledge::classify_query(std::string_view query) const {
  return tables_->all.queries.classify(query, tables_->all.referrers);
}

bool Knowledge::is_personal(std::string_view parameter) const { return tables_->all.personal_parameters.has(parameter); }

NetworkKind Knowledge::classify_ipv4(uint32_t address) const { return tables_->all.networks.classify_ipv4(address); }
NetworkKind Knowledge::classify_address(std::string_view address) const { return tables_->all.networks.classify(address); }

ArrivalVerdict Knowledge::decide(const UserAgentVerdict& user_agent, const ReferrerVerdict& referrer, const QueryVerdict& query,
                                 const ArrivalContext& context) const {
  return tables_->decision.decide({user_agent, referrer, query, context}, tables_->all.registry);
}

const AppInfo& Knowledge::app(AppId id) const { return tables_->all.registry.apps.at(static_cast<size_t>(id)); }
const RuleInfo& Knowledge::rule(RuleId id) const { return tables_->all.registry.rules.at(static_cast<size_t>(id)); }
std::string_view Knowledge::source(SourceId id) const { return tables_->all.registry.sources.at(static_cast<size_t>(id)); }
size_t Knowledge::app_count() const { return tables_->all.registry.apps.size(); }
size_t Knowledge::rule_count() const { return tables_->all.registry.rules.size(); }

AppId Knowledge::find_app(std::string_view id) const { return tables_->all.registry.app(id).value_or(AppId::None); }

}  // namespace noctule

#pragma once
// SPDX-License-Identifier: Apache-2.0
// KnowledgeTables: all tables as read from their texts, which a test may alter. Knowledge owns one. Immutable once read.
#include "decision.h"
#include "networks.h"
#include "personal_parameters.h"
#include "queries.h"
#include "referrers.h"
#include "registry.h"
#include "user_agents.h"

namespace noctule {

struct TableTexts {
  std::string_view apps, rules, user_agents, packages, referrers, parameters, utm_sources, networks, personal_parameters;
  static TableTexts builtin();
};

struct KnowledgeTables {
  Registry registry;
  UserAgentTable user_agents;
  ReferrerTable referrers;
  QueryTable queries;
  NetworkTable networks;
  PersonalParameters personal_parameters;
  static Result<KnowledgeTables> read(const TableTexts& texts);
};

struct Knowledge::Tables {
  KnowledgeTables all;
  Decision decision;
};

}  // namespace noctule

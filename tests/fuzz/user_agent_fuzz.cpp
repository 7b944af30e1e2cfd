// SPDX-License-Identifier: Apache-2.0
// Everything that a request says about itself: user agent, package, referrer, query, address, one per line of the input.
// Beyond not crashing: verdicts name rules that exist, do not depend on what came before, and a referrer's letters' case
// changes nothing.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "noctule/detect/knowledge.h"

using namespace noctule;

namespace {

void expect(bool holds) {
  if (!holds) std::abort();
}

std::string_view next_line(std::string_view& rest) {
  const size_t end = rest.find('\n');
  const std::string_view line = rest.substr(0, end);
  rest = end == std::string_view::npos ? std::string_view{} : rest.substr(end + 1);
  return line;
}

std::string upper(std::string_view text) {
  std::string result(text);
  for (char& c : result) c = c >= 'a' && c <= 'z' ? static_cast<char>(c - 32) : c;
  return result;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const Knowledge& knowledge = Knowledge::builtin();
  std::string_view rest(reinterpret_cast<const char*>(data), size);
  const std::string_view user_agent = next_line(rest), package = next_line(rest), referrer = next_line(rest), host = next_line(rest),
                         query = next_line(rest), address = next_line(rest);
  const UserAgentVerdict client = knowledge.classify_user_agent(user_agent, package);
  const ReferrerVerdict from = knowledge.classify_referrer(referrer, host);
  const QueryVerdict asked = knowledge.classify_query(query);
  expect(client == knowledge.classify_user_agent(user_agent, package));
  expect(from == knowledge.classify_referrer(upper(referrer), upper(host)));
  expect(asked == knowledge.classify_query(query));
  expect(knowledge.classify_address(address) <= NetworkKind::AppleRelay);
  ArrivalContext context;
  context.deep_page = size % 2 == 0;
  context.returning = size % 3 == 0;
  context.click_echo = size % 5 == 0;
  const ArrivalVerdict verdict = knowledge.decide(client, from, asked, context);
  for (RuleId rule : verdict.rules) expect(static_cast<size_t>(rule) < knowledge.rule_count());
  expect(static_cast<size_t>(verdict.app) < knowledge.app_count());
  expect(verdict.is_private != Private::Yes || verdict.grade >= Grade::Inferred);  // nothing is called private on no evidence
  return 0;
}

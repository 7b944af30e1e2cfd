// SPDX-License-Identifier: Apache-2.0
#include "tags.h"

#include <array>

#include "noctule/base/text.h"
#include "noctule/detect/knowledge.h"
#include "text_cleaning.h"

namespace noctule {
namespace {

// Stands in an id's place: long enough for "16 letters, digits, '-' or '_'", and shaped like Mailchimp's utm_term.
constexpr std::array<std::string_view, 2> kStandIns = {"xxxxxxxxxxxxxxxxxxxxxxxx", "0_0000000000-0000000000-000000000"};

// What a verdict says beside who it was.
QueryVerdict without_ids(QueryVerdict verdict) {
  verdict.click_id = verdict.recipient_id = 0;
  return verdict;
}

struct Parameter {
  std::string_view name, value;
};

Parameter split(std::string_view text) {
  const size_t equals = text.find('=');
  if (equals == std::string_view::npos) return {text, {}};
  return {text.substr(0, equals), text.substr(equals + 1)};
}

// The first stand-in that is classified as the value is; empty: it is the value that counts.
std::string_view find_stand_in(std::string_view name, const QueryVerdict& verdict, std::string& scratch) {
  for (const std::string_view stand_in : kStandIns) {
    scratch.assign(name).append("=").append(stand_in);
    if (without_ids(Knowledge::builtin().classify_query(scratch)) == without_ids(verdict)) return stand_in;
  }
  return {};
}

// The value that is kept; empty: the parameter is not kept.
std::string_view kept_value(const Parameter& parameter, const QueryVerdict& verdict, std::string& scratch) {
  const bool is_id = verdict.click_id != 0 || verdict.recipient_id != 0;
  const bool hides = is_secret(parameter.value);
  if (verdict.campaign && !is_id && !hides && parameter.value.size() <= kTagValueSizeMax) return parameter.value;
  const std::string_view stand_in = find_stand_in(parameter.name, verdict, scratch);
  if (!stand_in.empty() || is_id || hides || parameter.value.size() > kTagValueSizeMax) return stand_in;
  return parameter.value;  // one of a list, as from=groupmessage
}

void keep_hashes(const Parameter& parameter, const QueryVerdict& verdict, const Site& site, const PseudonymKeys& keys, CleanPage& page) {
  if (site.mode != ConsentMode::Consented) return;
  const auto hash = [&] { return hash_echo(keys, site.id, lower(parameter.name), parameter.value); };
  if (verdict.click_id != 0 && page.click_hash == 0) page.click_hash = hash();
  if (verdict.recipient_id != 0 && page.recipient_hash == 0) page.recipient_hash = hash();
}

}  // namespace

void append_tags(std::string_view query, const Site& site, const PseudonymKeys& keys, CleanPage& page) {
  const Knowledge& knowledge = Knowledge::builtin();
  std::string scratch;
  for_each_parameter(query, [&](std::string_view text) {
    const QueryVerdict verdict = knowledge.classify_query(text);
    if (verdict == QueryVerdict{} || is_personal_text(text.substr(0, text.find('=')))) return;
    const Parameter parameter = split(text);
    const bool is_id = verdict.click_id != 0 || verdict.recipient_id != 0;
    if (!is_id && knowledge.is_personal(text)) return;
    keep_hashes(parameter, verdict, site, keys, page);
    const std::string_view value = kept_value(parameter, verdict, scratch);
    if (value.empty() || page.tags.size() + parameter.name.size() + value.size() + 2 > kTagsSizeMax) return;
    if (!page.tags.empty()) page.tags += '&';
    append_clean(parameter.name, kTagsSizeMax, page.tags);
    page.tags += '=';
    append_clean(value, kTagsSizeMax, page.tags);
  });
}

}  // namespace noctule

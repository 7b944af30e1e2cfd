// SPDX-License-Identifier: Apache-2.0
// Channel rules: kept, checked, and the patterns they may hold.
#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "noctule/base/text.h"
#include "noctule/settings/settings.h"
#include "settings_file.h"

namespace noctule {
namespace {

constexpr std::array<std::string_view, 8> kFields = {"source", "referrer", "utm_source", "utm_medium", "utm_campaign", "app", "entry_page", "channel"};
constexpr std::array<std::string_view, 5> kOperators = {"is", "is_not", "contains", "starts_with", "matches"};
constexpr size_t kValueBytesMax = 500;

Result<void> check_one_of(std::string_view typed, std::span<const std::string_view> known, std::string_view what) {
  if (std::ranges::find(known, typed) != known.end()) return {};
  return fail(ErrorCode::InvalidInput, fmt::format("a channel rule has no {} \"{}\"; there are {}", what, printable(typed, 40), fmt::join(known, ", ")));
}

Result<void> check_rule(const ChannelRule& rule) {
  if (auto checked = check_one_of(rule.field, kFields, "field"); !checked) return checked;
  if (auto checked = check_one_of(rule.op, kOperators, "operator"); !checked) return checked;
  if (auto checked = check_text(rule.value, "a rule's value", kValueBytesMax); !checked) return checked;
  if (rule.channel.empty()) return fail(ErrorCode::InvalidInput, "a channel rule names no channel");
  return check_text(rule.channel, "a rule's channel", kNameBytesMax);
}

// Past one character of UTF-8; a byte that is none counts as one.
size_t step(std::string_view text, size_t at) { return at + std::max<size_t>(1, utf8_length(text.substr(at))); }

}  // namespace

Result<std::vector<ChannelRule>> Settings::channel_rules(SiteId site) {
  NOCT_TRY(sqlite::Statement select, state_->prepare("SELECT id, site, position, field, op, value, channel FROM channel_rule "
                                                     "WHERE site=?1 OR site IS NULL ORDER BY site IS NULL, position", site));
  std::vector<ChannelRule> rules;
  for (;;) {
    NOCT_TRY(const bool row, select.step());
    if (!row) return rules;
    rules.push_back({.id = select.integer(0), .site = SiteId{static_cast<uint32_t>(select.integer(1))}, .position = static_cast<int>(select.integer(2)),
                     .field = std::string(select.text(3)), .op = std::string(select.text(4)), .value = std::string(select.text(5)),
                     .channel = std::string(select.text(6))});
  }
}

Result<void> Settings::set_channel_rules(SiteId site, const std::vector<ChannelRule>& rules) {
  if (rules.size() > kChannelRulesMax) return fail(ErrorCode::InvalidInput, fmt::format("at most {} channel rules, not {}", kChannelRulesMax, rules.size()));
  for (const ChannelRule& rule : rules) {
    if (auto checked = check_rule(rule); !checked) return checked;
  }
  return state_->change([&]() -> Result<void> {
    NOCT_TRY(sqlite::Statement known, state_->prepare("SELECT 1 WHERE ?1=0 OR EXISTS (SELECT 1 FROM site WHERE id=?1)", site));
    NOCT_TRY(const bool exists, known.step());
    if (!exists) return fail(ErrorCode::NotFound, fmt::format("there is no site {}", static_cast<uint32_t>(site)));
    NOCT_TRY([[maybe_unused]] const int64_t removed, state_->run("DELETE FROM channel_rule WHERE site IS NULLIF(?1, 0)", site));
    int64_t position = 0;
    for (const ChannelRule& rule : rules) {
      NOCT_TRY([[maybe_unused]] const int64_t rows,
               state_->run("INSERT INTO channel_rule(site, position, field, op, value, channel) VALUES (NULLIF(?1, 0), ?2, ?3, ?4, ?5, ?6)", site, ++position,
                           rule.field, rule.op, rule.value, rule.channel));
    }
    return {};
  });
}

bool pattern_matches(std::string_view pattern, std::string_view text) {
  // After a mismatch only the last star need take one more character: earlier stars could gain nothing by it.
  size_t p = 0, t = 0, star = std::string_view::npos, star_text = 0;
  while (t < text.size()) {
    if (p < pattern.size() && pattern[p] == '*') {
      star = p++;
      star_text = t;
    } else if (p < pattern.size() && pattern[p] == '?') {
      ++p;
      t = step(text, t);
    } else if (p < pattern.size() && to_lower(pattern[p]) == to_lower(text[t])) {
      ++p;
      ++t;
    } else if (star != std::string_view::npos) {
      p = star + 1;
      star_text = step(text, star_text);
      t = star_text;
    } else {
      return false;
    }
  }
  while (p < pattern.size() && pattern[p] == '*') ++p;
  return p == pattern.size();
}

}  // namespace noctule

// SPDX-License-Identifier: Apache-2.0
#include "account_json.h"

#include <fmt/format.h>

#include <algorithm>

#include "noctule/base/civil_time.h"
#include "noctule/base/nearest.h"
#include "noctule/base/text.h"

namespace noctule {
namespace {

constexpr size_t kArrayMax = 1'000;

std::unexpected<Error> unreadable(std::string message) { return fail(ErrorCode::Unreadable, std::move(message)); }

// Digits at fixed places, "2027-01-31" or "2027-01-31T12:00:00Z".
std::optional<int64_t> parse_instant(std::string_view text) {
  constexpr std::string_view kShape = "0000-00-00T00:00:00Z";
  if (text.size() != 10 && text.size() != kShape.size()) return std::nullopt;
  for (size_t i = 0; i < text.size(); ++i) {
    if (kShape[i] == '0' ? !is_digit(text[i]) : text[i] != kShape[i]) return std::nullopt;
  }
  const auto number = [&](size_t at, size_t count) { return at < text.size() ? static_cast<int>(*parse_decimal(text.substr(at, count))) : 0; };
  CivilTime civil{};
  civil.year = number(0, 4);
  civil.month = number(5, 2);
  civil.day = number(8, 2);
  civil.hour = number(11, 2);
  civil.minute = number(14, 2);
  civil.second = number(17, 2);
  if (!is_valid_civil(civil)) return std::nullopt;
  return instant_ms_from_civil(civil, 0);
}

}  // namespace

Result<JsonBody> JsonBody::read(const Request& request, std::span<const std::string_view> known) {
  JsonValue parsed = JsonValue::parse(request.body, nullptr, false);
  if (parsed.is_discarded()) return unreadable("the body is no JSON");
  return check(std::move(parsed), known);
}

Result<JsonBody> JsonBody::check(JsonValue object, std::span<const std::string_view> known) {
  if (!object.is_object()) return unreadable("expected a JSON object");
  for (const auto& [name, value] : object.items()) {
    if (std::ranges::find(known, name) != known.end()) continue;
    const std::vector<std::string> names(known.begin(), known.end());
    const std::string_view nearest = nearest_name(name, names);
    return unreadable(fmt::format("there is no member \"{}\" here; {}", printable(name, 60),
                                  nearest.empty() ? fmt::format("there are {}", fmt::join(names, ", ")) : fmt::format("did you mean \"{}\"?", nearest)));
  }
  return JsonBody(std::move(object));
}

Result<const JsonValue*> JsonBody::member(std::string_view name) const {
  const auto found = object_.find(name);
  if (found == object_.end()) return unreadable(fmt::format("the member \"{}\" lacks", name));
  return &*found;
}

Result<std::string> JsonBody::text(std::string_view name) const {
  NOCT_TRY(const JsonValue* value, member(name));
  if (!value->is_string()) return unreadable(fmt::format("\"{}\" must be a text", name));
  return value->get<std::string>();
}

Result<std::string> JsonBody::text_or_empty(std::string_view name) const { return has(name) ? text(name) : std::string(); }

Result<bool> JsonBody::flag_or_false(std::string_view name) const {
  if (!has(name)) return false;
  NOCT_TRY(const JsonValue* value, member(name));
  if (!value->is_boolean()) return unreadable(fmt::format("\"{}\" must be true or false", name));
  return value->get<bool>();
}

Result<int64_t> JsonBody::integer(std::string_view name, int64_t min, int64_t max) const {
  NOCT_TRY(const JsonValue* value, member(name));
  // A whole number written as 5.0 is one too, as JSON Schema has it.
  const bool whole = value->is_number_integer() || (value->is_number_float() && value->get<double>() == static_cast<double>(static_cast<int64_t>(
                                                        std::clamp(value->get<double>(), -1e15, 1e15))));
  const double size = whole ? value->get<double>() : 0.0;
  if (!whole || size < static_cast<double>(min) || size > static_cast<double>(max)) {
    return unreadable(fmt::format("\"{}\" must be a whole number from {} to {}", name, min, max));
  }
  return value->is_number_float() ? static_cast<int64_t>(size) : value->get<int64_t>();
}

Result<std::vector<std::string>> JsonBody::texts(std::string_view name) const {
  NOCT_TRY(const JsonValue* value, member(name));
  const bool all_texts = value->is_array() && value->size() <= kArrayMax && std::ranges::all_of(*value, [](const JsonValue& one) { return one.is_string(); });
  if (!all_texts) return unreadable(fmt::format("\"{}\" must be an array of at most {} texts", name, kArrayMax));
  return value->get<std::vector<std::string>>();
}

Result<std::vector<JsonBody>> JsonBody::objects(std::string_view name, std::span<const std::string_view> known) const {
  NOCT_TRY(const JsonValue* value, member(name));
  if (!value->is_array() || value->size() > kArrayMax) return unreadable(fmt::format("\"{}\" must be an array of at most {} objects", name, kArrayMax));
  std::vector<JsonBody> bodies;
  for (const JsonValue& one : *value) {
    NOCT_TRY(JsonBody body, check(one, known));
    bodies.push_back(std::move(body));
  }
  return bodies;
}

JsonValue instant_json(int64_t instant_ms) { return instant_ms == 0 ? JsonValue() : JsonValue(format_iso_instant(instant_ms)); }

Result<int64_t> read_expiry(const JsonBody& body) {
  NOCT_TRY(const std::string text, body.text_or_empty("expires_at"));
  if (text.empty()) return 0;
  const auto instant = parse_instant(text);
  if (!instant) return unreadable("\"expires_at\" must be like 2027-01-31 or 2027-01-31T12:00:00Z");
  return *instant;
}

JsonValue site_json(const Site& site, Role role) {
  return {{"id", static_cast<uint32_t>(site.id)},
          {"domain", site.domain},
          {"hosts", site.hosts},
          {"mode", site.mode == ConsentMode::Exempt ? "exempt" : "consented"},
          {"time_zone", site.time_zone},
          {"retention_days", site.retention_days},
          {"k_threshold", site.k_threshold},
          {"query_parameters", site.query_parameters},
          {"umami_website", site.umami_id},
          {"created_at", instant_json(site.created_ms)},
          {"role", name_of(role)}};
}

JsonValue user_json(const User& user) {
  return {{"id", static_cast<int64_t>(user.id)}, {"email", user.email},
          {"name", user.name},                   {"administrator", user.administrator},
          {"totp", user.totp},                   {"created_at", instant_json(user.created_ms)},
          {"last_login_at", instant_json(user.last_login_ms)}};
}

JsonValue key_json(const ApiKey& key) {
  JsonValue scopes = JsonValue::array();
  for (const Scope scope : key.scopes) scopes.push_back(name_of(scope));
  return {{"id", key.id},
          {"label", key.label},
          {"prefix", key.prefix},
          {"scopes", scopes},
          {"site", key.site == SiteId::None ? JsonValue() : JsonValue(static_cast<uint32_t>(key.site))},
          {"created_at", instant_json(key.created_ms)},
          {"last_used_at", instant_json(key.last_used_ms)},
          {"expires_at", instant_json(key.expires_ms)}};
}

JsonValue link_json(const SharedLink& link) {
  return {{"id", link.id}, {"name", link.name}, {"has_password", link.has_password}, {"created_at", instant_json(link.created_ms)},
          {"expires_at", instant_json(link.expires_ms)}};
}

JsonValue rule_json(const ChannelRule& rule) {
  return {{"field", rule.field}, {"op", rule.op}, {"value", rule.value}, {"channel", rule.channel}, {"all_sites", rule.site == SiteId::None}};
}

}  // namespace noctule

#pragma once
// SPDX-License-Identifier: Apache-2.0
// Bodies of requests as checked fields, and what is configured as JSON.
#include <nlohmann/json.hpp>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "noctule/http/message.h"
#include "noctule/settings/settings.h"

namespace noctule {

using JsonValue = nlohmann::ordered_json;

// A JSON object whose members are all known. Every error is Unreadable and names the member.
class JsonBody {
 public:
  [[nodiscard]] static Result<JsonBody> read(const Request& request, std::span<const std::string_view> known);

  [[nodiscard]] bool has(std::string_view name) const { return object_.contains(name); }
  [[nodiscard]] Result<std::string> text(std::string_view name) const;       // must be there
  [[nodiscard]] Result<std::string> text_or_empty(std::string_view name) const;
  [[nodiscard]] Result<bool> flag_or_false(std::string_view name) const;
  [[nodiscard]] Result<int64_t> integer(std::string_view name, int64_t min, int64_t max) const;  // must be there
  [[nodiscard]] Result<std::vector<std::string>> texts(std::string_view name) const;              // must be there
  [[nodiscard]] Result<std::vector<JsonBody>> objects(std::string_view name, std::span<const std::string_view> known) const;

 private:
  explicit JsonBody(JsonValue object) : object_(std::move(object)) {}
  [[nodiscard]] static Result<JsonBody> check(JsonValue object, std::span<const std::string_view> known);
  [[nodiscard]] Result<const JsonValue*> member(std::string_view name) const;
  JsonValue object_;
};

// Instants are ISO 8601 in UTC; null for 0.
[[nodiscard]] JsonValue instant_json(int64_t instant_ms);
// "2027-01-31T00:00:00Z" or a day; null and "": 0. Error: Unreadable.
[[nodiscard]] Result<int64_t> read_expiry(const JsonBody& body);

[[nodiscard]] JsonValue site_json(const Site& site, Role role);
[[nodiscard]] JsonValue user_json(const User& user);
[[nodiscard]] JsonValue key_json(const ApiKey& key);
[[nodiscard]] JsonValue link_json(const SharedLink& link);
[[nodiscard]] JsonValue rule_json(const ChannelRule& rule);

}  // namespace noctule

#pragma once
// SPDX-License-Identifier: Apache-2.0
// A route of accounts and configuration as a row: what it needs of whoever asks, and the function that answers. The guard leases
// settings, finds out who asks, refuses, and only then calls the function; so no function of a route decides who may call it.
#include <string>
#include <string_view>

#include "account_json.h"
#include "services.h"

namespace noctule {

// Who may call a route. Keys get roles by their scopes (Settings::role_of): Query is a viewer, Manage an owner.
enum class Needs : uint8_t {
  Nothing,
  Somebody,         // any session or key
  User,             // somebody's session: no key, no shared link
  SiteViewer, SiteEditor, SiteOwner,  // that role on the site that {site} names
  SiteOwnerUser,    // an owner's session: keys manage neither people nor keys
  Manager,          // an administrator's session, or a key with Manage for all sites
  Administrator     // an administrator's session
};

enum class Body : uint8_t { None, Object };

// What a route's function works with.
struct AccountCall {
  const Request& request;
  Response& response;
  Services& services;
  Settings& settings;
  int64_t now_ms = 0;
  Identity who;
  Site site;                    // for the needs of a site
  [[nodiscard]] std::string_view parameter(size_t index) const { return request.parameters.at(index); }
  void answer(int status, const JsonValue& json) const { response.json(status, json.dump(-1, ' ', false, JsonValue::error_handler_t::replace)); }
  // "user 3" did this to that; in the audit log.
  [[nodiscard]] Result<void> audit(std::string_view action, std::string_view object) const {
    return settings.audit(who.actor(), action, object, now_ms);
  }
};

// An error becomes a status: Unreadable 400, NotFound 404, InvalidInput 422, Exhausted 503, anything else 500 without its message.
using AccountFunction = Result<void> (*)(AccountCall&);

struct AccountRoute {
  Method method;
  std::string_view pattern;     // with {site} first where a site is needed
  Needs needs;
  Body body;
  AccountFunction function;
};

void add_route(Router& router, Services& services, const AccountRoute& route);

// A number that stands in the path. Error: NotFound.
[[nodiscard]] Result<int64_t> number_in_path(const AccountCall& call, size_t index);

// Whether a form was sent by a page of this server: what browsers say of where a request comes from, as far as they say it.
[[nodiscard]] bool is_from_own_page(const Request& request);
// The cookie of a session, or the end of it (cookie empty).
void set_session_cookie(const Services& services, const Request& request, Response& response, std::string_view cookie);

}  // namespace noctule

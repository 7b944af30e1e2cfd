// SPDX-License-Identifier: Apache-2.0
#include "account_routes.h"

#include <array>

#include "account_functions.h"

namespace noctule {
namespace {

using enum Method;

constexpr AccountRoute kRoutes[] = {
    {Post, "/api/v1/login", Needs::Nothing, Body::Object, &log_in},
    {Post, "/api/v1/logout", Needs::Somebody, Body::None, &log_out},
    {Get, "/api/v1/me", Needs::Somebody, Body::None, &show_me},
    {Post, "/api/v1/me/password", Needs::User, Body::Object, &change_own_password},
    {Post, "/api/v1/me/totp", Needs::User, Body::Object, &begin_own_totp},
    {Post, "/api/v1/me/totp/confirm", Needs::User, Body::Object, &confirm_own_totp},
    {Post, "/api/v1/me/totp/remove", Needs::User, Body::Object, &remove_own_totp},

    {Get, "/api/v1/sites", Needs::Somebody, Body::None, &list_sites},
    {Post, "/api/v1/sites", Needs::Manager, Body::Object, &create_site},
    {Get, "/api/v1/sites/{site}", Needs::SiteViewer, Body::None, &show_site},
    {Patch, "/api/v1/sites/{site}", Needs::SiteOwner, Body::Object, &change_site},
    {Delete, "/api/v1/sites/{site}", Needs::SiteOwner, Body::None, &remove_site},
    {Get, "/api/v1/sites/{site}/members", Needs::SiteOwnerUser, Body::None, &list_members},
    {Put, "/api/v1/sites/{site}/members", Needs::SiteOwnerUser, Body::Object, &set_member},
    {Delete, "/api/v1/sites/{site}/members/{user}", Needs::SiteOwnerUser, Body::None, &remove_member},
    {Get, "/api/v1/sites/{site}/keys", Needs::SiteOwnerUser, Body::None, &list_site_keys},
    {Post, "/api/v1/sites/{site}/keys", Needs::SiteOwnerUser, Body::Object, &add_site_key},
    {Delete, "/api/v1/sites/{site}/keys/{key}", Needs::SiteOwnerUser, Body::None, &remove_site_key},
    {Get, "/api/v1/sites/{site}/shared-links", Needs::SiteOwner, Body::None, &list_shared_links},
    {Post, "/api/v1/sites/{site}/shared-links", Needs::SiteOwner, Body::Object, &add_shared_link},
    {Delete, "/api/v1/sites/{site}/shared-links/{link}", Needs::SiteOwner, Body::None, &remove_shared_link},
    {Get, "/api/v1/sites/{site}/channel-rules", Needs::SiteViewer, Body::None, &list_site_rules},
    {Put, "/api/v1/sites/{site}/channel-rules", Needs::SiteEditor, Body::Object, &set_site_rules},
    {Post, "/api/v1/sites/{site}/channel-rules/apply", Needs::SiteEditor, Body::None, &apply_site_rules},
    {Post, "/api/v1/sites/{site}/pastes/apply", Needs::SiteEditor, Body::None, &apply_site_pastes},
    {Get, "/api/v1/sites/{site}/drops", Needs::SiteViewer, Body::None, &list_drops},
    {Get, "/api/v1/channel-rules", Needs::Manager, Body::None, &list_rules},
    {Put, "/api/v1/channel-rules", Needs::Manager, Body::Object, &set_rules},

    {Get, "/api/v1/users", Needs::Administrator, Body::None, &list_users},
    {Post, "/api/v1/users", Needs::Administrator, Body::Object, &create_user},
    {Patch, "/api/v1/users/{user}", Needs::Administrator, Body::Object, &change_user},
    {Delete, "/api/v1/users/{user}", Needs::Administrator, Body::None, &remove_user},
    {Get, "/api/v1/keys", Needs::Administrator, Body::None, &list_keys},
    {Post, "/api/v1/keys", Needs::Administrator, Body::Object, &add_key},
    {Delete, "/api/v1/keys/{key}", Needs::Administrator, Body::None, &remove_key},
    {Get, "/api/v1/audit", Needs::Administrator, Body::None, &show_audit},

    {Get, "/", Needs::Nothing, Body::None, &show_start_page},
    {Post, "/logout", Needs::Nothing, Body::None, &send_logout_page},
    {Get, "/setup/{token}", Needs::Nothing, Body::None, &show_setup_page},
    {Post, "/setup/{token}", Needs::Nothing, Body::None, &send_setup_page},
    {Get, "/login", Needs::Nothing, Body::None, &show_login_page},
    {Post, "/login", Needs::Nothing, Body::None, &send_login_page},
    {Get, "/share/{token}", Needs::Nothing, Body::None, &show_share_page},
    {Post, "/share/{token}", Needs::Nothing, Body::None, &send_share_page},
    {Get, "/account.css", Needs::Nothing, Body::None, &show_style},
};

}  // namespace

void add_account_routes(Router& router, Services& services) {
  for (const AccountRoute& route : kRoutes) add_route(router, services, route);
}

}  // namespace noctule

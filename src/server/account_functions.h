#pragma once
// SPDX-License-Identifier: Apache-2.0
// The functions behind the rows of account_routes.cpp. Each may take for granted what its row needs.
#include "account_call.h"

namespace noctule {

inline constexpr std::string_view kSharePath = "/share/", kLoginPath = "/login", kLogoutPath = "/logout";

// account_sessions.cpp
Result<void> log_in(AccountCall& call);
Result<void> log_out(AccountCall& call);
Result<void> show_me(AccountCall& call);
Result<void> change_own_password(AccountCall& call);
Result<void> begin_own_totp(AccountCall& call);
Result<void> confirm_own_totp(AccountCall& call);
Result<void> remove_own_totp(AccountCall& call);

// account_sites.cpp
Result<void> list_sites(AccountCall& call);
Result<void> create_site(AccountCall& call);
Result<void> show_site(AccountCall& call);
Result<void> change_site(AccountCall& call);
Result<void> remove_site(AccountCall& call);
Result<void> list_members(AccountCall& call);
Result<void> set_member(AccountCall& call);
Result<void> remove_member(AccountCall& call);
Result<void> list_site_keys(AccountCall& call);
Result<void> add_site_key(AccountCall& call);
Result<void> remove_site_key(AccountCall& call);
Result<void> list_shared_links(AccountCall& call);
Result<void> add_shared_link(AccountCall& call);
Result<void> remove_shared_link(AccountCall& call);
Result<void> list_site_rules(AccountCall& call);
Result<void> set_site_rules(AccountCall& call);
Result<void> apply_site_rules(AccountCall& call);
Result<void> apply_site_pastes(AccountCall& call);
Result<void> list_rules(AccountCall& call);
Result<void> set_rules(AccountCall& call);
Result<void> list_drops(AccountCall& call);

// account_people.cpp
Result<void> list_users(AccountCall& call);
Result<void> create_user(AccountCall& call);
Result<void> change_user(AccountCall& call);
Result<void> remove_user(AccountCall& call);
Result<void> list_keys(AccountCall& call);
Result<void> add_key(AccountCall& call);
Result<void> remove_key(AccountCall& call);
Result<void> show_audit(AccountCall& call);
// site None: of all sites.
Result<void> answer_keys(AccountCall& call, SiteId site);
Result<void> create_key(AccountCall& call, SiteId site);

// account_pages.cpp: pages without script, in French and English
Result<void> show_setup_page(AccountCall& call);
Result<void> send_setup_page(AccountCall& call);
Result<void> show_login_page(AccountCall& call);
Result<void> send_login_page(AccountCall& call);
Result<void> show_share_page(AccountCall& call);
Result<void> send_share_page(AccountCall& call);
Result<void> show_start_page(AccountCall& call);
Result<void> send_logout_page(AccountCall& call);
Result<void> show_style(AccountCall& call);

}  // namespace noctule

// SPDX-License-Identifier: Apache-2.0
// The few pages that must work before anything else does: set-up, log-in, shared links. Plain forms without script.
#include <fmt/format.h>

#include <array>

#include "account_functions.h"
#include "noctule/base/text.h"
#include "noctule/privacy/secret.h"

namespace noctule {
namespace {

constexpr std::string_view kHtml = "text/html; charset=utf-8";

struct Texts {
  std::string_view lang, setup, setup_intro, email, password, password_hint, create, login, code, enter, share, share_intro, open, gone, wrong, not_here, start, sites, no_sites,
      add_site, api, leave;
};
constexpr Texts kEnglish = {
    "en",
    "Set up noctule",
    "This makes the first administrator of this server. The link works once.",
    "E-mail address",
    "Password",
    "10 characters or more",
    "Create the account",
    "Log in",
    "One-time code, if you use one",
    "Log in",
    "A shared report",
    "Somebody shared the statistics of a site with you.",
    "Open the report",
    "This link was used, is over or never was.",
    "The e-mail address, the password or the code is wrong, or there were too many attempts. Wait a quarter of an hour after ten.",
    "This form was sent by another site's page and was not taken.",
    "noctule",
    "Sites that you may see",
    "There is no site that you may see yet.",
    "noctule site add DOMAIN adds one and prints the line for its pages.",
    "Questions are asked at POST /api/v2/query; /api/openapi.json describes every endpoint.",
    "Log out"};
constexpr Texts kFrench = {
    "fr",
    "Installer noctule",
    "Ceci crée le premier administrateur de ce serveur. Le lien ne sert qu’une fois.",
    "Adresse électronique",
    "Mot de passe",
    "10 caractères au moins",
    "Créer le compte",
    "Connexion",
    "Code à usage unique, si vous en utilisez un",
    "Se connecter",
    "Un rapport partagé",
    "Quelqu’un a partagé avec vous les statistiques d’un site.",
    "Ouvrir le rapport",
    "Ce lien a déjà servi, est périmé ou n’a jamais existé.",
    "L’adresse, le mot de passe ou le code est faux, ou il y a eu trop d’essais. Après dix, attendez un quart d’heure.",
    "Ce formulaire vient de la page d’un autre site et n’a pas été pris en compte.",
    "noctule",
    "Sites que vous pouvez voir",
    "Il n’y a encore aucun site que vous puissiez voir.",
    "noctule site add DOMAINE en ajoute un et affiche la ligne à mettre dans ses pages.",
    "Les questions se posent à POST /api/v2/query ; /api/openapi.json décrit tous les points d’accès.",
    "Se déconnecter"};

constexpr std::string_view kStyle =
    "body{font:1rem/1.5 system-ui,sans-serif;max-width:26rem;margin:12vh auto;padding:0 1rem;color:#1c1c22;background:#fafafa}"
    "label{display:block;margin:1rem 0 .25rem}input{width:100%;box-sizing:border-box;padding:.5rem;font:inherit;border:1px solid #767680;border-radius:4px}"
    "button{margin-top:1.5rem;padding:.6rem 1.2rem;font:inherit;border:0;border-radius:4px;background:#2b4fb8;color:#fff}"
    "small{color:#55555e}[role=alert]{border-left:4px solid #b3261e;padding:.25rem .75rem}"
    "@media(prefers-color-scheme:dark){body{color:#eee;background:#17171c}input{background:#22222a;color:#eee;border-color:#8a8a96}small{color:#b5b5c0}}";

// French when the reader likes it better than English, as far as Accept-Language says.
const Texts& texts_for(const Request& request) {
  std::string_view rest = request.field(Field::AcceptLanguage);
  double best = 0.0;
  bool french = false;
  while (!rest.empty()) {
    const size_t end = std::min(rest.find(','), rest.size());
    const std::string_view item = trim(rest.substr(0, end));
    rest.remove_prefix(std::min(end + 1, rest.size()));
    const size_t quality_at = item.find(";q=0");
    const double quality = quality_at == std::string_view::npos ? 1.0 : item.size() > quality_at + 5 && is_digit(item[quality_at + 5]) ? (item[quality_at + 5] - '0') / 10.0 : 0.0;
    const bool is_french = starts_with_ignoring_case(item, "fr"), is_english = starts_with_ignoring_case(item, "en");
    if ((!is_french && !is_english) || quality <= best) continue;
    best = quality;
    french = is_french;
  }
  return french ? kFrench : kEnglish;
}

std::string escaped(std::string_view text) {
  std::string out;
  for (const char c : text) {
    switch (c) {
      case '&': out.append("&amp;"); break;
      case '<': out.append("&lt;"); break;
      case '>': out.append("&gt;"); break;
      case '"': out.append("&quot;"); break;
      default: out.push_back(c);
    }
  }
  return out;
}

void show_page(AccountCall& call, int status, std::string_view title, std::string_view content) {
  call.response.text(status, kHtml,
                     fmt::format("<!doctype html><html lang=\"{}\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width\">"
                                 "<meta name=\"robots\" content=\"noindex\"><title>{}</title><link rel=\"stylesheet\" href=\"/account.css\"></head>"
                                 "<body><main><h1>{}</h1>{}</main></body></html>\n",
                                 texts_for(call.request).lang, title, title, content));
}

std::string alert(std::string_view message) { return message.empty() ? std::string() : fmt::format("<p role=\"alert\">{}</p>", escaped(message)); }

std::string email_field(const Texts& texts, std::string_view value) {
  return fmt::format("<label for=\"email\">{}</label><input id=\"email\" name=\"email\" type=\"email\" autocomplete=\"username\" required value=\"{}\">", texts.email,
                     escaped(value));
}

// A member of the form in the body.
std::string form_value(const Request& request, std::string_view name) {
  Request form;
  form.query = request.body;
  return form.query_value(name).value_or("");
}

void show_setup_form(AccountCall& call, int status, std::string_view message) {
  const Texts& texts = texts_for(call.request);
  show_page(call, status, texts.setup,
            fmt::format("{}<p>{}</p><form method=\"post\">{}<label for=\"password\">{}</label><input id=\"password\" name=\"password\" type=\"password\" "
                        "autocomplete=\"new-password\" minlength=\"{}\" required aria-describedby=\"hint\"><small id=\"hint\">{}</small><p><button>{}</button></p></form>",
                        alert(message), texts.setup_intro, email_field(texts, form_value(call.request, "email")), texts.password, kPasswordBytesMin,
                        texts.password_hint, texts.create));
}

void show_login_form(AccountCall& call, int status, std::string_view message) {
  const Texts& texts = texts_for(call.request);
  show_page(call, status, texts.login,
            fmt::format("{}<form method=\"post\" action=\"{}\">{}<label for=\"password\">{}</label><input id=\"password\" name=\"password\" type=\"password\" "
                        "autocomplete=\"current-password\" required><label for=\"code\">{}</label><input id=\"code\" name=\"code\" inputmode=\"numeric\" "
                        "autocomplete=\"one-time-code\"><p><button>{}</button></p></form>",
                        alert(message), kLoginPath, email_field(texts, form_value(call.request, "email")), texts.password, texts.code, texts.enter));
}

void show_share_form(AccountCall& call, int status, std::string_view message) {
  const Texts& texts = texts_for(call.request);
  show_page(call, status, texts.share,
            fmt::format("{}<p>{}</p><form method=\"post\"><label for=\"password\">{}</label><input id=\"password\" name=\"password\" type=\"password\" "
                        "autocomplete=\"off\"><p><button>{}</button></p></form>",
                        alert(message), texts.share_intro, texts.password, texts.open));
}

// To the start page and nowhere else: no address of the request decides where a browser goes.
void enter(AccountCall& call, std::string_view cookie) {
  set_session_cookie(call.services, call.request, call.response, cookie);
  call.response.redirect("/");
}

}  // namespace

Result<void> show_setup_page(AccountCall& call) {
  NOCT_TRY(const bool valid, call.settings.is_setup_token(call.parameter(0), call.now_ms));
  if (valid) show_setup_form(call, 200, "");
  else show_page(call, 404, texts_for(call.request).setup, alert(texts_for(call.request).gone));
  return {};
}

Result<void> send_setup_page(AccountCall& call) {
  const Texts& texts = texts_for(call.request);
  if (!is_from_own_page(call.request)) {
    show_page(call, 403, texts.setup, alert(texts.not_here));
    return {};
  }
  NOCT_TRY(const bool valid, call.settings.is_setup_token(call.parameter(0), call.now_ms));
  if (!valid) {
    show_page(call, 404, texts.setup, alert(texts.gone));
    return {};
  }
  const std::string email = form_value(call.request, "email"), password = form_value(call.request, "password");
  const auto user = call.settings.set_up(call.parameter(0), email, password, call.now_ms);
  if (!user && user.error().code == ErrorCode::InvalidInput) {
    show_setup_form(call, 422, user.error().message);
    return {};
  }
  if (!user) return std::unexpected(user.error());
  NOCT_TRY(const Settings::Login login, call.settings.log_in(email, password, "", call.now_ms));
  enter(call, login.cookie);
  return call.settings.audit(fmt::format("user {}", static_cast<int64_t>(user->id)), "set up", "", call.now_ms);
}

Result<void> show_login_page(AccountCall& call) {
  show_login_form(call, 200, "");
  return {};
}

Result<void> send_login_page(AccountCall& call) {
  const Texts& texts = texts_for(call.request);
  if (!is_from_own_page(call.request)) {
    show_login_form(call, 403, texts.not_here);
    return {};
  }
  const auto login = call.settings.log_in(form_value(call.request, "email"), form_value(call.request, "password"), form_value(call.request, "code"), call.now_ms);
  if (!login && login.error().code == ErrorCode::InvalidInput) {
    show_login_form(call, 401, texts.wrong);
    return {};
  }
  if (!login) return std::unexpected(login.error());
  enter(call, login->cookie);
  return {};
}

Result<void> show_share_page(AccountCall& call) {
  show_share_form(call, 200, "");
  return {};
}

Result<void> send_share_page(AccountCall& call) {
  const Texts& texts = texts_for(call.request);
  if (!is_from_own_page(call.request)) {
    show_share_form(call, 403, texts.not_here);
    return {};
  }
  NOCT_TRY(const std::optional<Settings::Login> login, call.settings.log_in_shared_link(call.parameter(0), form_value(call.request, "password"), call.now_ms));
  if (login) enter(call, login->cookie);
  else show_share_form(call, 401, fmt::format("{} {}", texts.gone, texts.wrong));
  return {};
}

Result<void> show_start_page(AccountCall& call) {
  const Texts& texts = texts_for(call.request);
  NOCT_TRY(const std::optional<Identity> who, identify(call.request, call.settings, call.now_ms));
  if (!who) {
    call.response.redirect(kLoginPath);
    return {};
  }
  NOCT_TRY(const std::vector<Site> sites, call.settings.sites());
  std::string list;
  for (const Site& site : sites) {
    NOCT_TRY(const std::optional<Role> role, call.settings.role_of(*who, site.id));
    if (role) list.append(fmt::format("<li>{} <small>({})</small></li>", escaped(site.domain), name_of(*role)));
  }
  const std::string shown = list.empty() ? fmt::format("<p>{}</p><p><small>{}</small></p>", texts.no_sites, texts.add_site)
                                         : fmt::format("<h2>{}</h2><ul>{}</ul>", texts.sites, list);
  show_page(call, 200, texts.start,
            fmt::format("{}<p><small>{}</small></p><form method=\"post\" action=\"{}\"><input type=\"hidden\" name=\"csrf\" value=\"{}\"><button>{}</button></form>",
                        shown, texts.api, kLogoutPath, who->csrf, texts.leave));
  return {};
}

Result<void> send_logout_page(AccountCall& call) {
  NOCT_TRY(const std::optional<Identity> who, identify(call.request, call.settings, call.now_ms));
  if (who && (who->csrf.empty() || !equal_secrets(who->csrf, form_value(call.request, "csrf")))) {
    show_page(call, 403, texts_for(call.request).start, alert(texts_for(call.request).not_here));
    return {};
  }
  if (auto done = call.settings.log_out(call.request.cookie(kSessionCookie)); !done) return done;
  set_session_cookie(call.services, call.request, call.response, "");
  call.response.redirect(kLoginPath);
  return {};
}

Result<void> show_style(AccountCall& call) {
  call.response.content_type = "text/css";
  call.response.body_view = kStyle;
  return {};
}

}  // namespace noctule

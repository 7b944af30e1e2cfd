// SPDX-License-Identifier: Apache-2.0
#include "url_text.h"

#include "noctule/base/hash.h"

namespace noctule::sim {
namespace {

enum class ValueStyle : uint8_t { None, Hex10, Base64Url, Campaign, Number, Word };

struct QueryRow {
  QueryKind kind;
  std::string_view text;   // before the value
  ValueStyle style;
  int length;              // characters of a Base64Url value
};

// In the order of QueryKind. Shapes as the senders document or show them; values are random.
constexpr QueryRow kQueries[] = {
    {QueryKind::None, "", ValueStyle::None, 0},
    {QueryKind::Fbclid, "fbclid=IwY2xjaw", ValueStyle::Base64Url, 72},
    {QueryKind::Gclid, "gclid=Cj0KCQ", ValueStyle::Base64Url, 80},
    {QueryKind::Igsh, "igsh=MWQ", ValueStyle::Base64Url, 14},
    {QueryKind::Igshid, "igshid=MzR", ValueStyle::Base64Url, 12},
    {QueryKind::McEid, "mc_cid=", ValueStyle::Campaign, 0},
    {QueryKind::McTerm, "utm_source=newsletter&utm_medium=email&utm_term=0_3c1f2a9b41-", ValueStyle::Hex10, 0},
    {QueryKind::NewsletterUtm, "utm_source=newsletter&utm_medium=email&utm_campaign=issue-", ValueStyle::Number, 0},
    {QueryKind::NewsletterUtmBare, "utm_source=newsletter", ValueStyle::None, 0},
    {QueryKind::UtmChatgpt, "utm_source=chatgpt.com", ValueStyle::None, 0},
    {QueryKind::UtmWhatsapp, "utm_source=whatsapp", ValueStyle::None, 0},
    {QueryKind::UtmSocial, "utm_source=instagram&utm_medium=social&utm_content=link_in_bio", ValueStyle::None, 0},
    {QueryKind::GroupMessage, "from=groupmessage", ValueStyle::None, 0},
    {QueryKind::SingleMessage, "from=singlemessage", ValueStyle::None, 0},
    {QueryKind::Timeline, "from=timeline", ValueStyle::None, 0},
    {QueryKind::SiteSearch, "s=", ValueStyle::Word, 0},
    {QueryKind::SearchWords, "q=", ValueStyle::Word, 0},
    {QueryKind::WordpressAuthor, "author=", ValueStyle::Number, 0},
};

constexpr char kHex[] = "0123456789abcdef";
constexpr char kBase64Url[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
constexpr std::string_view kWords[] = {"garden", "opening+hours", "bread", "tickets", "map", "contact", "bridge", "festival"};

void append_hex10(std::string& out, uint64_t value) {
  for (int shift = 36; shift >= 0; shift -= 4) out.push_back(kHex[(value >> shift) & 15]);
}

void append_base64url(std::string& out, uint64_t value, int length) {
  uint64_t bits = value;
  for (int i = 0; i < length; ++i) {
    if (i % 10 == 0) bits = combine_hashes(value, static_cast<uint64_t>(i));
    out.push_back(kBase64Url[bits & 63]);
    bits >>= 6;
  }
}

void append_number(std::string& out, uint64_t value) {
  if (value >= 10) append_number(out, value / 10);
  out.push_back(static_cast<char>('0' + value % 10));
}

void append_part(std::string& out, const QueryPart& part) {
  const QueryRow& row = kQueries[static_cast<size_t>(part.kind)];
  NOCT_ASSERT(row.kind == part.kind);
  out += row.text;
  switch (row.style) {
    case ValueStyle::None: break;
    case ValueStyle::Hex10: append_hex10(out, combine_hashes(part.value, 10)); break;
    case ValueStyle::Base64Url: append_base64url(out, part.value, row.length); break;
    case ValueStyle::Campaign:  // campaign in the upper 16 bits, recipient below
      append_hex10(out, combine_hashes(part.value >> 48, 48));
      out += "&mc_eid=";
      append_hex10(out, combine_hashes(part.value & 0xFFFF'FFFF'FFFFULL, 1));
      break;
    case ValueStyle::Number: append_number(out, part.value); break;
    case ValueStyle::Word: out += kWords[part.value % std::size(kWords)]; break;
  }
}

}  // namespace

void append_path(std::string& out, const Url& url, const TextTable& texts) {
  const std::string& text = texts.text(url.text);
  out.append(text, 0, text.find('?'));
}

void append_query(std::string& out, const Url& url, const TextTable& texts) {
  const std::string& text = texts.text(url.text);
  const size_t mark = text.find('?');
  bool begun = mark != std::string::npos;
  if (begun) out.append(text, mark + 1);
  for (const QueryPart* part : {&url.first, &url.second}) {
    if (part->kind == QueryKind::None) continue;
    if (begun) out.push_back('&');
    begun = true;
    append_part(out, *part);
  }
}

void append_target(std::string& out, const Url& url, const TextTable& texts) {
  const std::string& text = texts.text(url.text);
  out += text;
  if (url.first.kind == QueryKind::None && url.second.kind == QueryKind::None) return;
  char glue = text.find('?') == std::string::npos ? '?' : '&';
  for (const QueryPart* part : {&url.first, &url.second}) {
    if (part->kind == QueryKind::None) continue;
    out.push_back(glue);
    glue = '&';
    append_part(out, *part);
  }
}

void append_referrer(std::string& out, const Url& url, const TextTable& texts, std::string_view host) {
  if (url.own) {
    out += "https://";
    out += host;
  }
  append_target(out, url, texts);
}

}  // namespace noctule::sim

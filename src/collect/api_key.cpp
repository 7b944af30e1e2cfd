// SPDX-License-Identifier: Apache-2.0
#include <array>

#include "form.h"
#include "noctule/base/text.h"
#include "noctule/collect/collector.h"

namespace noctule {
namespace {

constexpr size_t kKeySizeMax = 256;

int base64_value(char c) {
  static constexpr std::string_view kLetters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  const size_t at = kLetters.find(c);
  return at == std::string_view::npos ? -1 : static_cast<int>(at);
}

std::string base64_decode(std::string_view text) {
  std::string out;
  uint32_t pending = 0;
  int bits = 0;
  for (const char c : text.substr(0, 2 * kKeySizeMax)) {
    const int value = base64_value(c);
    if (value < 0) break;
    pending = pending << 6 | static_cast<uint32_t>(value);
    bits += 6;
    if (bits < 8) continue;
    bits -= 8;
    out += static_cast<char>(pending >> bits & 0xFF);
  }
  return out;
}

// token_auth="..." of a bulk body, without reading the whole: it is a word of letters and digits.
std::string_view token_in_json(std::string_view body) {
  const size_t name = body.find("\"token_auth\"");
  if (name == std::string_view::npos) return {};
  const size_t colon = body.find(':', name), begin = body.find('"', colon == std::string_view::npos ? body.size() : colon);
  if (begin == std::string_view::npos) return {};
  const size_t end = body.find('"', begin + 1);
  return end == std::string_view::npos ? std::string_view() : body.substr(begin + 1, end - begin - 1);
}

std::string matomo_token(const CollectRequest& request) {
  if (request.query.find("token_auth") == std::string_view::npos && request.body.find("token_auth") == std::string_view::npos) return {};
  if (trim(request.body).starts_with('{')) return std::string(token_in_json(request.body));
  Form form;
  form.add(request.query);
  form.add(request.body);
  return std::string(form.find("token_auth"));
}

}  // namespace

std::string api_key_of(const CollectRequest& request) {
  std::string key;
  if (starts_with_ignoring_case(request.authorization, "Bearer ")) {
    key = trim(request.authorization.substr(7));
  } else if (starts_with_ignoring_case(request.authorization, "Basic ")) {
    const std::string pair = base64_decode(trim(request.authorization.substr(6)));
    const size_t colon = pair.find(':');
    key = colon == 0 ? pair.substr(1) : std::string();
  } else if (request.protocol == Protocol::Matomo) {
    key = matomo_token(request);
  }
  return key.size() <= kKeySizeMax ? key : std::string();
}

}  // namespace noctule

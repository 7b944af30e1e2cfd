// SPDX-License-Identifier: Apache-2.0
// One-time codes of authenticator apps: RFC 6238 over RFC 4226.
#include <fmt/format.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <sodium.h>

#include <array>

#include "noctule/base/text.h"
#include "noctule/privacy/secret.h"

namespace noctule {
namespace {

constexpr size_t kSecretSize = 20;
constexpr int64_t kStepMs = 30'000;
constexpr uint32_t kCodes = 1'000'000;

std::string code_of_step(std::string_view secret, int64_t step) {
  std::array<unsigned char, 8> counter{};
  for (size_t i = 0; i < counter.size(); ++i) counter[i] = static_cast<unsigned char>(static_cast<uint64_t>(step) >> (56 - 8 * i));
  std::array<unsigned char, EVP_MAX_MD_SIZE> mac{};
  unsigned int size = 0;
  NOCT_ASSERT(::HMAC(::EVP_sha1(), secret.data(), static_cast<int>(secret.size()), counter.data(), counter.size(), mac.data(), &size) != nullptr);
  const unsigned char* at = mac.data() + (mac[size - 1] & 15);  // RFC 4226, 5.3: dynamic truncation
  const uint32_t number = (at[0] & 0x7FU) << 24 | uint32_t{at[1]} << 16 | uint32_t{at[2]} << 8 | uint32_t{at[3]};
  return fmt::format("{:06}", number % kCodes);
}

// RFC 4648, without padding: 20 bytes need none.
std::string base32(std::string_view bytes) {
  static constexpr std::string_view kLetters = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
  std::string text;
  uint32_t pending = 0;
  int bits = 0;
  for (const char byte : bytes) {
    pending = pending << 8 | static_cast<unsigned char>(byte);
    for (bits += 8; bits >= 5; bits -= 5) text += kLetters[pending >> (bits - 5) & 31];
  }
  if (bits > 0) text += kLetters[pending << (5 - bits) & 31];
  return text;
}

std::string percent_encode(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (is_alpha(c) || is_digit(c) || c == '-' || c == '.' || c == '_' || c == '~' || c == '@') out += c;
    else out.append(fmt::format("%{:02X}", static_cast<unsigned char>(c)));
  }
  return out;
}

}  // namespace

std::string make_totp_secret() {
  NOCT_ASSERT(sodium_init() >= 0);
  std::string secret(kSecretSize, '\0');
  randombytes_buf(secret.data(), secret.size());
  return secret;
}

std::string totp_code(std::string_view secret, int64_t now_ms) { return code_of_step(secret, now_ms / kStepMs); }

int64_t match_totp(std::string_view secret, std::string_view code, int64_t now_ms) {
  const int64_t now = now_ms / kStepMs;
  int64_t matched = -1;
  for (const int64_t step : {now - 1, now, now + 1}) {  // all of them, whichever matches
    if (step >= 0 && equal_secrets(code_of_step(secret, step), code)) matched = step;
  }
  return matched;
}

std::string totp_address(std::string_view secret, std::string_view account, std::string_view issuer) {
  const std::string by = percent_encode(issuer);
  return fmt::format("otpauth://totp/{}:{}?secret={}&issuer={}&algorithm=SHA1&digits=6&period=30", by, percent_encode(account), base32(secret), by);
}

}  // namespace noctule

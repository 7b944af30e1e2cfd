// SPDX-License-Identifier: Apache-2.0
#include "noctule/privacy/secret.h"

#include <sodium.h>

#include <array>

namespace noctule {
namespace {

// The digits and letters of Crockford's base 32: no i, l, o, u.
constexpr std::string_view kTokenLetters = "0123456789abcdefghjkmnpqrstvwxyz";
constexpr size_t kTokenSize = 32;

using Digest = std::array<unsigned char, 32>;

Digest digest_of(std::string_view text) {
  Digest digest{};
  crypto_generichash(digest.data(), digest.size(), reinterpret_cast<const unsigned char*>(text.data()), text.size(), nullptr, 0);
  return digest;
}

}  // namespace

std::string make_token() {
  NOCT_ASSERT(sodium_init() >= 0);
  std::array<unsigned char, kTokenSize> random{};
  randombytes_buf(random.data(), random.size());
  std::string token;
  for (const unsigned char byte : random) token += kTokenLetters[byte % kTokenLetters.size()];
  return token;
}

std::string hash_token(std::string_view token) {
  static constexpr std::string_view kDigits = "0123456789abcdef";
  std::string text;
  for (const unsigned char byte : digest_of(token)) {
    text += kDigits[byte >> 4];
    text += kDigits[byte & 15];
  }
  return text;
}

bool equal_secrets(std::string_view a, std::string_view b) {
  // Of their digests, so that not even the time tells whether the lengths are equal.
  const Digest left = digest_of(a), right = digest_of(b);
  return sodium_memcmp(left.data(), right.data(), left.size()) == 0;
}

Result<std::string> hash_password(std::string_view password) {
  NOCT_ASSERT(sodium_init() >= 0);
  std::array<char, crypto_pwhash_argon2id_STRBYTES> text{};
  if (crypto_pwhash_argon2id_str(text.data(), password.data(), password.size(), crypto_pwhash_argon2id_OPSLIMIT_INTERACTIVE,
                                 crypto_pwhash_argon2id_MEMLIMIT_INTERACTIVE) != 0) {
    return fail(ErrorCode::Exhausted, "a password cannot be hashed: 64 MiB of memory are needed");
  }
  return std::string(text.data());
}

bool verify_password(std::string_view hash, std::string_view password) {
  NOCT_ASSERT(sodium_init() >= 0);
  if (hash.size() >= crypto_pwhash_argon2id_STRBYTES) return false;
  std::array<char, crypto_pwhash_argon2id_STRBYTES> text{};
  hash.copy(text.data(), hash.size());
  return crypto_pwhash_argon2id_str_verify(text.data(), password.data(), password.size()) == 0;
}

}  // namespace noctule

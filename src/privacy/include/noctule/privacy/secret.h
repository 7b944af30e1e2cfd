#pragma once
// SPDX-License-Identifier: Apache-2.0
// Secrets of people who operate a site: passwords, tokens, one-time codes. Comparisons take the same time whatever differs.
#include <cstdint>
#include <string>
#include <string_view>

#include "noctule/base/result.h"

namespace noctule {

// 32 lower-case letters and digits without look-alikes, 160 random bits.
[[nodiscard]] std::string make_token();
// BLAKE2b-256 of a token as hexadecimal digits: what is stored of it. Tokens are random, so it needs no salt.
[[nodiscard]] std::string hash_token(std::string_view token);
[[nodiscard]] bool equal_secrets(std::string_view a, std::string_view b);

// argon2id with libsodium's interactive limits (64 MiB), as a self-describing text. Takes about 50 ms. Error: Exhausted.
[[nodiscard]] Result<std::string> hash_password(std::string_view password);
[[nodiscard]] bool verify_password(std::string_view hash, std::string_view password);

// RFC 6238 with SHA-1, 30 seconds, six digits, as authenticator apps expect. secret: 20 bytes.
[[nodiscard]] std::string make_totp_secret();
[[nodiscard]] std::string totp_code(std::string_view secret, int64_t now_ms);
// Gives the time step that matched (one step early and late are allowed) or -1; a caller refuses a step that was used.
[[nodiscard]] int64_t match_totp(std::string_view secret, std::string_view code, int64_t now_ms);
// otpauth:// address for the secret (RFC 4648 base32).
[[nodiscard]] std::string totp_address(std::string_view secret, std::string_view account, std::string_view issuer);

}  // namespace noctule

// SPDX-License-Identifier: Apache-2.0
#include "tls.h"

#include <fmt/format.h>

namespace noctule {

namespace ssl = boost::asio::ssl;

Result<std::shared_ptr<ssl::context>> load_tls(const TlsFiles& files) {
  boost::system::error_code ec;
  auto context = std::make_shared<ssl::context>(ssl::context::tls_server);
  context->set_options(ssl::context::default_workarounds | ssl::context::no_sslv2 | ssl::context::no_sslv3 | ssl::context::no_tlsv1 |
                         ssl::context::no_tlsv1_1 | ssl::context::single_dh_use, ec);
  SSL_CTX_set_options(context->native_handle(), SSL_OP_NO_RENEGOTIATION | SSL_OP_CIPHER_SERVER_PREFERENCE);
  SSL_CTX_set_session_cache_mode(context->native_handle(), SSL_SESS_CACHE_OFF);  // tickets do, without memory here
  if (context->use_certificate_chain_file(files.certificate, ec); ec) {
    return fail(ErrorCode::InvalidInput, fmt::format("{}: no certificate in PEM could be read: {}", files.certificate, ec.message()));
  }
  if (context->use_private_key_file(files.key, ssl::context::pem, ec); ec) {
    return fail(ErrorCode::InvalidInput, fmt::format("{}: no private key in PEM that goes with {}: {}", files.key, files.certificate, ec.message()));
  }
  return context;
}

}  // namespace noctule

#pragma once
// SPDX-License-Identifier: Apache-2.0
// The server's side of TLS: certificate and key from files, replaced while running.
#include <boost/asio/ssl/context.hpp>
#include <memory>

#include "noctule/http/http_server.h"

namespace noctule {

// TLS 1.2 and later, with the library's default ciphers. Error: InvalidInput, naming the file.
[[nodiscard]] Result<std::shared_ptr<boost::asio::ssl::context>> load_tls(const TlsFiles& files);

}  // namespace noctule

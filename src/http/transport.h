#pragma once
// SPDX-License-Identifier: Apache-2.0
// Sessions over sockets: plain (TCP or unix) and TLS.
#include <memory>

#include "asio_types.h"
#include "session.h"
#include "tls.h"

namespace noctule {

[[nodiscard]] std::shared_ptr<Session> make_plain_session(SessionHost& host, Peer peer, Socket socket);
// Begins with the handshake.
[[nodiscard]] std::shared_ptr<Session> make_tls_session(SessionHost& host, Peer peer, Socket socket,
                                                        std::shared_ptr<boost::asio::ssl::context> context);

}  // namespace noctule

#pragma once
// SPDX-License-Identifier: Apache-2.0
// The types of Boost.Asio that connections are made of: one event loop per thread with a known executor type, which costs half of what
// a type-erased one does per operation.
#include <boost/asio/basic_stream_socket.hpp>
#include <boost/asio/generic/stream_protocol.hpp>
#include <boost/asio/io_context.hpp>

namespace noctule {

using Executor = boost::asio::io_context::executor_type;
using Socket = boost::asio::basic_stream_socket<boost::asio::generic::stream_protocol, Executor>;
using IoError = boost::system::error_code;

}  // namespace noctule

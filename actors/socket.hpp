#pragma once

#include "actors/event_loop.hpp"

#include <asio/basic_stream_socket.hpp>
#include <asio/generic/stream_protocol.hpp>

namespace thespis::actors {

/// A connected TCP or Unix socket. The executor is concrete: no virtual call and no allocation for it.
using stream_socket
  = asio::basic_stream_socket<asio::generic::stream_protocol, event_loop::executor_type>;

} // namespace thespis::actors

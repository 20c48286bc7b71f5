#pragma once

/// What WAITAOF replies, whoever ends the wait.

#include "protocol/reply_writer.hpp"

namespace thespis::commands {

/// Whether it is on the disk here, and of how many replicas: there are none. Throws std::bad_alloc.
inline void reply_durability(protocol::reply_writer& reply, bool is_durable) {
  reply.array(2);
  reply.integer(is_durable ? 1 : 0);
  reply.integer(0);
}

} // namespace thespis::commands

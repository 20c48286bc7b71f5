#pragma once

/// What a running script asks of the server. The engine knows nothing else of the world: no clock,
/// no connection, no keyspace. One host serves one run; after a suspension the run may go on with
/// another one (engine::resume). All calls come from the thread that runs the script.

#include "base/byte_buffer.hpp"
#include "protocol/arguments.hpp"

#include <cstdint>
#include <optional>
#include <string_view>

namespace thespis::scripting {

class host {
public:
  /// Where a script's changes go (redis.set_repl): a sum of these bits.
  enum replication : int { repl_none = 0, repl_aof = 1, repl_replica = 2, repl_all = 3 };
  enum class verdict : std::uint8_t { go_on, leave, end };

  /// redis.call and redis.pcall: runs a command and appends its reply to `reply`, encoded as RESP
  /// `protocol` (2 or 3). Errors are replies, too ("-ERR Unknown Redis command called from
  /// script\r\n"). `words` has at least one word; the views live until the call returns.
  ///
  /// Returns false: not here; nothing has been done. The script is suspended, and the same call is
  /// made once more when it is resumed.
  virtual bool call(protocol::arguments words, int protocol, base::byte_buffer& reply) = 0;

  /// Asked every engine::instructions_per_breath instructions.
  /// leave: the script is suspended if that can be done where it is, otherwise it goes on and this
  /// is asked again. end: it was killed: no further line of it runs, and nothing in it can catch
  /// that.
  virtual verdict breathe() = 0;

  /// redis.log. `level`: 0 debug, 1 verbose, 2 notice, 3 warning.
  virtual void log(int level, std::string_view text) = 0;

  /// redis.acl_check_cmd: whether the user may run this; nullopt: there is no such command.
  virtual std::optional<bool> may_call(protocol::arguments words) = 0;

  /// redis.set_repl. `flags`: a sum of `replication`.
  virtual void set_replication(int flags) {
    static_cast<void>(flags);
  }

protected:
  ~host() = default;
};

} // namespace thespis::scripting

#pragma once

/// Runs scripts. One engine is one Lua state with its compiled scripts; it belongs to a partition
/// and is used by whoever has that partition: one thread at a time, not always the same.
///
/// A script runs as a coroutine. It leaves the thread it is on when the host says so
/// (host::breathe, host::call), and goes on with resume(), on any thread. While a run is suspended
/// the engine cannot run another script. Scripts leave nothing behind: what they can reach is
/// read-only or made anew for every run.
///
/// Memory is counted, and capped while a script runs. A script that wants more fails with an error
/// reply; the engine stays usable.

#include "protocol/arguments.hpp"
#include "protocol/reply_writer.hpp"
#include "scripting/host.hpp"
#include "scripting/library.hpp"
#include "scripting/script.hpp"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace thespis::scripting {

class engine {
public:
  enum class outcome : std::uint8_t { done, suspended };

  /// How many instructions of Lua a script executes from one host::breathe to the next.
  static constexpr int instructions_per_breath = 100'000;
  static constexpr std::size_t default_script_bytes_max = std::size_t{256} << 20;

  /// Throws std::bad_alloc if there is no memory for an interpreter.
  engine();
  ~engine();
  engine(engine&&) noexcept;
  engine& operator=(engine&&) noexcept;

  /// Compiles the script, unless it has been, and runs it. The reply is in `reply` when the outcome
  /// is done; errors are replies: of compiling, of running, of memory. Until then `keys` and `args`
  /// may go, `what` as well. REQUIRES: not suspended.
  /// Throws std::bad_alloc if there is no memory for the reply.
  outcome run(const script& what, protocol::arguments keys, protocol::arguments args, host& server,
              protocol::reply_writer& reply);

  /// Lets a suspended script go on. REQUIRES: is_suspended().
  outcome resume(host& server, protocol::reply_writer& reply);
  bool is_suspended() const noexcept;
  /// Whether this is asked from inside of a run: by the host.
  bool is_running() const noexcept;

  /// Ends a suspended script without a reply, as if it had never been resumed.
  void abandon() noexcept;

  /// Compiles. Returns nullopt, or the text of the error reply.
  std::optional<std::string> compile(const script& what);
  /// Forgets all compiled scripts, or one.
  void forget_all();
  void forget(std::string_view sha);

  // -- functions --------------------------------------------------------------------------------
  /// Runs the body of a library, and appends the functions that it registers to `functions`.
  /// Returns nullopt, or what is wrong, for an error reply of code ERR; then nothing is kept.
  /// `server` ends it where it takes too long. REQUIRES: not suspended. Throws std::bad_alloc.
  std::optional<std::string> load(const library& what, host& server, flag_reader flag_named,
                                  std::vector<library_function>& functions);
  bool has_loaded(std::uint64_t library) const noexcept;
  /// Forgets all libraries whose id is not in `live`. REQUIRES: that is sorted; not suspended.
  void unload_all_but(const std::vector<std::uint64_t>& live);
  void unload(std::uint64_t library) noexcept;

  /// Runs a function of a library that has been loaded; otherwise as run().
  outcome call(const library& what, std::size_t function, protocol::arguments keys,
               protocol::arguments args, host& server, protocol::reply_writer& reply);

  /// Bytes that a run may add to what the engine holds before it.
  void set_script_bytes_max(std::size_t bytes) noexcept;

  /// Bytes that the engine holds now.
  std::size_t memory() const noexcept;

private:
  class implementation;
  std::unique_ptr<implementation> self_;
};

} // namespace thespis::scripting

#pragma once

/// One Lua state and what its C functions need to know of the run in progress. The Lua functions
/// find it through the state's allocator (`interpreter::of`), so that nothing of it is within reach
/// of a script.
///
/// The first places of the main state's stack hold what is needed often, so that no look-up and no
/// allocation is needed to get at it. Scripts run in the coroutine `thread`, which is used again by
/// the next run unless a run ended in its middle.

#include "base/byte_buffer.hpp"
#include "protocol/arguments.hpp"
#include "protocol/reply_writer.hpp"
#include "scripting/host.hpp"
#include "scripting/memory_budget.hpp"
#include "scripting/random_numbers.hpp"

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

struct lua_State;

namespace thespis::scripting {

/// Places on the main state's stack.
enum slot : int {
  slot_environment = 1,     ///< what scripts see as _G
  slot_start,               ///< runs a script: returns true and its results, or false and its error
  slot_prepare,             ///< makes KEYS and ARGV of a run
  slot_convert,             ///< writes a result as a reply
  slot_describe,            ///< makes an error's text
  slot_library_environment, ///< what libraries and functions see as _G
  slot_library_globals,     ///< what is found in it by functions
  slot_loading_globals,     ///< what is found in it while the body of a library runs
  slot_count = slot_loading_globals,
};

struct library_in_loading;

struct interpreter {
  /// Throws std::bad_alloc if there is no memory for a Lua state.
  interpreter();
  ~interpreter();
  interpreter(const interpreter&) = delete;
  interpreter& operator=(const interpreter&) = delete;

  static interpreter& of(lua_State* lua) noexcept;

  /// Begins the count of instructions anew, after a kill has made it short.
  void reset_hook() noexcept;

  /// An array, map or set whose parts are being written.
  struct open_value {
    enum kind_type : std::uint8_t { array, map_pair, map_value, set };
    kind_type kind;
    protocol::reply_writer::mark where;
    std::size_t count;
  };

  memory_budget memory;
  lua_State* main = nullptr;
  lua_State* thread = nullptr;

  // -- the run in progress ----------------------------------------------------------------------
  host* server = nullptr;
  protocol::arguments keys;
  protocol::arguments args;
  protocol::reply_writer* reply = nullptr;
  /// What redis.setresp chose.
  int protocol = 2;
  /// The engine has made a coroutine yield.
  bool leaving = false;
  /// ... for a command that cannot be run here.
  bool waiting = false;
  /// A command could not be run where it was called, nor could the script be left there.
  bool stuck = false;
  bool killed = false;
  /// The server's memory, not the script's, is used up.
  bool out_of_memory = false;
  /// A function is on, or the body of a library, and not a script.
  bool is_function = false;
  library_in_loading* loading = nullptr;
  /// Where the last error happened: ", on @user_script:1.", or empty.
  std::string place;
  random_numbers random;

  // -- kept from call to call -------------------------------------------------------------------
  std::vector<std::string_view> words;
  std::vector<char> number_texts;
  base::byte_buffer answer;
  std::vector<open_value> open_values;
};

/// Pushes what the script or function that is on sees as _G. (Not from its slot: a C function sees
/// its own part of the stack.)
void push_environment(lua_State* lua);

} // namespace thespis::scripting

#pragma once

/// Runs snippets of Lua in a state with Lua's libraries and one of ours.

#include <lua.hpp>

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace thespis::scripting::tests {

class lua_snippets {
public:
  using opener = void(lua_State*);

  /// The library becomes the global `name`.
  lua_snippets(const char* name, opener* open);
  lua_snippets(const lua_snippets&) = delete;
  lua_snippets& operator=(const lua_snippets&) = delete;
  /// Also checks that everything has been freed.
  ~lua_snippets();

  /// Results of the chunk, separated by blanks: strings as they are, numbers with 17 digits, tables
  /// as {key=value,...} with sorted keys. Or "error: " and the message. Chunks are called "script",
  /// so the position in a message is "script:1: ". Arguments are ... in the chunk.
  std::string run(std::string_view code, std::string_view argument = {});

  /// Lets the n-th allocation from now on fail (counted from 0), and all that follow it.
  void fail_after(std::int64_t allocations) {
    allocations_left_ = allocations;
  }
  void never_fail() {
    allocations_left_ = -1;
  }
  bool has_failed() const {
    return allocations_left_ == 0;
  }

  lua_State* state() {
    return state_;
  }

private:
  static void* allocate(void* self, void* old, std::size_t old_size, std::size_t size);

  std::int64_t allocations_left_ = -1;
  std::size_t bytes_ = 0;
  lua_State* state_; // Behind what its allocator uses.
};

/// Lua source that defines random_value(): a number, string, boolean or table of these. Its seed is
/// the chunk's argument.
extern const std::string random_value_source;

/// Runs the code with the first allocation failing, then with the second, and so on, until none
/// fails any more. Each time there is an error about memory or the right result, and the run after
/// it is not disturbed. Returns how many runs failed.
int run_without_memory(lua_snippets& snippets, std::string_view code);

} // namespace thespis::scripting::tests

#pragma once

/// Lua values as MessagePack (https://github.com/msgpack/msgpack/blob/master/spec.md), with the
/// choices of Redis' cmsgpack:
///   - a number that is an integer of 64 bits takes the shortest integer that holds it, any other
///     one four bytes if it is the same as a float, else eight;
///   - a table with the keys 1..n and no other ones is an array, also the empty one; any other
///     table is a map in the order of next();
///   - tables deeper than nesting_max, and what MessagePack has no type for, are nil.

#include "scripting/lua_output.hpp"

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace thespis::scripting {

class msgpack_encoder {
public:
  /// The bound of the recursion, and how tables that contain themselves come to an end.
  static constexpr int nesting_max = 16;

  msgpack_encoder(lua_State* state, lua_output& output) : state_(state), output_(output) {
  }

  /// Writes the value at the top of the stack and pops it. `level` counts the tables around it.
  /// May raise (memory, stack). Cost: O(n), tables are walked two times.
  void take(int level = 0);

private:
  void number(double value);
  void integer(std::int64_t value);
  void floating(double value);
  void string(std::string_view bytes);
  void table(int level);
  void array(std::size_t size, int level);
  void map(std::size_t size, int level);

  /// A type byte and the big-endian bytes of a number behind it.
  template <class Unsigned>
  void typed(std::uint8_t type, Unsigned value);

  lua_State* state_;
  lua_output& output_;
};

} // namespace thespis::scripting

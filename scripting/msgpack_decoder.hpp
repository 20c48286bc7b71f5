#pragma once

/// MessagePack as Lua values, as far as Redis' cmsgpack knows it: everything but binary strings and
/// extensions. Integers become doubles; those of 2^63 and more become negative, as in Redis.
///
/// Lengths are never trusted: memory grows with the bytes that have been read. Arrays and maps
/// nest as far as the Lua stack goes (some 4000), which bounds the recursion.

#include <lua.hpp>

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace thespis::scripting {

class msgpack_decoder {
public:
  /// `input` has to stay alive: a string on the Lua stack.
  msgpack_decoder(lua_State* state, std::string_view input) : state_(state), rest_(input) {
  }

  /// Pushes the next value. Raises what Redis raises if there is none, or memory or stack is short.
  void push_next();
  /// What has not been read yet.
  std::string_view rest() const {
    return rest_;
  }

private:
  void push_typed(std::uint8_t type);
  void push_string(std::size_t size);
  void push_array(std::size_t size);
  void push_map(std::size_t size);

  std::string_view bytes(std::size_t count);
  template <class Unsigned>
  Unsigned number();

  lua_State* state_;
  std::string_view rest_;
};

} // namespace thespis::scripting

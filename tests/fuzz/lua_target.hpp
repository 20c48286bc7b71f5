#pragma once

/// What the targets for the Lua libraries have in common: one state for all inputs, with a cap on
/// its memory, and a chunk of Lua that gets the input and must not fail. What the libraries refuse,
/// the chunk catches.

#include <lua.hpp>

#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>

namespace lua_target {

inline std::size_t bytes_used = 0;

/// Fails beyond 64 MiB, as the engine's allocator does somewhere: then every library has to stop.
inline void* allocate(void*, void* old, std::size_t old_size, std::size_t size) {
  constexpr std::size_t bytes_max = std::size_t{64} << 20;
  if (size == 0) {
    std::free(old);
    bytes_used -= old_size;
    return nullptr;
  }
  if (size > old_size && bytes_used + (size - old_size) > bytes_max)
    return nullptr;
  auto* bytes = std::realloc(old, size);
  bytes_used += size - old_size;
  return bytes;
}

/// Compares values deeply, NaN with itself too; the chunks begin with it.
inline constexpr char same_source[] = R"(
local function same(a, b)
  if type(a) ~= 'table' or type(b) ~= 'table' then
    return a == b or a ~= a and b ~= b
  end
  for key, value in pairs(a) do
    if type(key) ~= 'table' and not same(value, b[key]) then
      return false
    end
  end
  for key in pairs(b) do
    if type(key) ~= 'table' and a[key] == nil then
      return false
    end
  end
  return true
end
)";

/// A state with the library as a global and the chunk compiled, at the bottom of the stack.
inline lua_State* open(const char* name, void (*open_library)(lua_State*), const char* chunk) {
  auto* state = lua_newstate(allocate, nullptr);
  luaL_openlibs(state);
  luaJIT_setmode(state, 0, LUAJIT_MODE_ENGINE | LUAJIT_MODE_OFF);
  open_library(state);
  lua_setglobal(state, name);
  lua_pushstring(state, same_source);
  lua_pushstring(state, chunk);
  lua_concat(state, 2);
  if (luaL_loadstring(state, lua_tostring(state, -1)) != 0)
    std::abort();
  lua_replace(state, 1);
  return state;
}

/// Runs the chunk with the input as its argument. Only a lack of memory may end it.
inline void run(lua_State* state, const std::uint8_t* data, std::size_t size) {
  lua_settop(state, 1);
  lua_pushvalue(state, 1);
  lua_pushlstring(state, reinterpret_cast<const char*>(data), size);
  if (lua_pcall(state, 1, 0, 0) != 0
      && std::strcmp(lua_tostring(state, -1), "not enough memory") != 0) {
    std::fprintf(stderr, "%s\n", lua_tostring(state, -1));
    std::abort();
  }
  lua_settop(state, 1);
  // Garbage of one input must not be the shortage of the next.
  if (bytes_used > std::size_t{16} << 20)
    lua_gc(state, LUA_GCCOLLECT, 0);
}

} // namespace lua_target

/// cmsgpack: pack, unpack, unpack_one and unpack_limit.

#include "scripting/libraries.hpp"
#include "scripting/lua_output.hpp"
#include "scripting/msgpack_decoder.hpp"
#include "scripting/msgpack_encoder.hpp"

#include <limits>

namespace thespis::scripting {

namespace {

/// cmsgpack.pack(value, ...) -> string of all of them, one behind the other
int pack(lua_State* state) {
  const auto count = lua_gettop(state);
  if (count == 0)
    return luaL_argerror(state, 0, "MessagePack pack needs input.");
  if (lua_checkstack(state, count) == 0)
    return luaL_argerror(state, 0, "Too many arguments for MessagePack pack.");
  lua_output output{state};
  msgpack_encoder encoder{state, output};
  for (int i = 1; i <= count; ++i) {
    lua_pushvalue(state, i);
    encoder.take();
  }
  output.push();
  return 1;
}

std::string_view checked_string(lua_State* state, int index) {
  std::size_t size = 0;
  const auto* bytes = luaL_checklstring(state, index, &size);
  return {bytes, size};
}

/// Pushes up to `limit` values.
int push_values(msgpack_decoder& decoder, lua_Integer limit) {
  int count = 0;
  for (; !decoder.rest().empty() && count < limit; ++count)
    decoder.push_next();
  return count;
}

/// cmsgpack.unpack(string) -> all values
int unpack(lua_State* state) {
  msgpack_decoder decoder{state, checked_string(state, 1)};
  return push_values(decoder, std::numeric_limits<int>::max());
}

/// Pushes where to go on, or -1, and up to `limit` values from `offset` on. Without limit and
/// offset these are all values and nothing else. The errors are worded as those of Redis, which
/// names the wrong numbers, and cuts them.
int unpack_from(lua_State* state, lua_Integer limit, lua_Integer offset) {
  const auto input = checked_string(state, 1);
  if (limit < 0 || offset < 0)
    return luaL_error(state, "Invalid request to unpack with offset of %d and limit of %d.",
                      static_cast<int>(offset), static_cast<int>(input.size()));
  const auto start = static_cast<std::size_t>(offset);
  if (start > input.size())
    return luaL_error(state, "Start offset %d greater than input length %d.",
                      static_cast<int>(offset), static_cast<int>(input.size()));
  if (limit == 0 && offset == 0)
    return unpack(state);
  lua_settop(state, 1);
  lua_pushnil(state); // Becomes where to go on.
  msgpack_decoder decoder{state, input.substr(start)};
  const auto count = push_values(decoder, limit);
  const auto left = decoder.rest().size();
  luaL_checkstack(state, 1, "in function mp_unpack_full");
  lua_pushnumber(state, left == 0 ? -1 : static_cast<double>(input.size() - left));
  lua_replace(state, 2);
  return count + 1;
}

/// cmsgpack.unpack_one(string [, offset]) -> next offset or -1, value
int unpack_one(lua_State* state) {
  return unpack_from(state, 1, luaL_optinteger(state, 2, 0));
}

/// cmsgpack.unpack_limit(string, limit [, offset]) -> next offset or -1, values
int unpack_limit(lua_State* state) {
  const auto limit = luaL_checkinteger(state, 2);
  return unpack_from(state, limit, luaL_optinteger(state, 3, 0));
}

void set_text(lua_State* state, const char* name, const char* text) {
  lua_pushstring(state, text);
  lua_setfield(state, -2, name);
}

constexpr luaL_Reg functions[] = {
  {"pack", pack},
  {"unpack", unpack},
  {"unpack_one", unpack_one},
  {"unpack_limit", unpack_limit},
};

} // namespace

void open_cmsgpack(lua_State* state) {
  luaL_checkstack(state, 3, "no room for cmsgpack");
  lua_createtable(state, 0, 7);
  for (const auto& [name, function] : functions) {
    lua_pushcfunction(state, function);
    lua_setfield(state, -2, name);
  }
  set_text(state, "_NAME", "cmsgpack");
  set_text(state, "_VERSION", "lua-cmsgpack 0.4.0");
  set_text(state, "_DESCRIPTION", "MessagePack for Lua");
}

} // namespace thespis::scripting

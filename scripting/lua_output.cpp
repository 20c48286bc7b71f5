#include "scripting/lua_output.hpp"

#include <algorithm>
#include <type_traits>

namespace thespis::scripting {

namespace {

/// LuaJIT has no longer strings and no larger userdata.
constexpr std::size_t bytes_max = 0x7fffff00;

} // namespace

static_assert(std::is_trivially_destructible_v<lua_output>);

lua_output::lua_output(lua_State* state) : state_(state) {
  luaL_checkstack(state, 2, "no room for a text");
  lua_pushnil(state);
  slot_ = lua_gettop(state);
}

void lua_output::grow(std::size_t count) {
  if (count > bytes_max - size_)
    luaL_error(state_, "string length overflow");
  const auto capacity = std::min(std::max(size_ + count, capacity_ * 2), bytes_max);
  luaL_checkstack(state_, 1, "no room for a text");
  auto* data = static_cast<char*>(lua_newuserdata(state_, capacity));
  std::memcpy(data, data_, size_);
  // The old userdata, if any, is garbage from here on.
  lua_replace(state_, slot_);
  data_ = data;
  capacity_ = capacity;
}

} // namespace thespis::scripting

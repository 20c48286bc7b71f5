#include "scripting/loading.hpp"

#include "scripting/interpreter.hpp"
#include "scripting/source_check.hpp"

#include <algorithm>

#include <lua.hpp>

namespace thespis::scripting {

namespace {

/// Pushes "name:line: what near 'text'". `name` as luaL_loadbuffer has it.
void push_complaint(lua_State* lua, const char* name, std::size_t line, const char* what,
                    std::string_view text) {
  // The compiler alone knows how names are shown: it complains about a text that is wrong.
  luaL_loadbuffer(lua, "=", 1, name);
  const char* shown = lua_tostring(lua, -1);
  const std::string_view complaint{shown != nullptr ? shown : ""};
  const auto end = complaint.find(":1: ");
  lua_pushlstring(lua, complaint.data(), end == std::string_view::npos ? 0 : end);
  lua_pushlstring(lua, text.data(), std::min(text.size(), std::size_t{80}));
  lua_pushfstring(lua, "%s:%d: %s near '%s'", lua_tostring(lua, -2), static_cast<int>(line), what,
                  lua_tostring(lua, -1));
  lua_replace(lua, -4);
  lua_pop(lua, 2);
}

} // namespace

bool compile_text(lua_State* lua, std::string_view source, const char* name) {
  if (!source.empty() && (source[0] == '\x1b' || source[0] == '#')) {
    push_complaint(lua, name, 1, "unexpected symbol", source[0] == '#' ? "#" : "char(27)");
    return false;
  }
  if (const auto found = find_foreign_number(source)) {
    push_complaint(lua, name, found->line, "malformed number", found->text);
    return false;
  }
  if (luaL_loadbufferx(lua, source.data(), source.size(), name, "t") != 0)
    return false;
  push_environment(lua);
  lua_setfenv(lua, -2);
  return true;
}

int load_string(lua_State* lua) {
  std::size_t size = 0;
  const char* source = luaL_checklstring(lua, 1, &size);
  const char* name = luaL_optstring(lua, 2, source);
  lua_settop(lua, 2);
  if (compile_text(lua, {source, size}, name))
    return 1;
  lua_pushnil(lua);
  lua_insert(lua, -2);
  return 2;
}

} // namespace thespis::scripting

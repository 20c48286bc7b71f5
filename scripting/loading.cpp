#include "scripting/loading.hpp"

#include "scripting/interpreter.hpp"

#include <algorithm>
#include <cstdint>
#include <new>
#include <optional>

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

enum class attempt : std::uint8_t { compiled, refused, as_it_is };

/// Pushes the function made of the changed text, or the complaint of a refusal, or nothing. Errors
/// of Lua must not pass over C++ objects, so those end first.
attempt compile_changed(lua_State* lua, std::string_view source, const char* name, text_kind kind,
                        bool* uses_arguments) {
  int status = LUA_ERRSYNTAX;
  bool is_changed = false;
  std::optional<foreign_number> foreign;
  try {
    const auto read = read_source(source, kind);
    if (uses_arguments != nullptr)
      *uses_arguments = read.uses_arguments;
    foreign = read.foreign;
    is_changed = !foreign && !read.changed.empty();
    if (is_changed)
      status = luaL_loadbufferx(lua, read.changed.data(), read.changed.size(), name, "t");
  } catch (const std::bad_alloc&) {
    lua_pushliteral(lua, "not enough memory");
    return attempt::refused;
  }
  if (foreign) {
    push_complaint(lua, name, foreign->line, "malformed number", foreign->text);
    return attempt::refused;
  }
  if (status == 0)
    return attempt::compiled;
  if (is_changed)
    lua_pop(lua, 1);
  return attempt::as_it_is;
}

} // namespace

bool compile_text(lua_State* lua, std::string_view source, const char* name, text_kind kind,
                  bool* uses_arguments) {
  if (!source.empty() && (source[0] == '\x1b' || source[0] == '#')) {
    push_complaint(lua, name, 1, "unexpected symbol", source[0] == '#' ? "#" : "char(27)");
    return false;
  }
  bool is_compiled = false;
  switch (compile_changed(lua, source, name, kind, uses_arguments)) {
    case attempt::refused:
      return false;
    case attempt::compiled:
      is_compiled = true;
      break;
    case attempt::as_it_is:
      is_compiled = luaL_loadbufferx(lua, source.data(), source.size(), name, "t") == 0;
  }
  if (!is_compiled)
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
  if (compile_text(lua, {source, size}, name, text_kind::other))
    return 1;
  lua_pushnil(lua);
  lua_insert(lua, -2);
  return 2;
}

} // namespace thespis::scripting

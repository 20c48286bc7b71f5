#include "scripting/loaded_libraries.hpp"

#include "scripting/function_registration.hpp"
#include "scripting/interpreter.hpp"
#include "scripting/library_sandbox.hpp"
#include "scripting/loading.hpp"

#include <new>
#include <string_view>
#include <utility>

#include <lua.hpp>

namespace thespis::scripting {

namespace {

struct library_compilation {
  std::string_view source;
  int list = LUA_NOREF;
  int body = LUA_NOREF;
};

/// In a protected call: compiles and keeps the body, makes the list of functions.
int compile_library(lua_State* lua) {
  auto& what = *static_cast<library_compilation*>(lua_touserdata(lua, 1));
  if (!compile_text(lua, what.source, "@user_function", text_kind::library))
    return lua_error(lua);
  what.body = luaL_ref(lua, LUA_REGISTRYINDEX);
  push_function_list(lua);
  what.list = luaL_ref(lua, LUA_REGISTRYINDEX);
  return 0;
}

std::string with_text_at(std::string_view before, lua_State* lua, int index) {
  std::size_t size = 0;
  const char* bytes = lua_type(lua, index) == LUA_TSTRING ? lua_tolstring(lua, index, &size)
                                                          : nullptr;
  std::string whole{before};
  return whole.append(bytes != nullptr ? std::string_view{bytes, size} : "not enough memory");
}

} // namespace

std::optional<std::string> loaded_libraries::load(const library& what, host& server,
                                                  flag_reader flag_named,
                                                  std::vector<library_function>& functions) {
  // The line break stays, for the numbers of lines.
  const auto line_end = what.source.find('\n');
  const auto source = std::string_view{what.source}.substr(
    line_end == std::string::npos ? what.source.size() : line_end);
  library_in_loading loading{functions, flag_named};
  auto& list = lists_.try_emplace(what.id, LUA_NOREF).first->second;
  int body = LUA_NOREF;
  std::optional<std::string> error;
  begin(server, loading);
  try {
    error = compile(source, list, body);
    if (!error)
      error = run_body(body);
    if (!error && functions.empty())
      error = "No functions registered";
  } catch (const std::bad_alloc&) {
    lua_.thread = nullptr;
    end(body);
    unload(what.id);
    throw;
  }
  end(body);
  if (error)
    unload(what.id);
  return error;
}

void loaded_libraries::begin(host& server, library_in_loading& loading) noexcept {
  lua_.is_function = true;
  lua_.server = &server;
  lua_.loading = &loading;
}

void loaded_libraries::end(int body) noexcept {
  lua_.loading = nullptr;
  lua_.server = nullptr;
  lua_.is_function = false;
  luaL_unref(lua_.main, LUA_REGISTRYINDEX, body);
}

std::optional<std::string> loaded_libraries::compile(std::string_view source, int& list,
                                                     int& body) {
  library_compilation made{source};
  const int status = lua_cpcall(lua_.main, compile_library, &made);
  list = made.list;
  body = made.body;
  if (status == 0)
    return std::nullopt;
  auto error = with_text_at("Error compiling function: ", lua_.main, -1);
  lua_settop(lua_.main, slot_count);
  return error;
}

std::optional<std::string> loaded_libraries::run_body(int body) {
  auto* const main = lua_.main;
  lua_.keys = {};
  lua_.args = {};
  lua_.place.clear();
  lua_.leaving = false;
  lua_.waiting = false;
  lua_pushvalue(main, slot_prepare);
  const bool is_ready = lua_pcall(main, 0, 0, 0) == 0;
  lua_settop(main, slot_count);
  if (!is_ready)
    return "Error registering functions: ERR not enough memory";
  lua_pushvalue(main, slot_start);
  lua_rawgeti(main, LUA_REGISTRYINDEX, body);
  lua_xmove(main, lua_.thread, 2);
  select_globals(main, true);
  const int status = lua_resume(lua_.thread, 1);
  select_globals(main, false);
  auto error = outcome_of(status);
  if (status == 0)
    lua_settop(lua_.thread, 0);
  else
    lua_.thread = nullptr;
  if (std::exchange(lua_.killed, false))
    lua_.reset_hook();
  return error;
}

/// What has become of the body. Nothing else than a kill makes it yield: it has no way to.
std::optional<std::string> loaded_libraries::outcome_of(int status) {
  constexpr std::string_view head = "Error registering functions: ";
  if (lua_.killed)
    return std::string{head}.append("ERR FUNCTION LOAD timeout");
  if (status == 0 && lua_toboolean(lua_.thread, 1) != 0)
    return std::nullopt;
  auto* const main = lua_.main;
  std::string error;
  if (status == LUA_ERRMEM || status == LUA_YIELD) {
    error = std::string{head}.append("ERR not enough memory");
  } else {
    lua_pushvalue(main, slot_describe);
    lua_xmove(lua_.thread, main, 1);
    error = lua_pcall(main, 1, 1, 0) == 0 ? with_text_at(head, main, -1)
                                          : std::string{head}.append("ERR not enough memory");
  }
  lua_settop(main, slot_count);
  return error;
}

void loaded_libraries::unload(std::uint64_t id) noexcept {
  const auto found = lists_.find(id);
  if (found == lists_.end())
    return;
  luaL_unref(lua_.main, LUA_REGISTRYINDEX, found->second);
  lists_.erase(found);
}

void loaded_libraries::push(std::uint64_t id, std::size_t function) const noexcept {
  lua_rawgeti(lua_.main, LUA_REGISTRYINDEX, lists_.find(id)->second);
  lua_rawgeti(lua_.main, -1, static_cast<int>(function) + 1);
  lua_remove(lua_.main, -2);
}

} // namespace thespis::scripting

#include "scripting/interpreter.hpp"

#include "scripting/engine.hpp"
#include "scripting/error_text.hpp"
#include "scripting/libraries.hpp"
#include "scripting/library_sandbox.hpp"
#include "scripting/lua_to_reply.hpp"
#include "scripting/reply_to_lua.hpp"
#include "scripting/sandbox.hpp"

#include <new>
#include <utility>

#include <lua.hpp>

namespace thespis::scripting {

namespace {

/// Places in the registry: of the coroutine that runs scripts, of what goes to the slots.
const char thread_key = 0;
const char slot_keys[slot_count] = {};

/// Upvalues of prepare().
enum prepare_upvalue : int {
  prepare_globals = 1,
  prepare_keys,
  prepare_args,
  prepare_environment,
};

void* allocate(void* self, void* block, std::size_t old_size, std::size_t new_size) {
  return memory_budget::reallocate(&static_cast<interpreter*>(self)->memory, block, old_size,
                                   new_size);
}

/// A fresh coroutine in place of one that ended in its middle.
void renew_thread(lua_State* lua, interpreter& self) {
  lua_pushlightuserdata(lua, const_cast<char*>(&thread_key));
  auto* const thread = lua_newthread(lua);
  lua_rawset(lua, LUA_REGISTRYINDEX);
  lua_pushvalue(lua, lua_upvalueindex(prepare_environment));
  lua_xmove(lua, thread, 1);
  lua_replace(thread, LUA_GLOBALSINDEX);
  self.thread = thread;
}

void push_words(lua_State* lua, protocol::arguments words) {
  lua_createtable(lua, static_cast<int>(words.size()), 0);
  int i = 0;
  for (const auto word : words) {
    lua_pushlstring(lua, word.data(), word.size());
    lua_rawseti(lua, -2, ++i);
  }
}

/// registry[key of the slot] = the value at `index`.
void keep(lua_State* lua, slot where, int index) {
  lua_pushvalue(lua, index);
  lua_pushlightuserdata(lua, const_cast<char*>(&slot_keys[where - 1]));
  lua_insert(lua, -2);
  lua_rawset(lua, LUA_REGISTRYINDEX);
}

/// Before each run, in a protected call.
int prepare(lua_State* lua) {
  auto& self = interpreter::of(lua);
  if (self.thread == nullptr)
    renew_thread(lua, self);
  restore_cjson_settings(lua);
  if (self.is_function) {
    push_words(lua, self.keys);
    push_words(lua, self.args);
    return 2;
  }
  lua_pushvalue(lua, lua_upvalueindex(prepare_keys));
  push_words(lua, self.keys);
  lua_rawset(lua, lua_upvalueindex(prepare_globals));
  lua_pushvalue(lua, lua_upvalueindex(prepare_args));
  push_words(lua, self.args);
  lua_rawset(lua, lua_upvalueindex(prepare_globals));
  return 0;
}

void on_breath(lua_State* lua, lua_Debug*) {
  auto& self = interpreter::of(lua);
  // Compiling and conversions are no run.
  if (self.server == nullptr)
    return;
  auto verdict = self.killed ? host::verdict::end : self.server->breathe();
  if (verdict == host::verdict::go_on)
    return;
  if (verdict == host::verdict::end) {
    // Once it has yielded LuaJIT may name the line before.
    if (!std::exchange(self.killed, true))
      find_place(lua, self.place);
    lua_sethook(lua, on_breath, LUA_MASKCOUNT, 1);
  }
  if (lua_isyieldable(lua) != 0) {
    self.leaving = true;
    lua_yield(lua, 0);
  } else if (self.killed) {
    luaL_error(lua, "killed");
  }
}

/// Makes what stands in the slots of the main state's stack.
int build(lua_State* lua) {
  luaJIT_setmode(lua, 0, LUAJIT_MODE_ENGINE | LUAJIT_MODE_OFF);
  // The first reference that is given back makes the registry's list of free ones; from then on
  // that needs no memory.
  lua_pushboolean(lua, 1);
  luaL_unref(lua, LUA_REGISTRYINDEX, luaL_ref(lua, LUA_REGISTRYINDEX));
  open_sandbox(lua);
  keep(lua, slot_start, -3);
  keep(lua, slot_environment, -2);
  open_library_sandbox(lua);
  keep(lua, slot_library_environment, -3);
  keep(lua, slot_library_globals, -2);
  keep(lua, slot_loading_globals, -1);
  lua_pop(lua, 3);
  lua_pushliteral(lua, "KEYS");
  lua_pushliteral(lua, "ARGV");
  lua_pushvalue(lua, -4);
  lua_pushcclosure(lua, prepare, prepare_environment);
  keep(lua, slot_prepare, -1);
  push_reply_names(lua);
  lua_pushcclosure(lua, convert_result, reply_name_count);
  keep(lua, slot_convert, -1);
  lua_pushcfunction(lua, describe_error);
  keep(lua, slot_describe, -1);
  return 0;
}

} // namespace

interpreter::interpreter() : main(lua_newstate(allocate, this)) {
  if (main == nullptr)
    throw std::bad_alloc{};
  if (lua_cpcall(main, build, nullptr) != 0) {
    lua_close(main);
    throw std::bad_alloc{};
  }
  lua_settop(main, 0);
  for (const char& key : slot_keys) {
    lua_pushlightuserdata(main, const_cast<char*>(&key));
    lua_rawget(main, LUA_REGISTRYINDEX);
  }
  reset_hook();
}

interpreter::~interpreter() {
  lua_close(main);
}

interpreter& interpreter::of(lua_State* lua) noexcept {
  void* self = nullptr;
  lua_getallocf(lua, &self);
  return *static_cast<interpreter*>(self);
}

void push_environment(lua_State* lua) {
  const auto which = interpreter::of(lua).is_function ? slot_library_environment : slot_environment;
  lua_pushlightuserdata(lua, const_cast<char*>(&slot_keys[which - 1]));
  lua_rawget(lua, LUA_REGISTRYINDEX);
}

void interpreter::reset_hook() noexcept {
  lua_sethook(main, on_breath, LUA_MASKCOUNT, engine::instructions_per_breath);
}

} // namespace thespis::scripting

#include "scripting/redis_library.hpp"
#include "scripting/lua_fields.hpp"

#include "base/sha1.hpp"
#include "base/version.hpp"
#include "scripting/command_words.hpp"
#include "scripting/interpreter.hpp"
#include "scripting/reply_to_lua.hpp"

#include <charconv>
#include <cstddef>
#include <new>
#include <string>
#include <string_view>

#include <lua.hpp>

namespace thespis::scripting {

namespace {

/// Pushes {err=text}.
void push_error(lua_State* lua, std::string_view text) {
  lua_createtable(lua, 0, 3);
  lua_pushlstring(lua, text.data(), text.size());
  lua_setfield(lua, -2, "err");
}

int raise(lua_State* lua, std::string_view text) {
  push_error(lua, text);
  return lua_error(lua);
}

// -- commands -------------------------------------------------------------------------------------

enum class answer : std::uint8_t { value, error, later };

/// Runs the command on the stack and pushes its reply.
answer run_command(lua_State* lua) {
  auto& self = interpreter::of(lua);
  const char* fault = nullptr;
  if (const auto words = read_words(self, lua, fault)) {
    try {
      self.answer.clear();
      if (!self.server->call(*words, self.protocol, self.answer))
        return answer::later;
    } catch (const std::bad_alloc&) {
      fault = "ERR not enough memory";
    }
  }
  if (fault != nullptr) {
    push_error(lua, fault);
    return answer::error;
  }
  return push_reply(lua, self.answer.view()) ? answer::error : answer::value;
}

/// A second result tells the prelude that it has to ask again.
int answer_later(lua_State* lua) {
  lua_pushnil(lua);
  lua_pushboolean(lua, 1);
  return 2;
}

int call(lua_State* lua) {
  switch (run_command(lua)) {
    case answer::value:
      return 1;
    case answer::error:
      return lua_error(lua);
    case answer::later:
      break;
  }
  return answer_later(lua);
}

int pcall(lua_State* lua) {
  return run_command(lua) == answer::later ? answer_later(lua) : 1;
}

// -- leaving --------------------------------------------------------------------------------------

/// wait(for_command): suspends the script, if that can be done here.
int wait(lua_State* lua) {
  auto& self = interpreter::of(lua);
  self.waiting = self.waiting || lua_toboolean(lua, 1) != 0;
  if (lua_isyieldable(lua) != 0) {
    self.leaving = true;
    return lua_yield(lua, 0);
  }
  self.leaving = false;
  self.stuck = self.waiting;
  self.waiting = false;
  return 0;
}

int leaving(lua_State* lua) {
  lua_pushboolean(lua, interpreter::of(lua).leaving ? 1 : 0);
  return 1;
}

int refuse_to_wait(lua_State* lua) {
  auto& self = interpreter::of(lua);
  if (!self.stuck)
    return 0;
  self.stuck = false;
  return raise(lua, "ERR This Redis command is not allowed in a callback of a C function");
}

// -- the rest -------------------------------------------------------------------------------------

int error_reply(lua_State* lua) {
  if (lua_gettop(lua) != 1 || lua_type(lua, 1) != LUA_TSTRING) {
    push_error(lua, "ERR wrong number or type of arguments");
    return 1;
  }
  std::size_t size = 0;
  const char* bytes = lua_tolstring(lua, 1, &size);
  lua_createtable(lua, 0, 3);
  if (size != 0 && bytes[0] == '-')
    lua_pushlstring(lua, bytes + 1, size - 1);
  else if (std::string_view{bytes, size}.find(' ') != std::string_view::npos)
    lua_pushvalue(lua, 1);
  else
    lua_pushfstring(lua, "ERR %s", bytes);
  lua_setfield(lua, -2, "err");
  return 1;
}

int status_reply(lua_State* lua) {
  if (lua_gettop(lua) != 1 || lua_type(lua, 1) != LUA_TSTRING) {
    push_error(lua, "ERR wrong number or type of arguments");
    return 1;
  }
  lua_createtable(lua, 0, 1);
  lua_pushvalue(lua, 1);
  lua_setfield(lua, -2, "ok");
  return 1;
}

int sha1hex(lua_State* lua) {
  if (lua_gettop(lua) != 1)
    return raise(lua, "ERR wrong number of arguments");
  std::size_t size = 0;
  const char* bytes = lua_tolstring(lua, 1, &size);
  constexpr char hexadecimal[] = "0123456789abcdef";
  char digits[40];
  char* at = digits;
  for (const auto byte : base::sha1({bytes, size})) {
    *at++ = hexadecimal[byte >> 4];
    *at++ = hexadecimal[byte & 15];
  }
  lua_pushlstring(lua, digits, sizeof digits);
  return 1;
}

int log(lua_State* lua) {
  const int count = lua_gettop(lua);
  if (count < 2)
    return raise(lua, "ERR redis.log() requires two arguments or more.");
  if (lua_isnumber(lua, 1) == 0)
    return raise(lua, "ERR First argument must be a number (log level).");
  const auto level = lua_tonumber(lua, 1);
  if (!(level >= 0 && level < 4))
    return raise(lua, "ERR Invalid debug level.");
  luaL_Buffer text;
  luaL_buffinit(lua, &text);
  for (int i = 2; i <= count; ++i) {
    std::size_t size = 0;
    const char* bytes = lua_tolstring(lua, i, &size);
    if (bytes == nullptr)
      continue;
    if (i > 2)
      luaL_addchar(&text, ' ');
    luaL_addlstring(&text, bytes, size);
  }
  luaL_pushresult(&text);
  std::size_t size = 0;
  const char* bytes = lua_tolstring(lua, -1, &size);
  interpreter::of(lua).server->log(static_cast<int>(level), {bytes, size});
  return 0;
}

int setresp(lua_State* lua) {
  if (lua_gettop(lua) != 1)
    return raise(lua, "ERR redis.setresp() requires one argument.");
  const auto version = lua_tonumber(lua, 1);
  if (version != 2 && version != 3)
    return raise(lua, "ERR RESP version must be 2 or 3.");
  interpreter::of(lua).protocol = static_cast<int>(version);
  return 0;
}

int set_repl(lua_State* lua) {
  if (lua_gettop(lua) != 1)
    return raise(lua, "ERR redis.set_repl() requires two arguments.");
  const auto flags = lua_tonumber(lua, 1);
  if (!(flags >= 0 && flags <= static_cast<int>(host::repl_all)))
    return raise(lua, "ERR Invalid replication flags. Use REPL_AOF, REPL_REPLICA, REPL_ALL or "
                      "REPL_NONE.");
  interpreter::of(lua).server->set_replication(static_cast<int>(flags));
  return 0;
}

int replicate_commands(lua_State* lua) {
  lua_pushboolean(lua, 1);
  return 1;
}

int acl_check_cmd(lua_State* lua) {
  auto& self = interpreter::of(lua);
  const char* fault = nullptr;
  const auto words = read_words(self, lua, fault);
  if (!words)
    return raise(lua, fault);
  const auto allowed = self.server->may_call(*words);
  if (!allowed)
    return raise(lua, "ERR Invalid command passed to redis.acl_check_cmd()");
  lua_pushboolean(lua, *allowed ? 1 : 0);
  return 1;
}

/// There is no debugger.
int breakpoint(lua_State* lua) {
  lua_pushboolean(lua, 0);
  return 1;
}
int debug(lua_State*) {
  return 0;
}

void set_number(lua_State* lua, const char* name, int number) {
  lua_pushnumber(lua, number);
  lua_setfield(lua, -2, name);
}

/// "7.2.4" as 0x00070204.
int version_number() noexcept {
  int number = 0;
  const char* at = base::redis_version.data();
  const char* const end = at + base::redis_version.size();
  while (at < end) {
    int part = 0;
    at = std::from_chars(at, end, part).ptr + 1;
    number = number << 8 | part;
  }
  return number;
}

} // namespace

void push_redis_library(lua_State* lua) {
  lua_createtable(lua, 0, 32);
  set_function(lua, "error_reply", error_reply);
  set_function(lua, "status_reply", status_reply);
  set_function(lua, "sha1hex", sha1hex);
  set_function(lua, "log", log);
  set_function(lua, "setresp", setresp);
  set_function(lua, "set_repl", set_repl);
  set_function(lua, "replicate_commands", replicate_commands);
  set_function(lua, "acl_check_cmd", acl_check_cmd);
  set_function(lua, "breakpoint", breakpoint);
  set_function(lua, "debug", debug);
  set_number(lua, "LOG_DEBUG", 0);
  set_number(lua, "LOG_VERBOSE", 1);
  set_number(lua, "LOG_NOTICE", 2);
  set_number(lua, "LOG_WARNING", 3);
  set_number(lua, "REPL_NONE", host::repl_none);
  set_number(lua, "REPL_AOF", host::repl_aof);
  set_number(lua, "REPL_SLAVE", host::repl_replica);
  set_number(lua, "REPL_REPLICA", host::repl_replica);
  set_number(lua, "REPL_ALL", host::repl_all);
  set_number(lua, "REDIS_VERSION_NUM", version_number());
  lua_pushlstring(lua, base::redis_version.data(), base::redis_version.size());
  lua_setfield(lua, -2, "REDIS_VERSION");
}

void add_redis_primitives(lua_State* lua) {
  push_reply_names(lua);
  lua_pushcclosure(lua, call, reply_name_count);
  lua_setfield(lua, -2, "call");
  push_reply_names(lua);
  lua_pushcclosure(lua, pcall, reply_name_count);
  lua_setfield(lua, -2, "pcall_command");
  set_function(lua, "wait", wait);
  set_function(lua, "leaving", leaving);
  set_function(lua, "refuse_to_wait", refuse_to_wait);
}

} // namespace thespis::scripting

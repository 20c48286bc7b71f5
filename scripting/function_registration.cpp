#include "scripting/function_registration.hpp"

#include "base/ascii.hpp"
#include "scripting/interpreter.hpp"

#include <algorithm>
#include <cstdint>
#include <new>

#include <lua.hpp>

namespace thespis::scripting {

namespace {

/// Where the list of the library in loading is in the registry.
const char list_key = 0;

/// Places on the stack of register_function: what it was called with, then what that says.
enum place : int { place_arguments = 1, place_name, place_callback, place_description };

constexpr const char* not_loading
  = "ERR redis.register_function can only be called on FUNCTION LOAD command";
constexpr const char* wrong_count = "ERR wrong number of arguments to redis.register_function";
constexpr const char* one_is_no_table
  = "ERR calling redis.register_function with a single argument is only applicable to Lua table "
    "(representing named arguments).";
constexpr const char* first_is_no_string
  = "ERR first argument to redis.register_function must be a string";
constexpr const char* second_is_no_function
  = "ERR second argument to redis.register_function must be a function";
constexpr const char* name_is_no_string
  = "ERR function_name argument given to redis.register_function must be a string";
constexpr const char* description_is_no_string
  = "ERR description argument given to redis.register_function must be a string";
constexpr const char* callback_is_no_function
  = "ERR callback argument given to redis.register_function must be a function";
constexpr const char* flags_are_no_table
  = "ERR flags argument to redis.register_function must be a table representing function flags";
constexpr const char* key_is_no_string
  = "ERR named argument key given to redis.register_function is not a string";
constexpr const char* unknown_argument = "ERR unknown argument given to redis.register_function";
constexpr const char* unknown_flag = "ERR unknown flag given";
constexpr const char* no_name = "ERR redis.register_function must get a function name argument";
constexpr const char* no_callback = "ERR redis.register_function must get a callback argument";
constexpr const char* bad_name
  = "ERR Library names can only contain letters, numbers, or underscores(_) and must be at least "
    "one character long";
constexpr const char* name_is_taken = "ERR Function already exists in the library";
constexpr const char* no_memory_for_function = "ERR not enough memory";

std::string_view view_at(lua_State* lua, int index) noexcept {
  std::size_t size = 0;
  const char* bytes = lua_tolstring(lua, index, &size);
  return {bytes, size};
}

/// The flags in the list on top of the stack. Null: no fault.
const char* read_flags(lua_State* lua, flag_reader flag_named, std::uint32_t& flags) {
  for (int i = 1;; ++i) {
    lua_rawgeti(lua, -1, i);
    if (lua_isnil(lua, -1)) {
      lua_pop(lua, 1);
      return nullptr;
    }
    char lower_case[64];
    const auto name = lua_isstring(lua, -1) != 0 ? view_at(lua, -1) : std::string_view{};
    if (name.empty() || name.size() > sizeof lower_case)
      return unknown_flag;
    std::transform(name.begin(), name.end(), lower_case, base::lower);
    const auto flag = flag_named({lower_case, name.size()});
    if (flag == 0)
      return unknown_flag;
    flags |= flag;
    lua_pop(lua, 1);
  }
}

/// The named argument whose key and value are on top of the stack; pops the value. Null: no fault.
const char* read_named(lua_State* lua, flag_reader flag_named, std::uint32_t& flags) {
  if (lua_isstring(lua, -2) == 0)
    return key_is_no_string;
  // What is no string has no name that is known. (As a string it would spoil the walk.)
  const auto key = lua_type(lua, -2) == LUA_TSTRING ? view_at(lua, -2) : std::string_view{};
  if (base::equals_nocase(key, "function_name")) {
    if (lua_isstring(lua, -1) == 0)
      return name_is_no_string;
    lua_replace(lua, place_name);
  } else if (base::equals_nocase(key, "description")) {
    if (lua_isstring(lua, -1) == 0)
      return description_is_no_string;
    lua_replace(lua, place_description);
  } else if (base::equals_nocase(key, "callback")) {
    if (!lua_isfunction(lua, -1))
      return callback_is_no_function;
    lua_replace(lua, place_callback);
  } else if (base::equals_nocase(key, "flags")) {
    if (!lua_istable(lua, -1))
      return flags_are_no_table;
    if (const char* fault = read_flags(lua, flag_named, flags))
      return fault;
    lua_pop(lua, 1);
  } else {
    return unknown_argument;
  }
  return nullptr;
}

/// Fills the places from a table of named arguments.
const char* read_table(lua_State* lua, flag_reader flag_named, std::uint32_t& flags) {
  if (!lua_istable(lua, place_arguments))
    return one_is_no_table;
  lua_settop(lua, place_description);
  lua_pushnil(lua);
  while (lua_next(lua, place_arguments) != 0)
    if (const char* fault = read_named(lua, flag_named, flags))
      return fault;
  if (lua_isnil(lua, place_name))
    return no_name;
  return lua_isnil(lua, place_callback) ? no_callback : nullptr;
}

/// Fills the places from a name and a function.
const char* read_pair(lua_State* lua) {
  if (lua_isstring(lua, 1) == 0)
    return first_is_no_string;
  if (!lua_isfunction(lua, 2))
    return second_is_no_function;
  lua_pushnil(lua);
  lua_insert(lua, place_arguments);
  lua_settop(lua, place_description);
  return nullptr;
}

/// Adds what stands in the places to the library.
const char* add(lua_State* lua, library_in_loading& loading, std::uint32_t flags) noexcept {
  const auto name = view_at(lua, place_name);
  if (!is_function_name(name))
    return bad_name;
  auto& all = loading.functions;
  if (std::any_of(all.begin(), all.end(), [&](const auto& one) { return one.name == name; }))
    return name_is_taken;
  try {
    library_function made{std::string{name}, std::nullopt, flags};
    if (!lua_isnil(lua, place_description))
      made.description.emplace(view_at(lua, place_description));
    all.push_back(std::move(made));
  } catch (const std::bad_alloc&) {
    return no_memory_for_function;
  }
  return nullptr;
}

int raise_fault(lua_State* lua, const char* text) {
  lua_createtable(lua, 0, 1);
  lua_pushstring(lua, text);
  lua_setfield(lua, -2, "err");
  return lua_error(lua);
}

} // namespace

bool is_function_name(std::string_view name) noexcept {
  return !name.empty() && std::all_of(name.begin(), name.end(), [](char c) {
    const char letter = base::lower(c);
    return base::is_digit(c) || c == '_' || (letter >= 'a' && letter <= 'z');
  });
}

void push_function_list(lua_State* lua) {
  lua_createtable(lua, 4, 0);
  lua_pushlightuserdata(lua, const_cast<char*>(&list_key));
  lua_pushvalue(lua, -2);
  lua_rawset(lua, LUA_REGISTRYINDEX);
}

int register_function(lua_State* lua) {
  auto* const loading = interpreter::of(lua).loading;
  if (loading == nullptr)
    return raise_fault(lua, not_loading);
  const int count = lua_gettop(lua);
  if (count < 1 || count > 2)
    return raise_fault(lua, wrong_count);
  luaL_checkstack(lua, 8, "register_function");
  std::uint32_t flags = 0;
  const char* fault = count == 1 ? read_table(lua, loading->flag_named, flags) : read_pair(lua);
  if (fault == nullptr) {
    // Made strings before a view of them is taken.
    lua_tolstring(lua, place_name, nullptr);
    if (!lua_isnil(lua, place_description))
      lua_tolstring(lua, place_description, nullptr);
    fault = add(lua, *loading, flags);
  }
  if (fault != nullptr)
    return raise_fault(lua, fault);
  lua_pushlightuserdata(lua, const_cast<char*>(&list_key));
  lua_rawget(lua, LUA_REGISTRYINDEX);
  lua_pushvalue(lua, place_callback);
  lua_rawseti(lua, -2, static_cast<int>(loading->functions.size()));
  return 0;
}

} // namespace thespis::scripting

#include "tests/unit/scripting/lua_snippets.hpp"

#include <cstdlib>
#include <random>
#include <stdexcept>

namespace thespis::scripting::tests {

namespace {

constexpr const char* show_source = R"(
local function show(value)
  local kind = type(value)
  if kind == 'number' then
    return value ~= value and 'nan' or ('%.17g'):format(value)
  elseif kind == 'userdata' then
    return 'null'
  elseif kind ~= 'table' then
    return tostring(value)
  end
  local fields = {}
  for key, each in pairs(value) do
    fields[#fields + 1] = show(key) .. '=' .. show(each)
  end
  table.sort(fields)
  return '{' .. table.concat(fields, ',') .. '}'
end
return function(...)
  local shown = {}
  for i = 1, select('#', ...) do
    shown[i] = show((select(i, ...)))
  end
  return table.concat(shown, ' ')
end)";

std::string text_at_top(lua_State* state) {
  std::size_t size = 0;
  const auto* bytes = lua_tolstring(state, -1, &size);
  return bytes != nullptr ? std::string{bytes, size} : "no string";
}

} // namespace

void* lua_snippets::allocate(void* self, void* old, std::size_t old_size, std::size_t size) {
  auto& snippets = *static_cast<lua_snippets*>(self);
  if (size == 0) {
    std::free(old);
    snippets.bytes_ -= old_size;
    return nullptr;
  }
  if (size > old_size && snippets.allocations_left_ == 0)
    return nullptr;
  if (size > old_size && snippets.allocations_left_ > 0)
    --snippets.allocations_left_;
  auto* bytes = std::realloc(old, size);
  snippets.bytes_ += size - old_size;
  return bytes;
}

lua_snippets::lua_snippets(const char* name, opener* open) : state_(lua_newstate(allocate, this)) {
  luaL_openlibs(state_);
  luaJIT_setmode(state_, 0, LUAJIT_MODE_ENGINE | LUAJIT_MODE_OFF);
  open(state_);
  if (lua_gettop(state_) != 1)
    throw std::logic_error{"a library is one table"};
  lua_setglobal(state_, name);
  luaL_loadstring(state_, show_source);
  lua_call(state_, 0, 1); // Stays at the bottom of the stack.
}

lua_snippets::~lua_snippets() {
  never_fail();
  lua_close(state_);
  if (bytes_ != 0)
    std::abort();
}

std::string lua_snippets::run(std::string_view code, std::string_view argument) {
  lua_settop(state_, 1);
  lua_pushvalue(state_, 1);
  auto failure = luaL_loadbuffer(state_, code.data(), code.size(), "@script");
  if (failure == 0) {
    lua_pushlstring(state_, argument.data(), argument.size());
    failure = lua_pcall(state_, 1, LUA_MULTRET, 0);
  }
  if (failure == 0)
    failure = lua_pcall(state_, lua_gettop(state_) - 2, 1, 0);
  const auto text = text_at_top(state_);
  lua_settop(state_, 1);
  return failure == 0 ? text : "error: " + text;
}

const std::string random_value_source = R"(
math.randomseed(tonumber((...)))
local random = math.random
local function random_string()
  local bytes = {}
  for i = 1, random(0, random(0, 9) == 0 and 700 or 8) do
    bytes[i] = string.char(random(0, 255))
  end
  return table.concat(bytes)
end
local function random_number()
  local kind = random(4)
  if kind == 1 then
    return random(-200, 200)
  elseif kind == 2 then
    return math.floor((random() - 0.5) * 2 ^ random(1, 64))
  elseif kind == 3 then
    return (random() - 0.5) * 2 ^ random(-100, 100)
  end
  return random(-1000, 1000) / 8
end
local function random_value(depth)
  depth = depth or 0
  local kind = random(depth < 5 and 6 or 4)
  if kind <= 2 then
    return random_number()
  elseif kind == 3 then
    return random_string()
  elseif kind == 4 then
    return random(2) == 1
  end
  local result = {}
  for i = 1, random(0, random(0, 9) == 0 and 40 or 4) do
    result[kind == 5 and i or random_string()] = random_value(depth + 1)
  end
  return result
end
local function same(a, b)
  if type(a) ~= 'table' or type(b) ~= 'table' then
    return a == b
  end
  for key, value in pairs(a) do
    if not same(value, b[key]) then
      return false
    end
  end
  for key in pairs(b) do
    if a[key] == nil then
      return false
    end
  end
  return true
end
)";

int run_without_memory(lua_snippets& snippets, std::string_view code) {
  const auto expected = snippets.run(code);
  for (int failures = 0;; ++failures) {
    lua_gc(snippets.state(), LUA_GCCOLLECT, 0);
    snippets.fail_after(failures);
    const auto result = snippets.run(code);
    const bool has_failed = snippets.has_failed();
    snippets.never_fail();
    if (result != expected && result != "error: not enough memory")
      throw std::logic_error{"after " + std::to_string(failures) + " allocations: " + result};
    if (snippets.run(code) != expected)
      throw std::logic_error{"the run after a failure differs"};
    if (!has_failed)
      return failures;
  }
}

} // namespace thespis::scripting::tests

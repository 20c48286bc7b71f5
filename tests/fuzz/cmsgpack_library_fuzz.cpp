/// Any bytes as MessagePack: an error, or values that are the same after another round, unless they
/// are nested deeper than pack() goes. All at once and one by one are the same values, too.

#include "scripting/libraries.hpp"
#include "tests/fuzz/lua_target.hpp"

namespace {

constexpr char chunk[] = R"(
local input = ...
local function depth(value, limit)
  if type(value) ~= 'table' then
    return 0
  elseif limit == 0 then
    return 1
  end
  local deepest = 0
  for key, each in pairs(value) do
    deepest = math.max(deepest, depth(key, limit - 1), depth(each, limit - 1))
  end
  return deepest + 1
end
local function count(...)
  return select('#', ...), {...}
end
local ok, size, values = pcall(function() return count(cmsgpack.unpack(input)) end)
if ok then
  local deep = depth(values, 20) > 15
  local place = 0
  for i = 1, size do
    local value
    place, value = cmsgpack.unpack_one(input, place)
    assert(deep or same(value, values[i]), 'one by one')
    if not deep then
      assert(same(cmsgpack.unpack(cmsgpack.pack(value)), value), 'round trip')
    end
  end
  assert(size == 0 or place == -1, 'the end')
else
  assert(size:find('Missing bytes in input.', 1, true)
         or size:find('Bad data format in input.', 1, true)
         or size:find('table index is N', 1, true) or size:find('table index is nil', 1, true)
         or size:find('stack overflow', 1, true) or size == 'not enough memory', size)
end
for limit = 0, 3 do
  pcall(cmsgpack.unpack_limit, input, limit, #input % 5)
end
)";

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static auto* state = lua_target::open("cmsgpack", thespis::scripting::open_cmsgpack, chunk);
  lua_target::run(state, data, size);
  return 0;
}

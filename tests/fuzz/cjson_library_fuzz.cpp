/// Any bytes as JSON: an error that names a place in the text, or a value that is the same after
/// another round, but for numbers beyond 14 digits. What is read without the setting for numbers
/// that are no JSON is the same with it.

#include "scripting/libraries.hpp"
#include "tests/fuzz/lua_target.hpp"

namespace {

constexpr char chunk[] = R"(
local input = ...
if not lax then
  lax, strict = cjson.new(), cjson.new()
  lax.encode_invalid_numbers(true)
  lax.encode_max_depth(2^31 - 1)
  lax.decode_max_depth(2^31 - 1)
  strict.decode_invalid_numbers(false)
end
local ok, value = pcall(lax.decode, input)
if not ok then
  local place = value:match('^Expected .+ but found .+ at character (%d+)$')
                or value:match('^Found too many nested data structures %(%d+%) at character (%d+)$')
  assert(place and tonumber(place) <= #input + 1 or value == 'not enough memory'
         or value == 'JSON parser does not support UTF-16 or UTF-32', value)
end
local strict_ok, same_value = pcall(strict.decode, input)
if strict_ok then
  assert(ok and same(value, same_value), 'strict')
end
if ok then
  local encoded, text = pcall(lax.encode, value)
  if encoded then
    local rounded = lax.decode(text)
    assert(lax.encode(rounded):len() == text:len(), 'round trip')
  else
    assert(text:find('excessive nesting', 1, true) or text:find('Infinit', 1, true)
           or text == 'not enough memory', text)
  end
end
pcall(cjson.encode, input)
assert(cjson.decode(cjson.encode(input)) == input, 'a string')
)";

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static auto* state = lua_target::open("cjson", thespis::scripting::open_cjson, chunk);
  lua_target::run(state, data, size);
  return 0;
}

/// Any format on any data, from any position: an error, or values. Whatever can be unpacked without
/// alignment from the beginning is packed again, into as many bytes. The format ends at the first
/// zero byte, the data begin behind it.

#include "scripting/libraries.hpp"
#include "tests/fuzz/lua_target.hpp"

namespace {

constexpr char chunk[] = R"(
local input = ...
local cut = input:find('\0', 1, true) or #input + 1
local format, data = input:sub(1, cut - 1), input:sub(cut + 1)
local function known(message)
  return message:find('bad argument', 1, true) or message:find('integral size', 1, true)
         or message:find('alignment', 1, true) or message:find('needs a previous size', 1, true)
         or message:find('unfinished string', 1, true) or message:find('too many results', 1, true)
         or message == 'not enough memory'
end
local ok, size = pcall(struct.size, format)
assert(ok or known(size), size)
local results = {pcall(struct.unpack, format, data)}
if not results[1] then
  assert(known(results[2]), results[2])
else
  local place = table.remove(results)
  assert(place >= 1 and place <= #data + 1, 'a position in the data')
  assert(not ok or size == place - 1, 'the size')
  table.remove(results, 1)
  local packed, bytes = pcall(struct.pack, format, unpack(results))
  if not format:find('c0', 1, true) then
    assert(packed and #bytes == place - 1, 'packed again')
  end
end
for _, place in ipairs{0, -1, 2, #data, #data + 1, 2^31, 2^53, -2^63} do
  local done, message = pcall(struct.unpack, format, data, place)
  assert(done or known(message), message)
end
pcall(struct.pack, format, data, data, data)
pcall(struct.pack, format, #data, -1, 1e300, 0 / 0)
)";

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static auto* state = lua_target::open("struct", thespis::scripting::open_struct, chunk);
  lua_target::run(state, data, size);
  return 0;
}

/// Any sequence of changes to a packed list leaves what the same changes leave in a vector. Each
/// three bytes of the input are a change: what, where, and with an element how long.

#include "types/packed_list.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <iterator>
#include <string>
#include <vector>

using thespis::types::packed_list;

namespace {

using model = std::vector<std::string>;

/// Lengths on both sides of where the length's own length changes.
std::string element(std::uint8_t choice) {
  constexpr std::size_t lengths[] = {0, 1, 251, 252, 253, 254, 65534, 65535, 65536};
  const auto size = choice < 200 ? choice : lengths[choice % std::size(lengths)];
  return std::string(size, static_cast<char>('a' + choice % 26));
}

void change(packed_list& list, model& same, const std::uint8_t* step) {
  const auto index = same.empty() ? 0 : step[1] % (same.size() + 1);
  const auto at = same.begin() + static_cast<std::ptrdiff_t>(index);
  const auto fresh = element(step[2]);
  switch (step[0] % 4) {
    case 0:
      list.insert(list.at(index), {fresh});
      same.insert(at, fresh);
      break;
    case 1:
      list.insert(list.at(index), {fresh, "second"});
      same.insert(same.insert(at, fresh) + 1, "second");
      break;
    case 2:
      if (index < same.size()) {
        list.replace(list.at(index), fresh);
        *at = fresh;
      }
      break;
    default: {
      const auto count = std::min<std::size_t>(step[2] % 4, same.size() - index);
      list.erase(list.at(index), count);
      same.erase(at, at + static_cast<std::ptrdiff_t>(count));
    }
  }
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  packed_list list;
  model same;
  for (std::size_t i = 0; i + 3 <= size && i < 3 * 300; i += 3)
    change(list, same, data + i);
  if (list.size() != same.size() || !std::equal(list.begin(), list.end(), same.begin(), same.end()))
    std::abort();
  auto moved = packed_list::adopt(list.copy().release());
  if (!std::equal(moved.begin(), moved.end(), same.begin(), same.end()))
    std::abort();
  for (const auto& one : same)
    if (*list.find(one) != one)
      std::abort();
  return 0;
}

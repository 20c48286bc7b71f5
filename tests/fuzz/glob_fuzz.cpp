/// Any pattern against any text (the first byte says where the one ends): no crash, and the laws
/// that hold for all patterns.

#include "base/glob.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

using namespace thespis::base;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size < 1)
    return 0;
  const std::string_view rest{reinterpret_cast<const char*>(data) + 1, size - 1};
  const auto cut = std::min<std::size_t>(data[0], rest.size());
  const std::string pattern{rest.substr(0, cut)};
  const std::string text{rest.substr(cut)};
  const bool matches = glob_match(pattern, text);
  glob_match(pattern, text, true);
  if (is_plain_text(pattern) && matches != (pattern == text))
    std::abort();
  // A star in front takes nothing or any first byte.
  if (!text.empty() && matches && !glob_match("*" + pattern, text))
    std::abort();
  if (matches && !glob_match("*" + pattern, "x" + text) && !text.empty())
    std::abort();
  std::string escaped;
  for (const char c : text)
    escaped += {'\\', c};
  if (!glob_match(escaped, text))
    std::abort();
  return 0;
}

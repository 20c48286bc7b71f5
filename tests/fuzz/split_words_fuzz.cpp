/// Any line: no crash, and the words written with quotes split into the same words.

#include "base/split_words.hpp"

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>
#include <vector>

using namespace thespis::base;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view line{reinterpret_cast<const char*>(data), size};
  const auto words = split_words(line);
  if (line.find_first_of("\"'") == std::string_view::npos) {
    std::vector<std::string_view> views;
    split_plain_words(line, views);
    if (!words || *words != std::vector<std::string>(views.begin(), views.end()))
      std::abort();
  }
  if (!words)
    return 0;
  std::string quoted;
  for (const auto& word : *words) {
    quoted += " \"";
    for (const char c : word) {
      if (c == '"' || c == '\\')
        quoted += '\\';
      quoted += c;
    }
    quoted += '"';
  }
  if (split_words(quoted) != words)
    std::abort();
  return 0;
}

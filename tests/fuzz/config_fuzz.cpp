/// Any text as redis.conf: it is taken, or refused with one line. CONFIG REWRITE of what was taken
/// gives a text that means the same, and one that it leaves as it is.

#include "base/config_file.hpp"
#include "base/config_rewrite.hpp"
#include "base/options.hpp"

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>
#include <vector>

using namespace thespis::base;

namespace {

result<void> load(options& values, const std::string& text) {
  const config_text one{"any", text};
  return load_config(values, {&one, 1}, {});
}

auto all(const options& values) {
  const std::vector<std::string_view> everything{"*"};
  return values.list(everything);
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string text{reinterpret_cast<const char*>(data), size};
  options values;
  const auto loaded = load(values, text);
  if (!loaded) {
    if (loaded.why().empty() || loaded.why().find('\n') != std::string::npos)
      std::abort();
    return 0;
  }
  const auto rewritten = rewrite_config(text, values);
  options again;
  if (!load(again, rewritten) || all(again) != all(values)
      || rewrite_config(rewritten, again) != rewritten)
    std::abort();
  return 0;
}

/// Any bytes read as RDB strings: no crash, and what has been read is read once more from what it
/// is written as.

#include "persistence/rdb_reader.hpp"
#include "persistence/rdb_writer.hpp"

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

using namespace thespis::persistence;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  rdb_reader reader{{reinterpret_cast<const char*>(data), size}};
  while (!reader.at_end()) {
    const auto text = reader.string();
    if (!text)
      break;
    std::string written;
    append_rdb_string(written, *text);
    if (rdb_reader again{written}; again.string() != text || !again.at_end())
      std::abort();
  }
  rdb_reader lengths{{reinterpret_cast<const char*>(data), size}};
  while (const auto length = lengths.length()) {
    std::string written;
    append_rdb_length(written, *length);
    if (rdb_reader again{written}; again.length() != length || !again.at_end())
      std::abort();
  }
  return 0;
}

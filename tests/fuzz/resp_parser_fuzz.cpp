/// Any bytes, fed whole and in pieces whose sizes the input chooses, must give the same requests
/// and the same error, and every word must lie within the input or the parser's own storage.

#include "protocol/resp_parser.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

using namespace thespis::protocol;

namespace {

struct outcome {
  std::vector<std::string> words;
  std::string error;
  bool operator==(const outcome&) const = default;
};

/// Parses what is new; `done` is where the unread bytes begin.
void run(resp_parser& parser, std::string_view bytes, std::size_t& done, outcome& out) {
  // An exact copy on the heap: reading one byte too far is seen.
  const auto size = bytes.size() - done;
  const auto copy = std::make_unique<char[]>(size);
  bytes.substr(done).copy(copy.get(), size);
  std::string_view rest{copy.get(), size};
  while (out.error.empty()) {
    std::vector<std::string_view> args;
    std::size_t consumed = 0;
    const auto status = parser.next(rest, consumed, args);
    rest.remove_prefix(consumed);
    done += consumed;
    if (status == parse_status::error)
      out.error = parser.error();
    if (status != parse_status::complete)
      break;
    if (args.empty())
      std::abort();
    out.words.emplace_back("--");
    for (const auto word : args)
      out.words.emplace_back(word);
    parser.release_inline();
  }
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size < 2)
    return 0;
  const bool authenticated = (data[0] & 1) != 0;
  const std::size_t piece = 1 + (data[0] >> 1);
  const std::size_t growth = data[1] % 4;
  const std::string_view bytes{reinterpret_cast<const char*>(data) + 2, size - 2};
  resp_parser whole;
  whole.set_authenticated(authenticated);
  outcome expected;
  std::size_t done = 0;
  run(whole, bytes, done, expected);
  resp_parser parts;
  parts.set_authenticated(authenticated);
  outcome found;
  std::size_t read = 0;
  std::size_t step = piece;
  for (std::size_t end = 0; end < bytes.size() && found.error.empty(); step += growth) {
    end = std::min(bytes.size(), end + step);
    run(parts, bytes.substr(0, end), read, found);
  }
  if (found != expected)
    std::abort();
  return 0;
}

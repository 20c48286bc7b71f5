/// Any bytes: reading must not crash, must agree with skipping on the length, and what was read is
/// the same when it is read again from exactly its own bytes.

#include "protocol/resp_value.hpp"

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

using namespace thespis::protocol;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view bytes{reinterpret_cast<const char*>(data), size};
  std::size_t consumed = 0;
  resp_value value;
  const auto status = parse_resp_value(bytes, consumed, value);
  const auto skipped = skip_resp_value(bytes);
  if (skipped > size)
    std::abort();
  if (status == resp_status::incomplete && skipped != 0)
    std::abort();
  if (status != resp_status::complete)
    return 0;
  if (skipped != consumed)
    std::abort();
  std::size_t again = 0;
  resp_value copy;
  if (parse_resp_value(bytes.substr(0, consumed), again, copy) != resp_status::complete
      || again != consumed || !(copy == value))
    std::abort();
  if (parse_resp_value(bytes.substr(0, consumed - 1), again, copy) != resp_status::incomplete)
    std::abort();
  return 0;
}

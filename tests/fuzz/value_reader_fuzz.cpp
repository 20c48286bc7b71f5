/// Any bytes read as a value of an RDB file: no crash, and no more memory than what is there can
/// fill. What is accepted is the same when it has been written and read, in every version. The
/// first byte is the type; Valkey's begin at 128.

#include "tests/unit/persistence/value_content.hpp"

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>
#include <utility>

using namespace thespis;
using namespace thespis::persistence;
using namespace thespis::persistence::tests;

namespace {

/// Stops the fuzzer unless it is so.
void expect(bool condition) {
  if (!condition)
    std::abort();
}

/// Writes and reads it. Hash tables have no order that could be relied on.
void check_format(kept_value& value, const keyspace::access_settings& settings,
                  const value_format& how) {
  const auto type = written_type(value.entry(), how);
  const auto bytes = written(value.entry(), how);
  rdb_reader in{bytes};
  auto read = read_value(in, type, {settings, now_ms});
  expect(bool{read} && in.at_end());
  kept_value again{std::move(*read)};
  const auto with_activity = type != rdb_type::stream_2;
  expect(content_reader::of(again.entry(), with_activity)
         == content_reader::of(value.entry(), with_activity));
  const auto same_order = type != rdb_type::set && type != rdb_type::hash
                          && type != rdb_type::hash_expiry;
  expect(!same_order || !with_activity || written(again.entry(), how) == bytes);
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0)
    return 0;
  constexpr std::uint8_t first_of_valkey = 128;
  static const keyspace::access_settings settings;
  const std::string_view bytes{reinterpret_cast<const char*>(data) + 1, size - 1};
  const auto version = data[0] < first_of_valkey ? rdb_version_max : rdb_version_valkey;
  auto read = read_with(settings, rdb_type_of(data[0] % first_of_valkey, version), bytes);
  if (!read)
    return 0;
  kept_value value{std::move(*read)};
  // What LZF makes longer, and what an element costs at least.
  constexpr std::size_t memory_per_byte = 88 * 64;
  expect(value.entry().memory_bytes() <= memory_per_byte * size + 4096);
  for (const auto written_version : {rdb_version_default, std::uint16_t{11}, rdb_version_max})
    for (const bool compress : {false, true})
      check_format(value, settings, {.version = written_version, .compress = compress});
  return 0;
}

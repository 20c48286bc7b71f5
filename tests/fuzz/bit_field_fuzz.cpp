/// Any field at any bit of any string: what is written is read again, nothing beside it changes,
/// and no rule of overflow gives a value that the field cannot hold. The type is read from text
/// too.

#include "types/bit_field.hpp"
#include "types/bitmap.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <string>
#include <string_view>

using namespace thespis::types;

namespace {

constexpr std::size_t head_bytes = 1 + 1 + 2 + 8 + 1;

void require(bool holds) {
  if (!holds)
    std::abort();
}

void try_rules(bit_field field, std::int64_t old, std::int64_t value) {
  for (const auto rule : {overflow_rule::wrap, overflow_rule::saturate, overflow_rule::fail})
    for (const auto result : {fit(field, value, rule), add(field, old, value, rule)}) {
      require(result || rule == overflow_rule::fail);
      if (result)
        require(*result >= field.smallest() && *result <= field.largest());
    }
}

void try_string(bit_field field, std::uint64_t offset, std::int64_t value, std::string bytes) {
  const auto old = field.read(bytes, offset);
  require(old >= field.smallest() && old <= field.largest());
  try_rules(field, old, value);
  if (field.bytes_needed(offset) > bytes.size())
    return;
  const auto before = bytes;
  field.write(bytes, offset, value);
  require(field.read(bytes, offset) == fit(field, value, overflow_rule::wrap));
  for (std::uint64_t i = 0; i < bytes.size() * 8; ++i)
    if (i < offset || i >= offset + field.bits)
      require(bit_at(bytes, i) == bit_at(before, i));
  field.write(bytes, offset, old);
  require(bytes == before);
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view input{reinterpret_cast<const char*>(data), size};
  if (const auto field = bit_field::parse(input.substr(0, std::min<std::size_t>(size, 4))))
    require(field->bits >= 1 && field->bits <= (field->is_signed ? 64u : 63u));
  if (size < head_bytes)
    return 0;
  const bool is_signed = (data[0] & 1) != 0;
  const bit_field field{is_signed, 1u + data[1] % (is_signed ? 64u : 63u)};
  std::int64_t value = 0;
  std::memcpy(&value, data + 4, sizeof value);
  // Mostly within the string, sometimes as far away as an offset can be.
  auto offset = std::uint64_t{data[2]} << 8 | data[3];
  offset = data[12] == 0 ? offset << 47 : offset % ((size - head_bytes) * 8 + 16);
  try_string(field, offset, value, std::string{input.substr(head_bytes)});
  return 0;
}

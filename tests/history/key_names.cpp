#include "tests/history/key_names.hpp"

#include "base/crc16.hpp"

#include <string>

namespace thespis::history {

namespace {

constexpr std::size_t slot_count = 16384;

std::size_t partition_of(std::int64_t name, std::size_t partitions) {
  return base::crc16(std::to_string(name)) % slot_count * partitions / slot_count;
}

} // namespace

std::vector<std::int64_t> key_names::spread(std::size_t count) {
  std::vector<std::int64_t> names;
  for (std::size_t i = 0; i < count; ++i)
    names.push_back(next_in(next_partition_++ % partitions_));
  return names;
}

std::int64_t key_names::next_in(std::size_t partition) {
  do
    ++last_;
  while (partition_of(last_, partitions_) != partition);
  return last_;
}

} // namespace thespis::history
